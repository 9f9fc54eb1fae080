import { browser } from "@web/core/browser/browser";

const BEAT = 1000; // milliseconds

/**
 * One timer for all countdowns of the page. It rests while nobody looks at the tab
 * and while there is nothing to count, and catches up at once when it is looked at.
 */
class Ticker {
    constructor() {
        this.callbacks = new Set();
        this.timer = null;
        this.onVisibility = this.onVisibility.bind(this);
    }

    /**
     * Call something now and then once a second.
     *
     * @param {(now: number) => void} callback gets milliseconds since the epoch
     * @returns {() => void} stops it
     */
    add(callback) {
        if (!this.callbacks.size) {
            document.addEventListener("visibilitychange", this.onVisibility);
        }
        this.callbacks.add(callback);
        this.adjust();
        return () => this.remove(callback);
    }

    remove(callback) {
        this.callbacks.delete(callback);
        if (!this.callbacks.size) {
            document.removeEventListener("visibilitychange", this.onVisibility);
        }
        this.adjust();
    }

    onVisibility() {
        this.adjust();
        if (!document.hidden) {
            this.beat();
        }
    }

    adjust() {
        const isNeeded = this.callbacks.size > 0 && !document.hidden;
        if (isNeeded && this.timer === null) {
            this.timer = browser.setInterval(() => this.beat(), BEAT);
        } else if (!isNeeded && this.timer !== null) {
            browser.clearInterval(this.timer);
            this.timer = null;
        }
    }

    beat() {
        const now = Date.now();
        for (const callback of this.callbacks) {
            callback(now);
        }
    }
}

export const ticker = new Ticker();
