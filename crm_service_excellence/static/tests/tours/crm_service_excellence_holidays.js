import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openConfiguration = (menu) => [
    {
        trigger: "body:not(:has(.modal)) [data-menu-xmlid='crm_service_excellence.crm_service_excellence_menu_configuration']",
        content: "open the configuration",
        run: "click",
    },
    {
        trigger: `.dropdown-item[data-menu-xmlid='crm_service_excellence.${menu}']`,
        run: "click",
    },
];
const row = (...texts) => `.o_data_row${texts.map((text) => `:contains('${text}')`).join("")}`;

/**
 * A manager looks at a year that has not been announced, then imports one that
 * has, and finds its days off and make-up days.
 */
registry.category("web_tour.tours").add("crm_service_excellence_holidays", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crm_service_excellence.crm_service_excellence_menu_root']",
            run: "click",
        },
        ...openConfiguration("resource_holiday_import_menu"),
        {
            trigger: ".modal .o_field_widget[name=country_id] input",
            content: "choose the country",
            run: "edit China",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item a:contains(/^China$/)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=year] input",
            content: "a year far ahead",
            run: "edit 2030 && press Tab",
        },
        {
            trigger: ".modal .alert-warning:contains('the days are predicted')",
            content: "it is predicted, and says so",
        },
        {
            trigger: `.modal ${row("2030", "National Day", "Day off", "New")}`,
        },
        {
            trigger: ".modal:not(:has(.o_field_widget[name=makeup_count]))",
            content: "make-up days are not known yet",
        },
        {
            trigger: ".modal .o_field_widget[name=year] input",
            content: "a year that was announced",
            run: "edit 2026 && press Tab",
        },
        {
            trigger: ".modal:not(:has(.alert:visible)) .o_field_widget[name=closure_count]:contains('22')",
            content: "its days off",
        },
        {
            trigger: ".modal .o_field_widget[name=makeup_count]:contains('6')",
        },
        {
            trigger: `.modal ${row("Oct 1", "Thursday", "National Day", "Day off", "New")}`,
        },
        {
            trigger: `.modal ${row("Oct 10", "Saturday", "Make-up working day for Oct 7", "Wednesday", "New")}`,
            content: "a Saturday on which people work",
        },
        {
            trigger: `.modal ${row("Jan 1", "New Year")} .o_field_widget[name=is_chosen] input`,
            content: "leave one out, by one click",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=chosen_count]:contains('27')",
        },
        {
            trigger: ".modal button[name=action_import]",
            content: "import the others",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Days imported: 27 (China, 2026).')",
        },
        {
            trigger: `body:not(:has(.modal)) .o_list_view:has(.o_data_row:nth-child(21)) ${row("Oct 1", "National Day")}`,
            content: "the days off are there",
        },
        {
            trigger: `.o_list_view:not(:contains("New Year's Day"))`,
            content: "without the one that was left out",
        },
        ...openConfiguration("resource_calendar_makeup_menu"),
        {
            trigger: `.o_list_view ${row("Oct 10", "Make-up working day for Oct 7", "Wednesday")}`,
            content: "and so are the make-up working days",
        },
    ],
});
