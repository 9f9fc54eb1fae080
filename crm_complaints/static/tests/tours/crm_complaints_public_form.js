import { registry } from "@web/core/registry";

/** Somebody without an account complains, and gets a number. */
registry.category("web_tour.tours").add("crm_complaints_public_form", {
    url: "/complaint",
    steps: () => [
        { trigger: "input[name='subject']", run: "edit Wrong colour" },
        { trigger: "textarea[name='text']", run: "edit I ordered blue and got green." },
        { trigger: "input[name='order']", run: "edit SO-4711" },
        { trigger: "select[name='remedy']", run: "select replacement" },
        { trigger: "input[name='name']", run: "edit Carla Rossi" },
        { trigger: "input[name='email']", run: "edit carla@example.com" },
        {
            trigger: "button[type='submit']:contains('Send the complaint')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_number:contains('/')", content: "the number is shown" },
    ],
});
