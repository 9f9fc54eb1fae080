import { registry } from "@web/core/registry";

const GREETINGS = [".email", ".sms", ".phone", ".wechat", ".visit", ".gift"];

/** A customer does not want greetings any more, and sees that we keep to it. */
registry.category("web_tour.tours").add("crm_service_excellence_care_portal", {
    url: "/my/home",
    steps: () => [
        {
            trigger: ".o_portal_index_card a[href='/my/care']",
            content: "my account, care",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_care_marketing .badge:contains('nothing is sent')",
            content: "offers were never agreed to",
        },
        ...GREETINGS.map((channel) => ({
            trigger: `.o_care_greeting input[name="greeting${channel}"]:checked`,
            content: `no greetings by ${channel.slice(1)}`,
            run: "click",
        })),
        {
            trigger: ".o_care_save",
            content: "save",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_care_notice:contains('We keep to it')",
            content: "it is confirmed",
        },
        {
            trigger: ".o_care_greeting .badge:contains('nothing is sent')",
            content: "and shown",
        },
        {
            trigger: ".o_care_answers li:contains('Greetings, E-mail'):contains('Portal')",
            content: "and kept with its day",
        },
    ],
});

/** The colleague who looks after the customer reads why nothing was sent. */
registry.category("web_tour.tours").add("crm_service_excellence_care_withdrawn", {
    steps: () => [
        {
            trigger: ".o_searchview_facet:contains('Open') .o_facet_remove",
            content: "settled tasks too",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Ana') .o_field_badge:contains('Skipped')",
        },
        {
            trigger: ".o_data_row:contains('Ana') .o_data_cell[name=rule_id]",
            content: "the greeting that was planned",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert:contains('Not sent'):contains('Withdrew consent in the portal on')",
            content: "the reason, in words",
        },
        {
            trigger: "body:not(:has(button[name=action_send_now]:visible, button[name=action_approve]:visible))",
            content: "and nothing left to send",
        },
    ],
});
