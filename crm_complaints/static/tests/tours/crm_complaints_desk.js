import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const stage = (name) => `.o_statusbar_status .o_arrow_button_current:contains('${name}')`;

/**
 * A clerk takes a complaint on the phone and leads it to its end: acknowledged,
 * assessed, investigated, answered, resolved, told, closed.
 */
registry.category("web_tour.tours").add("crm_complaints_desk", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crm_complaints.crm_complaints_menu_root']",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains('Nothing waits for you')",
            content: "my work is empty, and it is said so",
        },
        {
            trigger: "button:contains('New complaint by phone')",
            content: "somebody calls",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Hengda Tour",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Hengda Tour')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit The pump leaks",
        },
        {
            trigger: ".modal .o_field_widget[name=category_id] input",
            run: "edit Leaks",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Leaks')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=is_mine] input",
            content: "it is mine",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_create_complaint]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${stage("Received")}`,
            content: "it is there",
        },
        {
            trigger: ".o_form_view .o_sla_countdown .fa-clock-o",
            content: "and the soonest deadline counts",
        },
        {
            trigger: "button[name=action_confirm_orally]",
            content: "the number was told on the phone",
            run: "click",
        },
        { trigger: stage("Acknowledged") },
        {
            trigger: ".alert:contains('The severity is missing')",
            content: "what is missing for the next move is said",
        },
        {
            trigger: ".o_field_widget[name=severity] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(/^Serious$/)",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.alert:contains('The severity is missing')))",
            content: "nothing is missing any more",
        },
        {
            trigger: "button.btn-primary[name=action_assess]",
            run: "click",
        },
        { trigger: stage("Assessed") },
        {
            trigger: "button.btn-primary[name=action_investigate]",
            run: "click",
        },
        { trigger: stage("Investigating") },
        {
            trigger: "button[name=action_reply]",
            content: "tell the customer how things stand",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable",
            run: "editor We are looking into it.",
        },
        {
            trigger: ".modal button[name=action_send_mail]",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains('We are looking into it.')",
            content: "the answer is in the thread",
        },
        {
            trigger: "button.btn-primary[name=action_ask_resolve]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=decision] .o_radio_item:contains('Justified') input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=solution] .odoo-editor-editable",
            run: "editor The seal is replaced.",
        },
        {
            trigger: ".modal .o_field_widget[name=decision_text] .odoo-editor-editable",
            run: "editor You get a new seal at our expense.",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains('Resolve')",
            run: "click",
        },
        { trigger: stage("Resolved") },
        {
            trigger: "button.btn-primary[name=action_customer_accepts]",
            content: "the customer is content",
            run: "click",
        },
        { trigger: stage("Closed") },
        {
            trigger: "a[name=deadlines], .nav-link:contains('Deadlines')",
            content: "each deadline can be explained",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=clock_ids] tr:contains('Resolution') button[name=action_explain]",
            run: "click",
        },
        {
            trigger: ".modal .o_sla_why tr:contains('Counted')",
        },
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
