import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * From-to matrix of a grading run: rows are the grades before, columns those
 * after; below the diagonal customers go down, above it they go up. The data is
 * a list of [from id, to id, customers, revenue].
 */
export class GradeMatrix extends Component {
    static template = "crm_service_excellence.GradeMatrix";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ measure: "count" });
        onWillStart(async () => {
            this.grades = await this.orm.searchRead("crm.grade", [], ["name"], {
                context: { active_test: false },
            });
        });
    }

    get cells() {
        return this.props.record.data[this.props.name] || [];
    }

    get usedGrades() {
        const used = new Set(this.cells.flatMap(([from, to]) => [from, to]));
        return this.grades.filter((grade) => used.has(grade.id));
    }

    /** Grades before; first the row of those who had none. */
    get rows() {
        const isNew = this.cells.some(([from]) => !from);
        return [...(isNew ? [{ id: false, name: "" }] : []), ...this.usedGrades];
    }

    value(from, to) {
        const index = this.state.measure === "count" ? 2 : 3;
        return this.cells
            .filter((cell) => (from === null || (cell[0] || false) === from) &&
                (to === null || cell[1] === to))
            .reduce((sum, cell) => sum + cell[index], 0);
    }

    format(value) {
        return value ? formatInteger(Math.round(value)) : "";
    }

    cellClass(row, column) {
        if (!row.id || !this.value(row.id, column.id)) {
            return "";
        }
        const order = this.grades.map((grade) => grade.id);
        const step = order.indexOf(column.id) - order.indexOf(row.id);
        return step > 0 ? "table-danger" : step < 0 ? "table-success" : "table-light";
    }
}

registry.category("fields").add("crm_grade_matrix", {
    component: GradeMatrix,
    supportedTypes: ["json"],
});
