import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The moves that are possible besides the next one, out of the way in a menu. */
export class MoreMoves extends Component {
    static template = "crm_complaints.MoreMoves";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardFieldProps };

    get moves() {
        return this.props.record.data[this.props.name] || [];
    }

    /** As if it were a button of the form: what was typed is saved before. */
    run(move) {
        const { record } = this.props;
        this.env.onClickViewButton({
            clickParams: { type: "object", name: move.method },
            getResParams: () =>
                pick(record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

registry.category("fields").add("complaint_more_moves", {
    component: MoreMoves,
    supportedTypes: ["json"],
});
