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
