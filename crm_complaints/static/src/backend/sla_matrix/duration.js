/** A day of a promise is eight hours, whatever hours a calendar has. */
const UNITS = [
    ["d", 480],
    ["h", 60],
    ["min", 1],
];
const WORDS = {
    d: 480, day: 480, days: 480, 天: 480, 日: 480,
    h: 60, hr: 60, hrs: 60, hour: 60, hours: 60, 小时: 60, 时: 60,
    m: 1, min: 1, mins: 1, minute: 1, minutes: 1, 分: 1, 分钟: 1,
};
const PART = /(\d+(?:[.,]\d+)?)\s*([a-z\u4e00-\u9fff]*)/giy;

/**
 * Working minutes as people write them: "3 d 30 min".
 *
 * @param {number} minutes
 */
export function formatDuration(minutes) {
    const parts = [];
    let rest = minutes;
    for (const [unit, size] of UNITS) {
        const count = Math.floor(rest / size);
        rest -= count * size;
        if (count) {
            parts.push(`${count} ${unit}`);
        }
    }
    return parts.join(" ");
}

/**
 * Read "30 min", "4 h", "1.5 h", "3 d", "1 d 4 h"; a number alone is minutes.
 *
 * @param {string} text
 * @returns {number|null} whole minutes, more than 0; null for anything else
 */
export function parseDuration(text) {
    const source = text.trim().toLowerCase();
    let total = 0;
    PART.lastIndex = 0;
    while (PART.lastIndex < source.length) {
        const found = PART.exec(source);
        const size = found && (found[2] ? WORDS[found[2]] : 1);
        if (!size) {
            return null;
        }
        total += parseFloat(found[1].replace(",", ".")) * size;
        while (source[PART.lastIndex] === " ") {
            PART.lastIndex++;
        }
    }
    return Number.isInteger(total) && total > 0 && total <= 10 * 366 * 1440 ? total : null;
}
