import { Component, onWillDestroy, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { face } from "./remaining";
import { ticker } from "./ticker";

/**
 * A deadline that counts in the browser: from the moment in UTC and the state alone,
 * so nothing is asked of the server and nothing is stored that depends on now.
 *
 * What is left is time on the wall; the deadline itself was reached by counting
 * working time only. States differ by icon, words and shape, not by colour alone.
 */
export class SlaCountdown extends Component {
    static template = "crm_complaints.SlaCountdown";
    static props = {
        ...standardFieldProps,
        stateField: String,
        metricField: String,
        warnField: { type: String, optional: true },
        overField: { type: String, optional: true },
        hidesMetric: { type: Boolean, optional: true },
    };

    setup() {
        this.state = useState({ text: "", css: "none", icon: "", status: "" });
        useRecordObserver((record) => {
            const { name, stateField, warnField, overField } = this.props;
            this.clock = {
                state: record.data[stateField] || "none",
                deadline: record.data[name] && record.data[name].toMillis(),
                warnAt: warnField && record.data[warnField] && record.data[warnField].toMillis(),
                isOver: Boolean(overField && record.data[overField]),
            };
            this.show(Date.now());
        });
        onWillDestroy(ticker.add((now) => this.show(now)));
    }

    /** Only what changed is drawn anew. */
    show(now) {
        if (this.clock) {
            Object.assign(this.state, face(this.clock, now));
        }
    }

    /** What is due next; when nothing is, nothing is said. */
    get shownMetric() {
        const isIdle = ["done", "none"].includes(this.state.css);
        return this.props.hidesMetric || isIdle ? "" : this.metric;
    }

    get metric() {
        const { record, metricField } = this.props;
        const value = record.data[metricField];
        const options = record.fields[metricField].selection;
        return (options.find((option) => option[0] === value) || ["", ""])[1];
    }

    /** The whole story: what is due when, by the reader's own clock, and how it stands. */
    get title() {
        const { record, name } = this.props;
        const deadline = record.data[name];
        const parts = [this.metric, this.state.status];
        if (deadline) {
            const moment = formatDateTime(deadline);
            parts.push(_t("due %(moment)s (%(zone)s)", { moment, zone: deadline.zoneName }));
        }
        parts.push(this.state.text);
        return parts.filter(Boolean).join(" · ");
    }
}

export const slaCountdown = {
    component: SlaCountdown,
    displayName: _t("Countdown to a deadline"),
    supportedTypes: ["datetime"],
    fieldDependencies: ({ options }) =>
        [
            { name: options.state_field || "sla_state", type: "selection" },
            { name: options.metric_field || "sla_metric", type: "selection" },
            { name: options.warn_field || "sla_warn_at", type: "datetime" },
            options.over_field && { name: options.over_field, type: "datetime" },
        ].filter(Boolean),
    extractProps: ({ options }) => ({
        stateField: options.state_field || "sla_state",
        metricField: options.metric_field || "sla_metric",
        warnField: options.warn_field || "sla_warn_at",
        overField: options.over_field,
        hidesMetric: Boolean(options.hide_metric),
    }),
};

registry.category("fields").add("sla_countdown", slaCountdown);
