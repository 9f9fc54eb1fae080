import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What the last generation of a visit plan changed: new, moved and dropped visits. */
export class PlanChanges extends Component {
    static template = "crm_service_excellence.PlanChanges";
    static props = { ...standardFieldProps };

    get changes() {
        return this.props.record.data[this.props.name];
    }

    get isNothing() {
        const { added, moved, gone } = this.changes;
        return !added && !moved && !gone;
    }

    formatDay(day) {
        return formatDate(deserializeDate(day));
    }
}

registry.category("fields").add("crm_plan_changes", {
    component: PlanChanges,
    supportedTypes: ["json"],
});
