import { registry } from "@web/core/registry";

/**
 * A customer who is logged in: finds the complaint, sees how far it is, reads the
 * decision, does not agree, and writes.
 */
registry.category("web_tour.tours").add("crm_complaints_portal", {
    url: "/my/home",
    steps: () => [
        {
            trigger: ".o_portal_index_card a[href='/my/complaints']",
            content: "the card is there",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "td a:contains('The pump leaks')",
            content: "open the complaint",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_crm_step_done:contains('Decided')",
            content: "it was decided",
        },
        {
            trigger: ".o_crm_decision:contains('A new seal')",
            content: "read the decision",
        },
        { trigger: ".o_crm_appeal", content: "I do not agree", run: "click" },
        {
            trigger: "#o_crm_appeal_form.show #o_crm_reason",
            run: "edit The new seal leaks too.",
        },
        { trigger: ".o_crm_appeal_send", run: "click", expectUnloadPage: true },
        {
            trigger: ".alert-success:contains('We have your objection')",
            content: "it is looked into again",
        },
        {
            trigger: "body:not(:has(.o_crm_decision)) .o_crm_step_next:contains('Decided')",
            content: "the old decision is gone",
        },
        {
            trigger: "#o_crm_message",
            content: "write to the team",
            run: "edit It leaks again since this morning.",
        },
        { trigger: ".o_crm_send", run: "click", expectUnloadPage: true },
        {
            trigger: ".o_crm_from_customer:contains('It leaks again') strong:contains('You')",
            content: "the message is there, as one's own",
        },
    ],
});

/** The same customer later: the new decision solves it. */
registry.category("web_tour.tours").add("crm_complaints_portal_accept", {
    url: "/my/complaints",
    steps: () => [
        {
            trigger: "td a:contains('The pump leaks')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_accept", run: "click", expectUnloadPage: true },
        {
            trigger: ".o_crm_step_done:contains('Closed')",
            content: "it is closed",
        },
    ],
});
