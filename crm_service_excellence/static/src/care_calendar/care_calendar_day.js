import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CareCalendarEntry, FEW_NAMES } from "./care_calendar_entry";
import { describeCounts, toDay } from "./care_calendar_days";

const { DateTime } = luxon;

/** All of a day, and the ways to the tasks, the festival and the contacts. */
export class CareCalendarDay extends Component {
    static template = "crm_service_excellence.CareCalendarDay";
    static components = { CareCalendarEntry };
    static props = {
        day: Object,
        openTasks: Function,
        openOccasion: Function,
        openBirthdays: Function,
        close: { type: Function, optional: true },
    };

    get title() {
        return toDay(this.props.day.date).toLocaleString(DateTime.DATE_HUGE);
    }

    get state() {
        return this.props.day.isClosed ? _t("The company is closed.") : "";
    }

    detail(entry) {
        if (entry.kind === "tasks") {
            return describeCounts(entry.counts);
        }
        if (entry.kind === "birthday") {
            if (entry.count <= FEW_NAMES) {
                return ""; // the entry names them
            }
            const more = entry.count - entry.names.length;
            const names = entry.names.join("; ");
            return more ? _t("%(names)s and %(number)s more", { names, number: more }) : names;
        }
        return entry.is_used === false ? _t("Not in use") : "";
    }

    open(entry) {
        const openers = {
            tasks: () => this.props.openTasks(entry),
            occasion: () => this.props.openOccasion(entry),
            birthday: () => this.props.openBirthdays(),
        };
        return openers[entry.kind]?.();
    }
}
