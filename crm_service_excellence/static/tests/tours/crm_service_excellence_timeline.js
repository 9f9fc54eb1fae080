import { registry } from "@web/core/registry";

/** Log a contact from the customer, see it in the timeline, open it from there. */
registry.category("web_tour.tours").add("crm_service_excellence_timeline", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link[name=timeline]",
            content: "open the timeline",
            run: "click",
        },
        {
            trigger: ".o_crm_timeline_entry[data-kind=touch]:contains('Phone')",
            content: "what happened so far",
        },
        {
            trigger: "button[name=action_log_touchpoint]",
            content: "log a contact",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input:value(Hengda Precision)",
            content: "the customer is filled in",
        },
        {
            trigger: ".modal .o_field_widget[name=channel] .o_selection_badge:contains('WeChat')",
            content: "choose the channel",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=summary] textarea",
            run: "edit Asked for the new price list",
        },
        {
            trigger: ".modal .o_form_button_save",
            content: "save",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_crm_timeline_entry[data-kind=touch]:contains('Asked for the new price list')",
            content: "it is in the timeline",
        },
        {
            trigger: ".o_crm_timeline_filters button[data-kind=touch]",
            content: "contacts only",
            run: "click",
        },
        {
            trigger:
                ".o_crm_timeline:has(.btn-secondary[data-kind=touch]) .o_crm_timeline_entry:contains('WeChat')",
            content: "open it",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=summary] textarea:value(Asked for the new price list)",
        },
    ],
});
