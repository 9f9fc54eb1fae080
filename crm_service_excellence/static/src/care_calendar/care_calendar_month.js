import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CareCalendarEntry } from "./care_calendar_entry";
import { toDay, weekdays, weeksOf } from "./care_calendar_days";

const SHOWN_ENTRIES = 4;

/** A month: cells with what each day has; on a phone a list of the days that have it. */
export class CareCalendarMonth extends Component {
    static template = "crm_service_excellence.CareCalendarMonth";
    static components = { CareCalendarEntry };
    static props = { date: String, days: Map, today: String, openDay: Function };

    setup() {
        this.weekdays = weekdays();
    }

    get month() {
        return toDay(this.props.date).startOf("month");
    }

    get weeks() {
        return weeksOf(this.month).map((week) =>
            week.map((day) => {
                const date = day.toISODate();
                return {
                    key: date,
                    number: day.toFormat("d"),
                    weekday: day.toFormat("ccc"),
                    isOutside: day.month !== this.month.month,
                    day: this.props.days.get(date),
                };
            })
        );
    }

    /** Days of the month on which there is something, and today. */
    get agenda() {
        return this.weeks
            .flat()
            .filter(({ key, day, isOutside }) => day && !isOutside && (day.entries.length || key === this.props.today));
    }

    isTabStop(cell) {
        const inView = this.props.days.has(this.props.today);
        return cell.key === (inView ? this.props.today : this.month.toISODate());
    }

    shownEntries(day) {
        const most = day.entries.length > SHOWN_ENTRIES ? SHOWN_ENTRIES - 1 : SHOWN_ENTRIES;
        return day.entries.slice(0, most);
    }

    more(day) {
        const number = day.entries.length - this.shownEntries(day).length;
        return number ? _t("+%(number)s more", { number }) : "";
    }
}
