import { registry } from "@web/core/registry";

const row = (text) => `.o_data_row:contains('${text}')`;

/** A manager turns the rule on: the birthday is planned. */
registry.category("web_tour.tours").add("crm_service_excellence_care_plan", {
    steps: () => [
        {
            trigger: "button[name=action_activate]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=sample_ids]:contains('Chen Yu')",
            content: "who would be greeted, before it is turned on",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains('Active')",
        },
    ],
});

/** A manager reads the text, agrees, and lets it go at once. */
registry.category("web_tour.tours").add("crm_service_excellence_care_send", {
    steps: () => [
        {
            trigger:
                ".o_kanban_record:contains('Chen Yu'):contains('Happy birthday, Chen Yu') button[name=action_approve]",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains('Nothing waits for you')",
        },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='crm_service_excellence.crm_care_menu']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_service_excellence.crm_care_task_menu']",
            run: "click",
        },
        {
            trigger: `${row("Chen Yu")}:contains('Approved') .o_data_cell[name=rule_id]`,
            run: "click",
        },
        {
            trigger: "button[name=action_send_now]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains('Done')",
        },
    ],
});

/** An administrator finds it in the mail queue. */
registry.category("web_tour.tours").add("crm_service_excellence_care_queue", {
    steps: () => [
        {
            trigger: `${row("Happy birthday, Chen Yu")}:contains('Outgoing')`,
        },
    ],
});
