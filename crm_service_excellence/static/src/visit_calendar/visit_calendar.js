import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";

const MOVABLE = ["proposed", "planned"];

/**
 * The calendar of visits: proposals are hatched, what speaks against a day is marked,
 * and whoever drags a visit there is told so; it is a warning and not a wall.
 */
export class VisitCalendarModel extends CalendarModel {
    /** @override */
    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(rawRecord);
        const name = rawRecord.partner_id ? rawRecord.partner_id[1] : record.title;
        record.title = rawRecord.day_warning ? `⚠ ${name}` : name;
        record.isHatched = rawRecord.state === "proposed";
        record.isStriked = rawRecord.state === "cancelled";
        return record;
    }

    /** @override */
    async updateRecord(record, options = {}) {
        await super.updateRecord(record, options);
        const rawRecord = this.records[record.id]?.rawRecord;
        if (rawRecord?.day_warning && MOVABLE.includes(rawRecord.state)) {
            this.notification.add(rawRecord.day_warning, {
                title: _t("Mind the day"),
                type: "warning",
            });
        }
    }
}

registry.category("views").add("crm_visit_calendar", {
    ...calendarView,
    Model: VisitCalendarModel,
});
