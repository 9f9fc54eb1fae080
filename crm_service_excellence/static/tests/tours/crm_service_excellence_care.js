import { registry } from "@web/core/registry";

const card = (name) => `.o_kanban_record:contains('${name}')`;

/** A manager reads what waits, and rewrites one: somebody else has to agree to that. */
registry.category("web_tour.tours").add("crm_service_excellence_care_edit", {
    steps: () => [
        {
            trigger: ".o_searchview_facet:contains('Waiting for my approval')",
        },
        {
            trigger: `${card("Li Na")} .o_crm_care_mail_body:contains('all the best')`,
            content: "the text stands beside the customer, as it will be sent",
        },
        {
            trigger: `${card("Li Na")} button[name=action_edit_text]`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=subject] input",
            run: "edit Dear Li Na, many happy returns",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)):not(:has(${card("Li Na")}))`,
            content: "who edits does not approve: it is not for this manager any more",
        },
        {
            trigger: `${card("Wang Wei")} button[name=action_refuse]`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit They moved to a competitor",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains('Nothing waits for you')",
        },
    ],
});

/** Another manager agrees to what the first one wrote. */
registry.category("web_tour.tours").add("crm_service_excellence_care_approve", {
    steps: () => [
        {
            trigger: `${card("Li Na")} .o_crm_care_mail_subject:contains('many happy returns')`,
        },
        {
            trigger: `${card("Li Na")}:contains('Edited by')`,
        },
        {
            trigger: `${card("Li Na")} button[name=action_approve]`,
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains('Nothing waits for you')",
        },
    ],
});

/** The form says who agreed, and for something refused why it was not sent. */
registry.category("web_tour.tours").add("crm_service_excellence_care_look", {
    steps: () => [
        {
            trigger: ".o_searchview_facet:contains('Open') .o_facet_remove",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Wang Wei') .o_data_cell[name=rule_id]",
            run: "click",
        },
        {
            trigger: ".alert:contains('Not sent'):contains('They moved to a competitor')",
        },
        {
            trigger: ".o_crm_care_mail_subject:contains('Happy birthday, Wang Wei')",
        },
        {
            trigger: "button[name=action_send_again]",
            content: "a manager can have it sent all the same",
        },
        {
            trigger: "body:not(:has(button[name=action_approve]))",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            trigger: `.o_kanban_group:contains('Skipped') ${card("Wang Wei")}`,
            run: (helpers) =>
                helpers.anchor.dispatchEvent(new MouseEvent("click", { bubbles: true, altKey: true })),
        },
        {
            trigger: ".o_control_panel:contains('1 selected') button:contains('Edit text')",
        },
        {
            trigger: ".o_control_panel:contains('1 selected') button:contains('Skip')",
            content: "several are decided upon from the kanban, too",
        },
    ],
});
