import { registry } from "@web/core/registry";

const state = (text) =>
    `.o_statusbar_status button.o_arrow_button_current:contains('${text}')`;

/** Somebody asks for more than the customer's budget of the year allows. */
registry.category("web_tour.tours").add("crm_service_excellence_goodwill_ask", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Hengda Precision",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Hengda Precision')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=budget_text]:contains('1,900.00 of 2,000.00 used')",
            content: "what is left is said before anything is asked",
        },
        {
            trigger: ".o_field_widget[name=value] input",
            run: "edit 150 && press Tab",
        },
        {
            trigger: ".o_field_widget[name=budget_text]:contains('150.00 asked')",
        },
        {
            trigger: ".alert-warning:contains('over the customer')",
            content: "it is over the budget, and says so",
        },
        {
            trigger: ".o_field_widget[name=note] textarea",
            run: "edit The pump came late",
        },
        {
            trigger: "button[name=action_request]",
            run: "click",
        },
        {
            trigger: state("Requested"),
            content: "it waits for somebody else",
        },
        {
            trigger: "body:not(:has(button[name=action_approve_over_budget]))",
            content: "who asks does not approve",
        },
    ],
});

/** A manager finds it, and approves it over the budget, knowingly. */
registry.category("web_tour.tours").add("crm_service_excellence_goodwill_approve", {
    steps: () => [
        {
            trigger: ".o_searchview_facet:contains('Waiting for my approval')",
        },
        {
            trigger: ".o_data_row:contains('Hengda Precision') .o_data_cell[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=action_approve_over_budget]",
            run: "click",
        },
        {
            trigger: ".modal:contains('more than its budget') .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: state("Granted"),
        },
        {
            trigger: ".o_field_widget[name=budget_text]:contains('2,050.00 of 2,000.00 used')",
            content: "nothing was cut",
        },
    ],
});
