import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { Interaction } from "@web/public/interaction";

/**
 * Says that a file is too big before it is sent, and sends a form once.
 * The server checks everything again.
 */
export class ComplaintForm extends Interaction {
    static selector = ".o_crm_complaint_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        "input[type='file']": { "t-on-change": this.onFiles },
    };

    onFiles(ev) {
        const limit = parseInt(this.el.dataset.maxBytes) || Infinity;
        const big = [...ev.currentTarget.files].find((file) => file.size > limit);
        ev.currentTarget.setCustomValidity(big ? _t("%s is too big.", big.name) : "");
        ev.currentTarget.reportValidity();
    }

    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
            return;
        }
        this.isSent = true;
        for (const button of this.el.querySelectorAll("button[type='submit']")) {
            button.classList.add("disabled");
        }
    }
}

registry.category("public.interactions").add("crm_complaints.complaint_form", ComplaintForm);
