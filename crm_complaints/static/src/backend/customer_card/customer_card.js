import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Who complains: grade, other open complaints, last orders. */
export class CustomerCard extends Component {
    static template = "crm_complaints.CustomerCard";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get card() {
        return this.props.record.data[this.props.name];
    }

    async open(resModel, resId) {
        if (await this.props.record.save()) {
            await this.action.doAction({
                type: "ir.actions.act_window",
                res_model: resModel,
                res_id: resId,
                views: [[false, "form"]],
            });
        }
    }
}

registry.category("fields").add("complaint_customer_card", {
    component: CustomerCard,
    supportedTypes: ["json"],
});
