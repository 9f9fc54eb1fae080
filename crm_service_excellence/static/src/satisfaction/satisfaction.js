import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const FACES = { 1: "😠", 2: "😟", 3: "😐", 4: "😊", 5: "😃" };

/** Five faces for a selection of 1 to 5: one touch, big enough for a thumb. */
export class SatisfactionField extends Component {
    static template = "crm_service_excellence.Satisfaction";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get options() {
        const { selection } = this.props.record.fields[this.props.name];
        return selection.map(([value, label]) => ({ value, label, face: FACES[value] }));
    }

    get shown() {
        return this.props.readonly
            ? this.options.filter((option) => option.value === this.value)
            : this.options;
    }

    classOf({ value }) {
        if (value === this.value) {
            return "btn-secondary border-primary";
        }
        return this.value ? "btn-link opacity-50" : "btn-link";
    }

    onClick(value) {
        if (!this.props.readonly) {
            this.props.record.update({ [this.props.name]: value === this.value ? false : value });
        }
    }
}

registry.category("fields").add("crm_satisfaction", {
    component: SatisfactionField,
    supportedTypes: ["selection"],
});
