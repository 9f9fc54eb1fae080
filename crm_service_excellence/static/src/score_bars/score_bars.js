import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Explains a score: one bar per criterion, what it contributes, and what it
 * alone would need for the next grade. The data comes ready to show from
 * `crm.customer._explain_score`.
 */
export class ScoreBars extends Component {
    static template = "crm_service_excellence.ScoreBars";
    static props = { ...standardFieldProps };

    get explanation() {
        return this.props.record.data[this.props.name];
    }

    get hasSteps() {
        return this.explanation.items.some((item) => item.step);
    }

    /** Whether criteria without a value left their weight to the others. */
    get isRescaled() {
        return this.explanation.items.some((item) => item.contribution === null);
    }

    /** What the points of a criterion were multiplied by. */
    weight(item) {
        const counted = this.explanation.items.filter((other) => other.contribution !== null);
        return item.share / (counted.reduce((sum, other) => sum + other.share, 0) || 1);
    }

    formatPoints(value) {
        return formatFloat(value, { digits: [5, 2] });
    }

    formatShare(value) {
        return `${formatFloat(value * 100, { digits: [5, 1], trailingZeros: false })} %`;
    }
}

registry.category("fields").add("crm_score_bars", {
    component: ScoreBars,
    supportedTypes: ["json"],
});
