import { registry } from "@web/core/registry";

/**
 * A member looks how many points there are, what expires, and how the balance of
 * February came about.
 */
registry.category("web_tour.tours").add("crm_loyalty_portal", {
    url: "/my/home",
    steps: () => [
        {
            trigger: ".o_portal_index_card a[href='/my/loyalty']:contains('300')",
            content: "the balance is on the home page",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_loyalty_tile:contains('Club')",
            content: "open the card",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_loyalty_available:contains('300')",
            content: "what can be spent",
        },
        {
            trigger: ".o_loyalty_expiring li:contains('04/30/2026'):contains('100')",
            content: "100 points expire at the end of April",
        },
        {
            trigger: ".o_loyalty_rewards li:contains('100')",
            content: "a reward is in reach",
        },
        {
            trigger: ".o_loyalty_opening:contains('230')",
            content: "March opened with 230",
        },
        {
            trigger: ".o_loyalty_closing:contains('300')",
            content: "and is at 300",
        },
        {
            trigger: ".o_loyalty_older:not(.disabled)",
            content: "the month before",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_loyalty_month_name:contains('February 2026')" },
        { trigger: ".o_loyalty_opening:contains('300')" },
        {
            trigger: ".o_loyalty_line:contains('5 off your order'):contains('120')",
            content: "where the points went",
        },
        { trigger: ".o_loyalty_closing:contains('230')" },
    ],
});
