import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The way to the customer: one touch calls, another shows it on the map. */
export class VisitReach extends Component {
    static template = "crm_service_excellence.VisitReach";
    static props = { ...standardWidgetProps };

    get data() {
        return this.props.record.data;
    }

    get telephone() {
        return `tel:${(this.data.phone || "").replace(/[^+0-9]/g, "")}`;
    }
}

registry.category("view_widgets").add("crm_visit_reach", {
    component: VisitReach,
    fieldDependencies: [
        { name: "phone", type: "char" },
        { name: "address", type: "char" },
        { name: "map_url", type: "char" },
    ],
});
