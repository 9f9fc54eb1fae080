import { registry } from "@web/core/registry";

const state = (text) =>
    `.o_statusbar_status button.o_arrow_button_current:contains('${text}')`;

/** A manager sets up a greeting, sees whom it reaches, and activates it knowingly. */
registry.category("web_tour.tours").add("crm_service_excellence_care_rule", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Greeting for gold customers",
        },
        {
            trigger: ".o_field_widget[name=occasion_id] input",
            run: "edit Full moon",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Full moon')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reach_text]:contains('5 of 5 customers (100 %)')",
            content: "without conditions it reaches everybody, and says so at once",
        },
        {
            trigger: ".o_field_widget[name=grade_ids] input",
            run: "edit Gold",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Gold')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reach_text]:contains('3 of 5 customers (60 %)')",
            content: "the count follows what is chosen",
        },
        {
            trigger: ".o_notebook .nav-link:contains('How')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=template_id] input",
            run: "edit Care: festival greeting",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Care: festival greeting')",
            run: "click",
        },
        {
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reach_text]:contains('is a recipient')",
            content: "somebody whom it reaches is shown to begin with",
        },
        {
            trigger: ".modal .o_field_widget[name=subject]:contains('Best wishes for Full moon')",
        },
        {
            trigger: ".modal-footer button:contains('Close')",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name=action_activate]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=sample_ids] .o_data_row:eq(2)",
            content: "three recipients, by name",
        },
        {
            trigger: ".modal .o_field_widget[name=large_text]:contains('all 3 contacts')",
            content: "it is a large share",
        },
        {
            trigger: ".modal:not(:has(button[name=action_confirm]))",
            content: "not without the second confirmation",
        },
        {
            trigger: ".modal .o_field_widget[name=is_confirmed] input",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: state("Active"),
        },
        {
            trigger: "button[name=action_view_tasks]:contains('3')",
            content: "three tasks are planned",
        },
    ],
});
