import { Component, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const ICONS = { counted: "fa-play", closed: "fa-moon-o", paused: "fa-pause-circle" };

/** Working minutes as hours and minutes: 90 is 1:30. */
function hours(minutes) {
    const rounded = Math.round(minutes);
    return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, "0")}`;
}

/**
 * Which intervals a deadline counted and which it left out, in the time zone of its
 * working hours or in the reader's, with what was used up after each.
 */
export class WhyDeadline extends Component {
    static template = "crm_complaints.WhyDeadline";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ isLocal: false, showsClosed: true });
        this.hours = hours;
    }

    get story() {
        return this.props.record.data[this.props.name] || { intervals: [], zone: "UTC" };
    }

    get localZone() {
        return DateTime.local().zoneName;
    }

    get hasTwoZones() {
        return this.story.zone !== this.localZone;
    }

    get zone() {
        return this.state.isLocal ? this.localZone : this.story.zone;
    }

    moment(text) {
        return text ? deserializeDateTime(text).setZone(this.zone) : null;
    }

    format(text) {
        return this.moment(text)?.toLocaleString({
            weekday: "short",
            day: "numeric",
            month: "short",
            hour: "2-digit",
            minute: "2-digit",
        }) || _t("open");
    }

    /** The end of an interval, without its day where that is the day of its begin. */
    formatEnd(interval) {
        const [from, to] = [this.moment(interval.from), this.moment(interval.to)];
        if (from && to && from.hasSame(to, "day")) {
            return to.toLocaleString({ hour: "2-digit", minute: "2-digit" });
        }
        return this.format(interval.to);
    }

    /** Rows to show, each with what had been used up at its end. */
    get rows() {
        let used = 0;
        return this.story.intervals
            .map((interval) => {
                used += interval.kind === "counted" ? interval.minutes : 0;
                return {
                    ...interval,
                    icon: ICONS[interval.kind] || ICONS.closed,
                    used,
                };
            })
            .filter((row) => this.state.showsClosed || row.kind !== "closed");
    }

    /** Working minutes of a kind of intervals. */
    total(kind) {
        return this.story.intervals
            .filter((interval) => interval.kind === kind)
            .reduce((sum, interval) => sum + interval.minutes, 0);
    }
}

registry.category("fields").add("sla_why_deadline", {
    component: WhyDeadline,
    supportedTypes: ["json"],
});
