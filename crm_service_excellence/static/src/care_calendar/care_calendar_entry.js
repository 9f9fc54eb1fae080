import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { describeEntry, kindOf } from "./care_calendar_days";

export const FEW_NAMES = 2;
const ICONS = {
    occasion: "fa-star",
    birthday: "fa-birthday-cake",
    festival: "fa-paper-plane-o",
    yearly: "fa-gift",
    anchored: "fa-history",
    closed: "fa-moon-o",
};

/** What a day has, in a line: its name, how many, and what needs a hand. */
export class CareCalendarEntry extends Component {
    static template = "crm_service_excellence.CareCalendarEntry";
    static props = { entry: Object };

    get entry() {
        return this.props.entry;
    }

    get kind() {
        return kindOf(this.entry);
    }

    get icon() {
        return this.entry.is_makeup ? "fa-briefcase" : ICONS[this.kind];
    }

    get text() {
        const { kind, names, count, name, is_makeup: isMakeup } = this.entry;
        if (kind === "birthday") {
            return count <= FEW_NAMES ? names.join("; ") : _t("%(number)s birthdays", { number: count });
        }
        return isMakeup ? describeEntry(this.entry) : name;
    }

    get title() {
        return describeEntry(this.entry);
    }

    /** Nothing of it goes out any more, or ever did. */
    get isOver() {
        return this.entry.kind === "tasks" && this.entry.counts.skipped === this.entry.total;
    }

    get isDone() {
        const { kind, counts, total } = this.entry;
        return kind === "tasks" && !this.isOver && counts.done + counts.skipped === total;
    }
}
