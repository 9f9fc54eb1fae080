import { Component, onWillDestroy, useEffect, useRef, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAGE_SIZE = 20;

/**
 * Everything that happened with a customer, newest first, grouped by month.
 *
 * On a contact it shows the story of its company. Pages come from
 * `res.partner.crm_timeline_page`: what the reader may not read is not there.
 */
export class CrmTimeline extends Component {
    static template = "crm_service_excellence.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.more = useRef("more");
        this.state = useState({
            entries: [],
            kinds: [],
            chosen: [],
            next: null,
            loading: false,
            loaded: false,
        });
        this.request = 0;
        // Another record, or another number of touchpoints: a contact was logged.
        useRecordObserver((record) => {
            const key = [this.partnerId(record), record.data.crm_touch_count, record.data.touch_count];
            if (String(key) !== this.key) {
                this.key = String(key);
                this.load();
            }
        });
        const observer = new IntersectionObserver((items) => {
            if (items.some((item) => item.isIntersecting)) {
                this.loadMore();
            }
        });
        // Observed anew after each page: a short page may leave the end in view.
        useEffect(
            (element) => {
                if (element) {
                    observer.observe(element);
                    return () => observer.unobserve(element);
                }
            },
            () => [this.more.el, this.state.entries.length]
        );
        onWillDestroy(() => observer.disconnect());
    }

    partnerId(record) {
        return record.resModel === "res.partner" ? record.resId : record.data.partner_id?.id;
    }

    async load() {
        await this.fetch(null);
    }

    async loadMore() {
        if (this.state.next && !this.state.loading) {
            await this.fetch(this.state.next);
        }
    }

    async fetch(before) {
        const partnerId = this.partnerId(this.props.record);
        const request = ++this.request;
        if (!partnerId) {
            Object.assign(this.state, { entries: [], next: null, loaded: true });
            return;
        }
        this.state.loading = true;
        try {
            const page = await this.orm.call("res.partner", "crm_timeline_page", [[partnerId]], {
                kinds: [...this.state.chosen],
                before,
                limit: PAGE_SIZE,
            });
            if (request !== this.request) {
                return; // the filter has changed meanwhile
            }
            const entries = page.entries.map((entry) => this.prepare(entry));
            this.state.entries = before ? [...this.state.entries, ...entries] : entries;
            this.state.kinds = page.kinds;
            this.state.next = page.next;
            this.state.loaded = true;
        } finally {
            if (request === this.request) {
                this.state.loading = false;
            }
        }
    }

    prepare(entry) {
        const moment = entry.has_time ? deserializeDateTime(entry.date) : deserializeDate(entry.date);
        return {
            ...entry,
            key: `${entry.res_model},${entry.res_id}`,
            month: moment.toFormat("LLLL yyyy"),
            day: moment.toFormat("d"),
            weekday: moment.toFormat("ccc"),
            time: entry.has_time ? moment.toLocaleString({ hour: "numeric", minute: "2-digit" }) : "",
            money: entry.currency_id ? formatCurrency(entry.amount, entry.currency_id) : "",
        };
    }

    get months() {
        const months = [];
        for (const entry of this.state.entries) {
            if (months.at(-1)?.name !== entry.month) {
                months.push({ name: entry.month, key: entry.key, entries: [] });
            }
            months.at(-1).entries.push(entry);
        }
        return months;
    }

    isChosen(kind) {
        return this.state.chosen.includes(kind);
    }

    toggleKind(kind) {
        this.state.chosen = this.isChosen(kind)
            ? this.state.chosen.filter((other) => other !== kind)
            : [...this.state.chosen, kind];
        return this.load();
    }

    showAll() {
        this.state.chosen = [];
        return this.load();
    }

    open(entry) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.res_model,
            res_id: entry.res_id,
            views: [[false, "form"]],
            context: user.context,
        });
    }
}

registry.category("view_widgets").add("crm_timeline", { component: CrmTimeline });
