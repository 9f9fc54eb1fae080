import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LEVELS = ["3", "2", "1"];
const PRIORITIES = [1, 2, 3, 4];

/**
 * The 27 cells of the priority matrix on one screen: a block for each difficulty,
 * urgency downwards, impact sideways. The data is {"321": 1}: urgency, impact,
 * difficulty. A cell that is less urgent than one that asks for less is marked, as
 * the server will refuse it.
 */
export class PriorityMatrix extends Component {
    static template = "crm_complaints.PriorityMatrix";
    static props = { ...standardFieldProps };

    setup() {
        this.levels = LEVELS;
        this.priorities = PRIORITIES;
        this.labels = { 1: _t("Low"), 2: _t("Medium"), 3: _t("High") };
        this.colors = {
            1: "text-bg-danger",
            2: "text-bg-warning",
            3: "text-bg-info",
            4: "text-bg-secondary",
        };
    }

    get cells() {
        return this.props.record.data[this.props.name] || {};
    }

    /** Whether one step less of something would be more urgent. */
    isDisorder(key) {
        return [0, 1, 2].some((axis) => {
            const level = Number(key[axis]) - 1;
            const below = key.slice(0, axis) + level + key.slice(axis + 1);
            return below in this.cells && this.cells[key] > this.cells[below];
        });
    }

    onChange(key, event) {
        const cells = { ...this.cells, [key]: Number(event.target.value) };
        this.props.record.update({ [this.props.name]: cells });
    }
}

registry.category("fields").add("crm_priority_matrix", {
    component: PriorityMatrix,
    supportedTypes: ["json"],
});
