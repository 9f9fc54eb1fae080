import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/**
 * A manager reads why a customer has its grade, overrides it for a reason, and
 * finds the decision in the history.
 */
registry.category("web_tour.tours").add("crm_service_excellence_override", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crm_service_excellence.crm_service_excellence_menu_root']",
            content: "open Customer Care, which opens on the customers",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Hengda Precision') td[name=partner_id]",
            content: "open the customer",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=grade_id]:contains('Silver')",
            content: "its grade is computed",
        },
        {
            trigger: ".o_crm_score_bars .o_crm_score:contains('55.00')",
            content: "read the score",
        },
        {
            trigger: ".o_crm_score_bars tbody tr:contains('Spend in 12 months'):contains('90,000'):contains('band from'):contains('60 %') td:nth-child(5):contains('30.00')",
            content: "60 % of 50 points come from what it spent",
        },
        {
            trigger: ".o_crm_score_bars tbody tr:contains('Orders in 12 months'):contains('40 %') td:nth-child(5):contains('25.00')",
            content: "40 % of 62.5 points come from how often it bought",
        },
        {
            trigger: ".o_crm_score_bars tbody tr:contains('Spend in 12 months') td:contains('110,000.00 more in the window')",
            content: "how far it is to the next grade",
        },
        {
            trigger: ".o_form_view:not(:has(.alert:visible:contains('Grade overridden')))",
            content: "nobody has overridden the grade",
        },
        {
            trigger: "button[name=action_override]",
            content: "override it",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=until] button:contains(/\\d/)",
            content: "the end date is proposed",
        },
        {
            trigger: ".modal .o_field_widget[name=grade_id] input",
            content: "choose the grade",
            run: "edit Gold",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains('Gold')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            content: "say why",
            run: "edit Signed a framework contract",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=grade_id]:contains('Gold')",
            content: "the new grade counts",
        },
        {
            trigger: ".o_form_view .alert:contains('Grade overridden until'):contains('Signed a framework contract'):contains('The computed grade is'):contains('Silver')",
            content: "and it is said why, until when, and what was computed",
        },
        {
            trigger: ".o_notebook .nav-link[name=history]",
            content: "open the history",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=change_ids] .o_data_row:first:contains('Override'):contains('Silver'):contains('Gold'):contains('Signed a framework contract'):contains('Care Test Manager')",
            content: "the decision is the latest entry",
        },
    ],
});
