import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A visit plan day by day: how full each day is, and how far the tour goes. The data
 * comes ready to show from `crm.visit.plan._describe_days`.
 */
export class PlanDays extends Component {
    static template = "crm_service_excellence.PlanDays";
    static props = { ...standardFieldProps };

    get days() {
        return this.props.record.data[this.props.name] || [];
    }

    width(day) {
        return Math.min(100, Math.round((100 * day.load) / (day.capacity || 1)));
    }

    color(day) {
        if (day.load > day.capacity || (day.load && (day.is_away || day.is_closed))) {
            return "text-bg-danger";
        }
        return day.load === day.capacity ? "text-bg-success" : "text-bg-info";
    }

    formatKm(day) {
        return formatFloat(day.km, { digits: [9, 1], trailingZeros: false });
    }
}

registry.category("fields").add("crm_plan_days", {
    component: PlanDays,
    supportedTypes: ["json"],
});
