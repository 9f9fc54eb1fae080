import { _t } from "@web/core/l10n/translation";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// What the states of complaints and of clocks look like
const LOOKS = {
    running: { icon: "fa-clock-o", css: "running" },
    warned: { icon: "fa-exclamation-triangle", css: "warned" },
    breached: { icon: "fa-times-circle", css: "breached" },
    paused: { icon: "fa-pause-circle", css: "paused" },
    done: { icon: "fa-check", css: "done" },
    met: { icon: "fa-check", css: "done" },
    cancelled: { icon: "fa-ban", css: "none" },
    no_deadline: { icon: "fa-minus", css: "none" },
    none: { icon: "fa-minus", css: "none" },
};
const COUNTING = ["running", "warned", "breached"];

/**
 * How long, in the two greatest units, or to the second within the last hour.
 *
 * @param {number} seconds of the clock on the wall, not negative
 */
export function duration(seconds) {
    const days = Math.floor(seconds / DAY);
    const hours = Math.floor((seconds % DAY) / HOUR);
    const minutes = Math.floor((seconds % HOUR) / MINUTE);
    if (days) {
        return _t("%(days)s d %(hours)s h", { days, hours });
    }
    if (hours) {
        return _t("%(hours)s h %(minutes)s min", { hours, minutes });
    }
    const rest = String(Math.floor(seconds % MINUTE)).padStart(2, "0");
    return _t("%(minutes)s:%(seconds)s min", { minutes, seconds: rest });
}

/**
 * What a deadline looks like at a moment. States never wait for a job: what is past
 * its deadline is late, what is past its warning is due soon.
 *
 * @param {Object} clock
 * @param {string} clock.state of a complaint or of a clock
 * @param {number} [clock.deadline] milliseconds since the epoch
 * @param {number} [clock.warnAt] milliseconds since the epoch
 * @param {boolean} [clock.isOver] the clock was reached, nothing counts any more
 * @param {number} now milliseconds since the epoch
 */
export function face({ state, deadline, warnAt, isOver }, now) {
    const isCounting = COUNTING.includes(state) && deadline && !isOver;
    if (!isCounting) {
        const texts = {
            paused: _t("Paused"),
            done: _t("Nothing due"),
            met: _t("On time"),
            breached: _t("Late"),
            cancelled: _t("Cancelled"),
        };
        const look = LOOKS[state] || LOOKS.none;
        return { ...look, text: texts[state] || _t("No deadline"), status: "" };
    }
    const seconds = (deadline - now) / 1000;
    if (seconds < 0) {
        return {
            ...LOOKS.breached,
            text: _t("%s late", duration(-seconds)),
            status: _t("Late"),
        };
    }
    const isWarned = state === "warned" || (warnAt && warnAt <= now);
    return {
        ...(isWarned ? LOOKS.warned : LOOKS.running),
        text: _t("in %s", duration(seconds)),
        status: isWarned ? _t("Due soon") : _t("On time"),
    };
}
