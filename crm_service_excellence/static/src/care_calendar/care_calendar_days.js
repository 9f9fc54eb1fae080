import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";

const { DateTime, Info } = luxon;

export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2100;
const HEAT_LEVELS = 4;
const LATELY = { days: 30 };
// In the order of the legend: what is celebrated, then what is planned
export const KINDS = ["occasion", "birthday", "festival", "yearly", "anchored", "closed"];
// In the order in which a day shows them
const DAY_ORDER = ["closed", "occasion", "festival", "yearly", "anchored", "birthday"];

/** Dates have no time zone: in UTC no midnight is ever skipped. */
export function toDay(iso) {
    return DateTime.fromISO(iso, { zone: "utc" });
}

export function kindLabels() {
    return {
        occasion: _t("Festivals"),
        birthday: _t("Birthdays"),
        festival: _t("Festival greetings"),
        yearly: _t("Yearly greetings"),
        anchored: _t("After-sales care"),
        closed: _t("Closed"),
    };
}

/** What a task's entry belongs to in the legend is the group of its occasion. */
export function kindOf(entry) {
    return entry.kind === "tasks" ? entry.group : entry.kind;
}

export function weekdays() {
    const names = Info.weekdays("short");
    const long = Info.weekdays("long");
    return [0, 1, 2, 3, 4, 5, 6].map((offset) => {
        const number = (localization.weekStart - 1 + offset) % 7;
        return { number, short: names[number], long: long[number] };
    });
}

/** Weeks of a month as lists of dates, filled up with days of its neighbours. */
export function weeksOf(day) {
    const first = day.startOf("month");
    let current = first.minus({ days: (first.weekday + 7 - localization.weekStart) % 7 });
    const weeks = [];
    while (current <= day.endOf("month")) {
        weeks.push([0, 1, 2, 3, 4, 5, 6].map((days) => current.plus({ days })));
        current = current.plus({ days: 7 });
    }
    return weeks;
}

function clamp(day) {
    const first = DateTime.utc(FIRST_YEAR, 1, 1);
    const last = DateTime.utc(LAST_YEAR, 12, 31);
    return day < first ? first : day > last ? last : day;
}

/** First and last date that a view of ``date`` shows. */
export function intervalOf(view, date) {
    const day = toDay(date);
    if (view === "year") {
        return [day.startOf("year"), day.endOf("year")].map((item) => item.toISODate());
    }
    const weeks = weeksOf(day);
    return [weeks[0][0], weeks.at(-1)[6]].map((item) => clamp(item).toISODate());
}

/** Another date that the calendar can show, however far somebody leafs. */
export function shift(date, amount) {
    return clamp(toDay(date).plus(amount)).toISODate();
}

export function stateLabels() {
    return {
        planned: _t("planned"),
        to_approve: _t("to approve"),
        approved: _t("approved"),
        by_hand: _t("to do by hand"),
        done: _t("done"),
        skipped: _t("skipped or expired"),
        failed: _t("failed"),
    };
}

/** "120 planned, 3 to approve" */
export function describeCounts(counts) {
    const labels = stateLabels();
    return Object.keys(labels)
        .filter((state) => counts[state])
        .map((state) => _t("%(number)s %(state)s", { number: counts[state], state: labels[state] }))
        .join(", ");
}

/** In words, for tooltips and for those who hear the screen. */
export function describeEntry(entry) {
    if (entry.kind === "tasks") {
        return _t("%(rule)s: %(counts)s", {
            rule: entry.name,
            counts: describeCounts(entry.counts),
        });
    }
    if (entry.kind === "birthday") {
        const names = entry.names.join("; ");
        const more = entry.count - entry.names.length;
        return more
            ? _t("Birthdays: %(names)s and %(number)s more", { names, number: more })
            : _t("Birthdays: %(names)s", { names });
    }
    if (entry.kind === "closed" && entry.is_makeup) {
        return _t("Make-up working day: %(name)s", { name: entry.name });
    }
    return entry.name;
}

/**
 * Days of the server with what of them is to be seen.
 *
 * @param {Object[]} rows days of `crm.care.calendar.get_days`
 * @param {string[]} hidden kinds that are switched off
 * @param {string} today what failed long before it needs nobody's attention any more
 * @returns {Map<string, Object>} by date
 */
export function prepareDays(rows, hidden, today) {
    const days = new Map();
    const recent = today && toDay(today).minus(LATELY).toISODate();
    let most = 0;
    for (const row of rows) {
        const entries = row.entries
            .filter((entry) => !hidden.includes(kindOf(entry)))
            .sort((one, other) => DAY_ORDER.indexOf(kindOf(one)) - DAY_ORDER.indexOf(kindOf(other)));
        const byKind = { festival: 0, yearly: 0, anchored: 0 };
        const day = {
            date: row.date,
            lunar: row.lunar,
            isClosed: row.is_closed && !hidden.includes("closed"),
            entries,
            total: 0,
            birthdays: 0,
            festivals: [],
            holiday: "",
            makeup: "",
            attention: 0,
        };
        for (const entry of entries) {
            if (entry.kind === "tasks") {
                byKind[entry.group] += entry.total;
                day.total += entry.total;
                day.attention += entry.counts.to_approve;
                day.attention += row.date >= recent ? entry.counts.failed : 0;
            } else if (entry.kind === "birthday") {
                day.birthdays += entry.count;
            } else if (entry.kind === "occasion") {
                day.festivals.push(entry.name);
            } else if (entry.is_makeup) {
                day.makeup = entry.name;
            } else {
                day.holiday = entry.name;
            }
        }
        day.main = Object.keys(byKind).reduce((one, other) => (byKind[other] > byKind[one] ? other : one));
        most = Math.max(most, day.total);
        days.set(row.date, day);
    }
    for (const day of days.values()) {
        // by the root: a festival must not make all other days look the same
        day.heat = day.total && Math.ceil(HEAT_LEVELS * Math.sqrt(day.total / most));
        const words = [toDay(day.date).toLocaleString(DateTime.DATE_HUGE)];
        if (day.isClosed) {
            words.push(_t("closed"));
        }
        day.words = day.entries.map(describeEntry).join(" · ");
        day.label = [...words, ...day.entries.map(describeEntry)].join(", ");
    }
    return days;
}
