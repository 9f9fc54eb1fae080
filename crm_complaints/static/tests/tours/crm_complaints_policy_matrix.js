import { registry } from "@web/core/registry";

const cell = (key) => `.o_crm_sla_matrix input[data-key='${key}']`;

/** A promise of 8 h becomes 6 h; nonsense is refused; the policy is at version 2. */
registry.category("web_tour.tours").add("crm_complaints_policy_matrix", {
    steps: () => [
        { trigger: "tr.o_data_row td[name=name]:contains(Tour promise)", run: "click" },
        {
            content: "Eight hours are a day",
            trigger: `${cell("resolution||")}:value("1 d")`,
            run: "edit six hours && press Tab",
        },
        {
            content: "What is no time says so",
            trigger: ".o_crm_sla_matrix .alert:contains(That is no time)",
        },
        { trigger: `${cell("resolution||")}.is-invalid`, run: "edit 6 h && press Tab" },
        { trigger: ".o_crm_sla_matrix:not(:has(.alert))" },
        {
            content: "An empty cell shows what it inherits",
            trigger: `${cell("resolution|serious|")}[placeholder="6 h"]`,
            run: "edit 0.5d && press Enter",
        },
        {
            content: "Enter goes down the column",
            trigger: `${cell("resolution|very_serious|")}:focus`,
        },
        { trigger: `${cell("resolution|serious|")}:value("4 h")` },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: ".o_field_widget[name=version]:contains(2)" },
        { trigger: "a.nav-link[name=versions]", run: "click" },
        { trigger: ".o_data_cell[name=changes]:contains(Resolution: 1 d → 6 h)" },
    ],
});
