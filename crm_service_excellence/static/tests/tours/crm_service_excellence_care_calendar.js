import { registry } from "@web/core/registry";

const YEAR_2027 = ".o_care_calendar[data-view=year][data-date^='2027']";

/** Read 2027: a birthday twice, the Spring Festival and what is planned for it. */
registry.category("web_tour.tours").add("crm_service_excellence_care_calendar", {
    steps: () => [
        {
            trigger: ".o_care_calendar_view_month",
            content: "the month",
            run: "click",
        },
        {
            trigger: ".o_care_calendar[data-view=month] .o_care_calendar_next",
            content: "leaf",
            run: "click",
        },
        {
            trigger: ".o_care_calendar[data-view=month] .o_care_calendar_view_year",
            content: "the year",
            run: "click",
        },
        {
            trigger: ".o_care_calendar[data-view=year] .o_care_calendar_year_picker",
            content: "2027",
            run: "select 2027",
        },
        {
            trigger: `${YEAR_2027} [data-date='2027-01-02'][aria-label*='Zhang Wei']:has(.o_care_birthday)`,
            content: "lunar 11/25 comes in January",
        },
        {
            trigger: `${YEAR_2027} [data-date='2027-12-22'][aria-label*='Zhang Wei']:has(.o_care_birthday)`,
            content: "and again in December",
        },
        {
            trigger: `${YEAR_2027} [data-month='2027-02-01'] li:contains('6'):contains('Spring Festival')`,
            content: "the festival is named below its month",
        },
        {
            trigger: ".o_care_calendar_legend [data-kind=birthday]",
            content: "hide birthdays",
            run: "click",
        },
        {
            trigger: `${YEAR_2027}:not(:has(.o_care_calendar_dot.o_care_birthday))`,
            content: "they are hidden",
        },
        {
            trigger: ".o_care_calendar_legend [data-kind=birthday][aria-pressed=false]",
            content: "show them again",
            run: "click",
        },
        {
            trigger: `${YEAR_2027} [data-date='2027-02-06'].o_care_heat_4`,
            content: "open the day",
            run: "click",
        },
        {
            trigger: ".o_care_calendar_day[data-date='2027-02-06'] [data-open=tasks]:contains('3 planned')",
            content: "open what is planned",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains('Spring Festival greeting')",
        },
        {
            trigger: ".o_data_row:nth-child(3)",
            content: "three tasks",
        },
        {
            trigger: ".breadcrumb-item a:contains('Care Calendar'), .o_back_button a",
            content: "back",
            run: "click",
        },
        {
            trigger: `${YEAR_2027} [data-date='2027-12-22']`,
            content: "the calendar is where it was: open a birthday",
            run: "click",
        },
        {
            trigger: ".o_care_calendar_day [data-open=birthday]:contains('Zhang Wei')",
            content: "open the contact",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Zhang Wei')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_service_excellence_care_calendar_empty", {
    steps: () => [
        {
            trigger: ".o_care_calendar_empty:contains('Nothing is planned') button:contains('Occasions')",
        },
        {
            trigger: ".o_care_calendar_switches [data-switch=mine] input",
            content: "only mine: still the same advice",
            run: "click",
        },
        {
            trigger: ".o_care_calendar_switches [data-switch=mine] input:checked",
        },
        {
            trigger: ".o_care_calendar_empty button:contains('Care Rules')",
        },
    ],
});

/** On a phone: today without a dozen screens of scrolling, and its tasks as cards. */
registry.category("web_tour.tours").add("crm_service_excellence_care_calendar_phone", {
    steps: () => [
        {
            trigger: ".o_care_calendar[data-view=year] .o_care_calendar_cell.o_care_today",
            content: "it is on the screen already",
            run: ({ anchor }) => {
                const { top, bottom } = anchor.getBoundingClientRect();
                if (top < 0 || bottom > window.innerHeight) {
                    throw new Error("today is off the screen");
                }
                anchor.click();
            },
        },
        {
            trigger: ".o_bottom_sheet .o_care_calendar_open[data-open=tasks]",
            run: "click",
        },
        {
            trigger: ".o_kanban_renderer.o_kanban_ungrouped .o_kanban_record:contains('Hengda Precision')",
        },
    ],
});
