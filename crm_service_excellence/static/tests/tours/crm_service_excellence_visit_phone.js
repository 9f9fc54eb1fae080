import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** Let the browser say where it is, or refuse to. */
function standAt(coords) {
    const geolocation = {
        getCurrentPosition: (found, failed) => (coords ? found({ coords }) : failed({ code: 1 })),
    };
    Object.defineProperty(browser.navigator, "geolocation", {
        value: geolocation,
        configurable: true,
    });
}

/**
 * A salesperson with a phone: opens today's visit, ticks off what is prepared,
 * starts, finishes, reports with one follow-up.
 */
registry.category("web_tour.tours").add("crm_service_excellence_visit_phone", {
    url: "/odoo/my-visits",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Hengda Precision') a[href^='tel:']",
            content: "the card lets one call at once",
        },
        {
            trigger: ".o_kanban_record:contains('Hengda Precision')",
            content: "open today's visit",
            run: "click",
        },
        {
            trigger: ".o_crm_visit_form a[href*='31.2303904']",
            content: "the way there is one touch away",
        },
        {
            trigger: ".o_field_widget[name=brief]:contains('Not graded yet')",
            content: "read the brief",
        },
        {
            trigger: ".o_field_widget[name=preparation_ids] .o_kanban_record:first .o_field_boolean_toggle input, .o_field_widget[name=preparation_ids] .o_data_row:first .o_field_boolean_toggle input",
            content: "tick off what is prepared",
            run: "click",
        },
        {
            trigger: "button[data-method=action_start]",
            content: "start the visit",
            run: ({ anchor }) => {
                standAt({ latitude: 31.2304, longitude: 121.4737, accuracy: 12 });
                anchor.click();
                anchor.click(); // a nervous thumb
            },
        },
        {
            trigger: ".o_field_widget[name=position_state]:contains('On site')",
            content: "the server says that we are there",
        },
        {
            trigger: "button[data-method=action_finish]",
            content: "finish the visit, without a position",
            run: ({ anchor }) => {
                standAt(null);
                anchor.click();
            },
        },
        {
            trigger: ".alert:contains('The report is due until')",
            content: "the report is due within a day",
        },
        {
            trigger: ".o_field_widget[name=outcome] .o_selection_badge:contains('Achieved')",
            content: "the visit achieved what it should",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=report] textarea",
            content: "write what was said",
            run: "edit They want 40 pumps",
        },
        {
            trigger: ".o_field_widget[name=satisfaction] button[data-value='4']",
            content: "the customer looks happy",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=followup_ids] .o-kanban-button-new, .o_field_widget[name=followup_ids] .o_field_x2many_list_row_add a",
            content: "promise something",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input, .o_field_widget[name=followup_ids] .o_field_widget[name=name] input",
            content: "name it",
            run: "edit Send the offer",
        },
        {
            trigger: ".modal .o_form_button_save",
            content: "keep the follow-up",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name=action_report]",
            content: "hand in the report",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=report_date]",
            content: "it is handed in",
        },
    ],
});
