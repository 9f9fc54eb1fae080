import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** A month, a day or a year: unknown is an empty box, never 0; no thousands. */
export class DatePartField extends IntegerField {
    get formattedValue() {
        return this.value ? String(this.value) : "";
    }
}

export const datePartField = { ...integerField, component: DatePartField };

registry.category("fields").add("crm_date_part", datePartField);
