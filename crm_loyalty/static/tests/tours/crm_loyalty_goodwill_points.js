import { registry } from "@web/core/registry";

const state = (text) =>
    `.o_statusbar_status button.o_arrow_button_current:contains('${text}')`;

/** A salesperson wants to give more points than anybody gives alone. */
registry.category("web_tour.tours").add("crm_loyalty_goodwill_points_ask", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Ms Member",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Ms Member')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=points] input",
            run: "edit 1000 && press Tab",
        },
        {
            trigger: ".o_field_widget[name=value]:contains('50.00')",
            content: "what the points are worth",
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
    ],
});

/** A manager says yes. */
registry.category("web_tour.tours").add("crm_loyalty_goodwill_points_approve", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Ms Member') .o_data_cell[name=name]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        { trigger: state("Granted") },
    ],
});

/** And the points are there. */
registry.category("web_tour.tours").add("crm_loyalty_goodwill_points_member", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Ms Member') .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=points]:contains('1,000')",
        },
        {
            trigger: ".o_data_row:contains('Goodwill'):contains('1,000')",
            content: "with the entry that tells why",
        },
    ],
});
