import { Component, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatDuration, parseDuration } from "./duration";

/**
 * The promised times of a policy: a row for each metric and severity, a column for
 * each grade. The value is {"metric|severity|grade": minutes}, where an empty name
 * stands for any; an empty cell shows in grey what it inherits.
 */
export class SlaMatrix extends Component {
    static template = "crm_complaints.SlaMatrix";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({ invalid: {} });
        const { bus } = this.props.record.model;
        useBus(bus, "NEED_LOCAL_CHANGES", ({ detail }) => {
            const input = document.activeElement;
            if (this.root.el?.contains(input) && input.dataset.key) {
                detail.proms.push(this.commit(input));
            }
        });
    }

    get cells() {
        return this.props.record.data[this.props.name] || {};
    }

    get axes() {
        return this.props.record.data.matrix_axes || { metrics: [], severities: [], grades: [] };
    }

    /** Any grade first, then each. */
    get columns() {
        return [["", null], ...this.axes.grades];
    }

    /** Rows of a metric: any severity first. Containment is promised for the worst. */
    get groups() {
        const { metrics, severities } = this.axes;
        return metrics.map(([metric, label]) => {
            const rows = [["", null], ...severities].map(([severity, name]) => ({
                severity,
                name,
                key: `${metric}|${severity}`,
            }));
            const shown = rows.filter(
                (row) =>
                    metric !== "containment" ||
                    row.severity === "very_serious" ||
                    Object.keys(this.cells).some((key) => key.startsWith(`${row.key}|`))
            );
            return { metric, label, rows: shown };
        });
    }

    get canPreview() {
        return this.props.record.resModel === "crm.sla.policy" && this.props.record.resId;
    }

    key(row, column) {
        return `${row.key}|${column[0]}`;
    }

    text(key) {
        if (key in this.state.invalid) {
            return this.state.invalid[key];
        }
        return this.cells[key] ? formatDuration(this.cells[key]) : "";
    }

    /** What an empty cell promises: the shorter of its row and its column. */
    inherited(key) {
        const [metric, severity, grade] = key.split("|");
        const next = [
            ...(severity && grade ? [[`${metric}||${grade}`, `${metric}|${severity}|`]] : []),
            [`${metric}||`],
        ];
        for (const keys of next) {
            const found = keys.map((one) => this.cells[one]).filter(Boolean);
            if (found.length) {
                return formatDuration(Math.min(...found));
            }
        }
        return "–";
    }

    async commit(input) {
        const { key } = input.dataset;
        const { record, name } = this.props;
        const text = input.value.trim();
        const minutes = text ? parseDuration(text) : undefined;
        if (minutes === null) {
            this.state.invalid[key] = input.value;
            await record.setInvalidField(name);
            return;
        }
        delete this.state.invalid[key];
        if (!Object.keys(this.state.invalid).length) {
            record.resetFieldValidity(name);
        }
        input.value = minutes ? formatDuration(minutes) : "";
        if (this.cells[key] !== minutes) {
            const cells = { ...this.cells };
            if (minutes) {
                cells[key] = minutes;
            } else {
                delete cells[key];
            }
            await record.update({ [name]: cells });
        }
    }

    onInput() {
        this.props.record.model.bus.trigger("FIELD_IS_DIRTY", true);
    }

    async onChange(ev) {
        await this.commit(ev.target);
        this.props.record.model.bus.trigger("FIELD_IS_DIRTY", false);
    }

    /** Up, down and Enter walk a column as in a spreadsheet; Escape takes back. */
    onKeydown(ev) {
        const steps = { ArrowUp: -1, ArrowDown: 1, Enter: ev.shiftKey ? -1 : 1 };
        const input = ev.target;
        if (ev.key in steps) {
            const column = [
                ...this.root.el.querySelectorAll(`input[data-column="${input.dataset.column}"]`),
            ];
            const next = column[column.indexOf(input) + steps[ev.key]];
            ev.preventDefault();
            ev.stopPropagation();
            next?.focus();
            next?.select();
        } else if (ev.key === "Escape" && input.value !== this.text(input.dataset.key)) {
            ev.preventDefault();
            ev.stopPropagation();
            input.value = this.text(input.dataset.key);
        }
    }

    async preview() {
        await this.action.doAction("crm_complaints.crm_sla_preview_action", {
            additionalContext: {
                default_policy_id: this.props.record.resId,
                default_target_matrix: this.cells,
            },
        });
    }
}

registry.category("fields").add("crm_sla_matrix", {
    component: SlaMatrix,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "matrix_axes", type: "json" }],
});
