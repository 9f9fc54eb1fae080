import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { toDay, weekdays, weeksOf } from "./care_calendar_days";

/** A year at a glance: twelve small months, each with its festivals in words. */
export class CareCalendarYear extends Component {
    static template = "crm_service_excellence.CareCalendarYear";
    static props = {
        date: String,
        days: Map,
        today: String,
        openDay: Function,
        openMonth: Function,
    };

    setup() {
        this.weekdays = weekdays();
    }

    get months() {
        const january = toDay(this.props.date).startOf("year");
        const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        return numbers.map((months) => this.describeMonth(january.plus({ months })));
    }

    describeMonth(first) {
        const cells = [];
        const weeks = weeksOf(first).map((week) =>
            week.map((day) => {
                if (day.month !== first.month) {
                    return { key: `out${day.toISODate()}` };
                }
                const date = day.toISODate();
                const cell = { key: date, number: day.toFormat("d"), day: this.props.days.get(date) };
                cells.push(cell);
                return cell;
            })
        );
        const known = cells.filter((cell) => cell.day);
        const sum = (name) => known.reduce((total, cell) => total + cell.day[name], 0);
        return {
            key: first.toISODate(),
            name: first.toFormat("LLLL"),
            weeks,
            tasks: sum("total"),
            birthdays: sum("birthdays"),
            festivals: known.flatMap((cell) =>
                cell.day.festivals.map((name) => ({ key: `${cell.key}${name}`, number: cell.number, name }))
            ),
        };
    }

    cellClass(day) {
        return {
            o_care_today: day.date === this.props.today,
            o_care_free: day.isClosed,
            o_care_holiday: day.holiday,
            o_care_makeup: day.makeup,
            o_care_attention: day.attention,
            [`o_care_${day.main} o_care_heat_${day.heat}`]: day.heat,
        };
    }

    /** One day of the year is in the tab order: today, or the first. */
    isTabStop(day) {
        return this.props.days.has(this.props.today)
            ? day.date === this.props.today
            : day.date.endsWith("-01-01");
    }

    tasksTitle(month) {
        return _t("%(number)s care tasks", { number: month.tasks });
    }

    birthdaysTitle(month) {
        return _t("%(number)s birthdays", { number: month.birthdays });
    }
}
