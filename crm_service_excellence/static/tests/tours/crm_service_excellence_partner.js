import { registry } from "@web/core/registry";

/**
 * From a contact: to its customer record and back, then a change that the
 * customer reported. The test opens the contact.
 */
registry.category("web_tour.tours").add("crm_service_excellence_partner", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_view_crm_customer]:contains('Silver')",
            content: "the smart button shows the grade; open the record",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=partner_id]:contains('Hengda Precision')",
        },
        {
            trigger: ".o_form_view .o_crm_score:contains('55.00')",
            content: "this is the customer record",
        },
        {
            trigger: ".breadcrumb .o_back_button:contains('Hengda Precision')",
            content: "back to the contact",
            run: "click",
        },
        {
            trigger: ".o_notebook .nav-link[name=crm_care]",
            content: "open the Customer care tab",
            run: "click",
        },
        {
            trigger: "button[name=action_report_crm_change]",
            content: "the customer reported a change",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input:value(Hengda Precision)",
            content: "the customer is filled in",
        },
        {
            trigger: ".modal .o_field_widget[name=statement] textarea",
            run: "edit Moved to 9 Harbour Road",
        },
        {
            trigger: ".modal .o_form_button_save",
            content: "save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name=action_report_crm_change]",
            content: "back on the contact",
        },
    ],
});
