import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Open a complaint beside the form that is being filled in. */
function openComplaint(action, complaint) {
    return action.doAction({
        type: "ir.actions.act_window",
        res_model: "crm.complaint",
        res_id: complaint.id,
        views: [[false, "form"]],
    });
}

/**
 * Who is calling: grade, open complaints, what was bought and invoiced. A click on a
 * purchase takes its order and product into the complaint.
 */
export class IntakeOverview extends Component {
    static template = "crm_complaints.IntakeOverview";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get overview() {
        return this.props.record.data[this.props.name];
    }

    isChosen(purchase) {
        const { sale_order_id: order, product_id: product } = this.props.record.data;
        return order?.id === purchase.order_id && product?.id === purchase.product_id;
    }

    choosePurchase(purchase) {
        this.props.record.update({
            sale_order_id: { id: purchase.order_id, display_name: purchase.order },
            product_id: { id: purchase.product_id, display_name: purchase.product },
        });
    }

    chooseInvoice(invoice) {
        this.props.record.update({
            invoice_id: { id: invoice.id, display_name: invoice.name },
        });
    }

    open(complaint) {
        return openComplaint(this.action, complaint);
    }
}

/** Complaints that may be the same: open one, or add this call to it. */
export class IntakeDuplicates extends Component {
    static template = "crm_complaints.IntakeDuplicates";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get duplicates() {
        return this.props.record.data[this.props.name] || [];
    }

    open(complaint) {
        return openComplaint(this.action, complaint);
    }

    async note(complaint) {
        const record = this.props.record;
        if (await record.save({ reload: false })) {
            const next = await this.orm.call(record.resModel, "action_note_duplicate", [
                [record.resId],
                complaint.id,
            ]);
            return this.action.doAction(next);
        }
    }
}

registry.category("fields").add("crm_intake_overview", {
    component: IntakeOverview,
    supportedTypes: ["json"],
});
registry.category("fields").add("crm_intake_duplicates", {
    component: IntakeDuplicates,
    supportedTypes: ["json"],
});
