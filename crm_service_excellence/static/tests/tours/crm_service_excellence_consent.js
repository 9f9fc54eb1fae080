import { registry } from "@web/core/registry";

/** Somebody calls and wants no more offers: no contact is open, nothing is selected. */
registry.category("web_tour.tours").add("crm_service_excellence_consent_record", {
    steps: () => [
        {
            trigger: ".o_control_panel button:contains('Record consent')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Ana",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Ana')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] input",
            run: "edit Called on Monday: no more offers",
        },
        {
            trigger: ".modal button[name=action_record]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
