import { Component, onWillStart, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { router } from "@web/core/browser/router";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { usePopover } from "@web/core/popover/popover_hook";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { CareCalendarDay } from "./care_calendar_day";
import {
    FIRST_YEAR,
    intervalOf,
    kindLabels,
    KINDS,
    LAST_YEAR,
    prepareDays,
    shift,
    toDay,
} from "./care_calendar_days";
import { CareCalendarMonth } from "./care_calendar_month";
import { CareCalendarYear } from "./care_calendar_year";

const PREFERENCES = "crm_care_calendar";
const ARROWS = { ArrowUp: -7, ArrowDown: 7 };

/**
 * The care calendar: what is planned on which day, festivals and birthdays, as a month
 * or as a year. Data comes from `crm.care.calendar.get_days`; kinds are shown and
 * hidden here, so that a click on the legend asks nobody.
 */
export class CareCalendar extends Component {
    static template = "crm_service_excellence.CareCalendar";
    static components = { Layout, CareCalendarMonth, CareCalendarYear };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.keepLast = new KeepLast();
        this.kinds = KINDS;
        this.labels = kindLabels();
        this.switches = [
            { name: "mine", label: _t("My customers only") },
            { name: "allOccasions", label: _t("All occasions") },
            { name: "lunar", label: _t("Lunar dates") },
        ];
        this.years = [];
        for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
            this.years.push(year);
        }
        this.state = useState({ ...this.initialState(), rows: [], problems: [], loaded: false });
        const options = {
            onClose: () => this.onDayClosed(),
            popoverClass: "o_care_calendar_popover",
        };
        this.dayPopover = usePopover(CareCalendarDay, options);
        this.daySheet = usePopover(CareCalendarDay, { ...options, useBottomSheet: true });
        useSetupAction({ getLocalState: () => this.preferences() });
        useEffect(
            (view, date) => this.props.updateActionState({ calendar_view: view, calendar_date: date }),
            () => [this.state.view, this.state.date]
        );
        // On a phone a year is a dozen screens long: begin where we are
        useEffect(
            () => {
                if (this.env.isSmall) {
                    const today = this.root.el.querySelector(".o_care_today");
                    today?.scrollIntoView({ block: "center" });
                }
            },
            () => [this.state.shown]
        );
        // The screen may be turned or made narrow: month cells become a list
        useExternalListener(window, "resize", () => this.render(true));
        onWillStart(() => this.load());
    }

    // STATE

    initialState() {
        const stored = JSON.parse(browser.localStorage.getItem(PREFERENCES) || "{}");
        const { calendar_view: view, calendar_date: date } = router.current;
        const state = {
            view: "year",
            hidden: [],
            mine: false,
            allOccasions: false,
            lunar: user.lang.startsWith("zh"),
            ...stored,
            date: luxon.DateTime.local().toISODate(),
            ...this.props.state,
        };
        if (!this.props.state && ["year", "month"].includes(view)) {
            state.view = view;
        }
        if (!this.props.state && toDay(String(date)).isValid) {
            state.date = shift(date, {});
        }
        return state;
    }

    preferences() {
        const { view, date, hidden, mine, allOccasions, lunar } = this.state;
        return { view, date, hidden: [...hidden], mine, allOccasions, lunar };
    }

    remember() {
        browser.localStorage.setItem(PREFERENCES, JSON.stringify(this.preferences()));
    }

    get filters() {
        return {
            mine: this.state.mine,
            all_occasions: this.state.allOccasions,
            lunar: this.state.lunar,
        };
    }

    async load() {
        const { view, date } = this.state;
        const data = await this.keepLast.add(
            this.orm.call("crm.care.calendar", "get_days", [...intervalOf(view, date), this.filters])
        );
        Object.assign(this.state, {
            rows: data.days,
            problems: data.problems,
            today: data.today,
            hasRules: data.has_rules,
            isManager: data.is_manager,
            hasLunar: data.has_lunar,
            shown: { view, date },
            loaded: true,
        });
    }

    /** Change what is shown; the former stays in view until the new has come. */
    async change(values) {
        this.closeDay();
        Object.assign(this.state, values);
        this.remember();
        await this.load();
    }

    // WHAT IS SHOWN

    get days() {
        return prepareDays(this.state.rows, this.state.hidden, this.state.today);
    }

    get isEmpty() {
        const tasks = this.state.rows.some((row) => row.entries.some((entry) => entry.kind === "tasks"));
        return !tasks && !this.state.hasRules;
    }

    get year() {
        return toDay(this.state.date).year;
    }

    /** Beside the year, which can be chosen. */
    get monthName() {
        return this.state.view === "month" ? toDay(this.state.date).toFormat("LLLL") : "";
    }

    get step() {
        return this.state.view === "year" ? { years: 1 } : { months: 1 };
    }

    isHidden(kind) {
        return this.state.hidden.includes(kind);
    }

    // NAVIGATION

    leaf(direction) {
        const [[unit, number]] = Object.entries(this.step);
        return this.change({ date: shift(this.state.date, { [unit]: number * direction }) });
    }

    goToday() {
        return this.change({ date: this.state.today });
    }

    goYear(ev) {
        const years = Number(ev.target.value) - this.year;
        return this.change({ date: shift(this.state.date, { years }) });
    }

    setView(view) {
        return view === this.state.view ? null : this.change({ view });
    }

    openMonth(date) {
        return this.change({ view: "month", date });
    }

    toggleKind(kind) {
        const { hidden } = this.state;
        this.closeDay();
        this.state.hidden = hidden.includes(kind) ? hidden.filter((other) => other !== kind) : [...hidden, kind];
        this.remember();
    }

    toggle(name) {
        return this.change({ [name]: !this.state[name] });
    }

    /** Arrow keys go from day to day; only one of them is in the tab order. */
    onKeydown(ev) {
        const { date } = ev.target.dataset;
        if (!date || !ev.target.classList.contains("o_care_calendar_cell")) {
            return;
        }
        const sideways = { ArrowLeft: -1, ArrowRight: 1 }[ev.key];
        const isMirrored = getComputedStyle(ev.target).direction === "rtl";
        const days = ARROWS[ev.key] || (sideways && (isMirrored ? -sideways : sideways));
        if (days) {
            ev.preventDefault();
            const next = shift(date, { days });
            this.root.el.querySelector(`.o_care_calendar_cell[data-date="${next}"]`)?.focus();
        }
    }

    // A DAY

    get dayLayer() {
        return this.env.isSmall ? this.daySheet : this.dayPopover;
    }

    closeDay() {
        this.dayPopover.close();
        this.daySheet.close();
    }

    openDay(date, target) {
        this.openedFrom = target;
        this.dayLayer.open(target, {
            day: this.days.get(date),
            openTasks: (entry) => this.openTasks(date, entry),
            openOccasion: (entry) => this.openOccasion(entry),
            openBirthdays: () => this.openBirthdays(date),
        });
    }

    onDayClosed() {
        this.openedFrom?.focus();
        this.openedFrom = null;
    }

    openTasks(date, entry) {
        this.closeDay();
        const domain = [
            ["due_date", "=", date],
            ["rule_id", "=", entry.rule_id],
            ["occasion_id", "=", entry.occasion_id],
        ];
        if (this.state.mine) {
            domain.push("|", ["user_id", "=", user.userId], ["commercial_partner_id.user_id", "=", user.userId]);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: entry.name,
            res_model: "crm.care.task",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            mobile_view_mode: "kanban",
            domain,
        });
    }

    openOccasion(entry) {
        this.closeDay();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.occasion",
            res_id: entry.occasion_id,
            views: [[false, "form"]],
        });
    }

    async openBirthdays(date) {
        this.closeDay();
        const action = await this.orm.call("crm.care.calendar", "action_birthdays", [date, this.filters]);
        return this.action.doAction(action);
    }

    openAction(name) {
        return this.action.doAction(`crm_service_excellence.${name}`);
    }
}

registry.category("actions").add("crm_care_calendar", CareCalendar);
