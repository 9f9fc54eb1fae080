import { registry } from "@web/core/registry";

const state = (text) =>
    `.o_statusbar_status button.o_arrow_button_current:contains('${text}')`;

/** A salesperson takes 20 off the order of a member, and confirms it. */
registry.category("web_tour.tours").add("crm_loyalty_redeem", {
    steps: () => [
        {
            trigger: ".oe_stat_button:contains('Points'):contains('1,000')",
            content: "what the member has",
        },
        {
            trigger:
                ".o_field_widget[name=crm_loyalty_hint]:contains('1,000 points can be redeemed')",
            content: "and may spend",
        },
        {
            trigger: ".o_field_widget[name=crm_loyalty_reward_hint]:contains('20 off')",
            content: "the largest reward in reach",
        },
        {
            trigger: "button[name=action_open_reward_wizard]:enabled",
            run: "click",
        },
        {
            trigger: ".modal .o_radio_item:contains('20 off') input",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('20 off')",
            content: "the reward is a line of the quotation",
        },
        {
            trigger: ".o_field_widget[name=crm_loyalty_hint]:contains('700 points can be redeemed')",
            content: "what it costs is not there a second time",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:enabled",
            run: "click",
        },
        { trigger: state("Sales Order") },
        {
            trigger: ".oe_stat_button:contains('Points'):contains('879')",
            content: "300 spent, 179 earned: of what was paid",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=points]:contains('879')",
            content: "so says the member's form",
        },
        { trigger: ".o_data_row:contains('20 off'):contains('300')" },
    ],
});
