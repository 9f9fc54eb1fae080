import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What a team's complaints are about: one bar per category, each opens its list. */
export class CategoryBars extends Component {
    static template = "crm_complaints.CategoryBars";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get bars() {
        return this.props.record.data[this.props.name] || [];
    }

    open(bar) {
        const context = {
            search_default_team_id: [this.props.record.resId],
            search_default_unfinished: 1,
        };
        if (bar.id) {
            context.search_default_category_id = [bar.id];
        } else {
            context.search_default_unsorted = 1;
        }
        this.action.doAction("crm_complaints.crm_complaint_action", {
            additionalContext: context,
        });
    }
}

registry.category("fields").add("complaint_category_bars", {
    component: CategoryBars,
    supportedTypes: ["json"],
});
