import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const SUNDAY = ".fc-daygrid-day.fc-day-sun:not(.fc-day-other)";

/**
 * A salesperson generates next month's plan, drags a visit to a Sunday, is warned,
 * generates again, and confirms.
 */
registry.category("web_tour.tours").add("crm_service_excellence_plan", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crm_service_excellence.crm_service_excellence_menu_root']",
            run: "click",
        },
        {
            trigger: "button[data-menu-xmlid='crm_service_excellence.crm_visit_menu']",
            content: "open the menu of visits",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_service_excellence.crm_visit_plan_menu']",
            content: "open the plans",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains('plan themselves')",
            content: "there is none yet, and it is said what to do",
        },
        {
            trigger: ".o_list_button_add",
            content: "make one",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=capacity] input",
            content: "two visits a day are enough",
            run: "edit 2",
        },
        {
            trigger: "button[name=action_generate]:contains('Generate')",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Proposed')",
            content: "there is a proposal",
        },
        {
            trigger: ".o_crm_plan_days tbody tr:contains('1 / 2')",
            content: "each day says how full it is",
        },
        {
            trigger: "button[name=action_view_calendar]",
            content: "open the calendar",
            run: "click",
        },
        {
            trigger: ".o_calendar_view .fc-event.o_event_hatched:contains('Hengda')",
            content: "drag a proposed visit to a Sunday",
            run: `drag_and_drop ${SUNDAY} .fc-daygrid-day-events`,
        },
        {
            trigger: ".o_notification:contains('Not a working day')",
            content: "a warning, not a wall",
        },
        {
            trigger: `${SUNDAY} .fc-event:contains('⚠ Hengda')`,
            content: "the visit is where it was dropped, and marked",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a:last",
            content: "back to the plan",
            run: "click",
        },
        {
            trigger: "button[name=action_generate]:contains('again')",
            content: "planning again leaves what was moved by hand",
            run: "click",
        },
        {
            trigger: ".o_crm_plan_changes:contains('Generated again')",
        },
        {
            trigger: "button[name=action_confirm]",
            content: "confirm",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Confirmed')",
        },
    ],
});
