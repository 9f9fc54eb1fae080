import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/**
 * A manager tries a stricter policy on the customers, sees who would move, and
 * applies exactly that.
 */
registry.category("web_tour.tours").add("crm_service_excellence_simulate", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crm_service_excellence.crm_service_excellence_menu_root']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_service_excellence.crm_service_excellence_menu_configuration']",
            content: "open the configuration",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-menu-xmlid='crm_service_excellence.crm_grade_policy_menu']",
            content: "open the policies",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Generous policy') td[name=name]",
            content: "open the draft",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_simulate]",
            content: "simulate it",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert:contains('A simulation: no customer has been changed.')",
        },
        {
            trigger: ".o_crm_grade_matrix tr:has(th:contains('Silver')) td.table-success:contains('1')",
            content: "one customer would go up from Silver",
        },
        {
            trigger: ".o_crm_grade_matrix button:contains('Revenue')",
            content: "look at the revenue instead",
            run: "click",
        },
        {
            trigger: ".o_crm_grade_matrix tr:has(th:contains('Silver')) td.table-success:contains('90,000')",
            content: "which is worth 90,000 in 12 months",
        },
        {
            trigger: ".o_notebook .nav-link[name=moves]",
            content: "who is it?",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=move_ids] .o_data_row:contains('Hengda Precision'):contains('Silver'):contains('Diamond')",
        },
        {
            trigger: "button[name=action_apply]",
            content: "apply it",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            content: "yes, really",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current[data-value=applied]",
            content: "the outcome has been applied",
        },
    ],
});
