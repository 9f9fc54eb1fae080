# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections.abc import Callable
from datetime import datetime, time, timezone
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
CHANNEL_ICONS = {
    "phone": "fa-phone",
    "email": "fa-envelope-o",
    "sms": "fa-mobile",
    "wechat": "fa-weixin",
    "visit": "fa-map-marker",
    "meeting": "fa-users",
    "video": "fa-video-camera",
    "letter": "fa-file-text-o",
    "web": "fa-globe",
}


class TimelineSource(NamedTuple):
    """Where entries of one kind come from.

    :param label: name of the kind, in the reader's language
    :param icon: Font Awesome class of the kind
    :param model: model that is searched, under the reader's own rights
    :param date_field: Date or Datetime that places an entry; rows without are left out
    :param domain: ``domain(commercial_partner) -> Domain`` of the entries
    :param describe: ``describe(record) -> dict`` with ``title`` and, as there is any,
        ``icon``, ``text``, ``user``, ``amount``, ``currency_id``,
        ``incoming``, ``flag`` (a remark that is shown as a badge), ``late``
    """

    label: str
    icon: str
    model: str
    date_field: str
    domain: Callable
    describe: Callable


class Cursor(NamedTuple):
    """Place of the last entry of a page: the next page begins after it."""

    moment: datetime  # naive UTC
    kind: str
    id: int


class CrmTimeline(models.AbstractModel):
    """Everything that happened with a customer, newest first, in one list.

    Each source is searched by a keyset from the place where the last page ended, so
    that a page costs the same however long the story is, and nothing is shown twice
    or left out when something is added meanwhile.
    """

    _name = "crm.timeline"
    _description = "Timeline of a Customer"

    # SOURCES

    @api.model
    def _timeline_sources(self):
        """Kinds of entries; the extension point for addons: call super and add yours.

        :return: ``{kind: TimelineSource}``, in the order of the filters
        """
        sources = {
            "touch": TimelineSource(
                self.env._("Touchpoints"),
                "fa-comments-o",
                "crm.touchpoint",
                "date",
                self._touch_domain,
                self._describe_touch,
            ),
            "visit": TimelineSource(
                self.env._("Visits"),
                "fa-map-marker",
                "crm.visit",
                "date",
                self._visit_domain,
                self._describe_visit,
            ),
            "order": TimelineSource(
                self.env._("Orders"),
                "fa-shopping-cart",
                "sale.order",
                "date_order",
                lambda partner: Domain("state", "=", "sale") & self._of(partner),
                self._describe_order,
            ),
            "invoice": TimelineSource(
                self.env._("Invoices"),
                "fa-file-text-o",
                "account.move",
                "invoice_date",
                lambda partner: (
                    Domain("state", "=", "posted")
                    & Domain("move_type", "in", ("out_invoice", "out_refund"))
                    & self._of(partner)
                ),
                self._describe_invoice,
            ),
        }
        return sources

    @api.model
    def _readable_sources(self):
        """Sources of models that are installed and that the reader may read."""
        return {
            kind: source
            for kind, source in self._timeline_sources().items()
            if source.model in self.env and self.env[source.model].has_access("read")
        }

    @api.model
    def _of(self, partner):
        """Documents of a customer and of the people filed under it today."""
        return Domain("partner_id.commercial_partner_id", "=", partner.id)

    @api.model
    def _touch_domain(self, partner):
        domain = Domain("partner_id", "=", partner.id)
        if "visit" in self._readable_sources():  # the visit itself is shown
            domain &= Domain("res_model", "!=", "crm.visit")
        return domain

    @api.model
    def _visit_domain(self, partner):
        return Domain("partner_id", "=", partner.id) & Domain(
            "state", "in", ("planned", "in_progress", "done", "reported")
        )

    # ENTRIES

    @api.model
    def _describe_touch(self, touch):
        contact = touch.contact_id.sudo().name  # as Odoo shows links: by name
        channel = self._label(touch, "channel")
        flag = late = False
        if touch.confirmation_state == "due":
            late = touch.is_confirmation_late
            flag = (
                self.env._("Confirmation overdue")
                if late
                else self.env._("Confirmation due")
            )
        return {
            "icon": CHANNEL_ICONS.get(touch.channel, "fa-comment-o"),
            "title": self.env._(
                "%(channel)s with %(contact)s", channel=channel, contact=contact
            )
            if contact
            else channel,
            "text": touch.summary,
            "user": touch.user_id.name,
            "incoming": touch.direction == "in",
            "flag": flag,
            "late": late,
        }

    @api.model
    def _describe_visit(self, visit):
        contact = visit.contact_id.sudo().name  # as Odoo shows links: by name
        return {
            "title": self.env._("Visit to %(contact)s", contact=contact)
            if contact
            else self.env._("Visit"),
            "text": visit.report or visit.purpose,
            "user": visit.user_id.name,
            "flag": visit.state in ("planned", "in_progress")
            and self._label(visit, "state"),
        }

    @api.model
    def _describe_order(self, order):
        return {
            "title": self.env._("Order %(number)s", number=order.name),
            "text": order.client_order_ref,
            "user": order.user_id.name,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
        }

    @api.model
    def _describe_invoice(self, move):
        refund = move.move_type == "out_refund"
        values = {"number": move.name}
        return {
            "icon": "fa-undo" if refund else "fa-file-text-o",
            "title": self.env._("Refund %(number)s", **values)
            if refund
            else self.env._("Invoice %(number)s", **values),
            "text": move.ref,
            "user": move.invoice_user_id.name,
            "amount": -move.amount_total if refund else move.amount_total,
            "currency_id": move.currency_id.id,
        }

    @api.model
    def _label(self, record, name):
        """What a selection field says, in the reader's language."""
        labels = record._fields[name]._description_selection(self.env)
        return dict(labels).get(record[name], "")

    # PAGES

    @api.model
    def _page(self, partner, kinds=None, before=None, limit=PAGE_SIZE):
        """One page of the story of ``partner``, which the caller may read.

        :param kinds: kinds to show; all by default
        :param before: ``next`` of the page before
        :param limit: entries of a page
        :return: ``{"entries", "next", "kinds"}``
        """
        partner = partner.commercial_partner_id
        sources = self._readable_sources()
        cursor = self._read_cursor(before)
        limit = max(1, min(int(limit), MAX_PAGE_SIZE))
        found = []
        for kind, source in sources.items():
            if kinds and kind not in kinds:
                continue
            field = source.date_field
            domain = Domain(source.domain(partner)) & Domain(field, "!=", False)
            if cursor:
                domain &= self._before(source, kind, cursor)
            records = self.env[source.model].search(
                domain, order=f"{field} DESC, id DESC", limit=limit + 1
            )
            found += [(self._moment(r[field]), kind, r) for r in records]
        # newest first, then by kind; the last row of a source first
        found.sort(key=lambda item: (item[1], -item[2].id))
        found.sort(key=lambda item: item[0], reverse=True)
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        return {
            "entries": [self._entry(kind, sources[kind], r) for _, kind, r in page],
            "next": last and [last[0].isoformat(), last[1], last[2].id],
            "kinds": [
                {"kind": kind, "label": source.label, "icon": source.icon}
                for kind, source in sources.items()
            ],
        }

    @api.model
    def _entry(self, kind, source, record):
        """What the page shows of ``record``."""
        value = record[source.date_field]
        return {
            "kind": kind,
            "icon": source.icon,
            "text": False,
            "user": False,
            "amount": False,
            "currency_id": False,
            "incoming": False,
            "flag": False,
            "late": False,
            **source.describe(record),
            "date": fields.Datetime.to_string(value)
            if isinstance(value, datetime)
            else fields.Date.to_string(value),
            "has_time": isinstance(value, datetime),
            "res_model": record._name,
            "res_id": record.id,
        }

    # KEYSET

    @api.model
    def _read_cursor(self, before):
        """:raise ValueError: when ``before`` is not what a page has given."""
        if not before:
            return None
        moment, kind, res_id = before
        return Cursor(datetime.fromisoformat(moment), str(kind), int(res_id))

    @api.model
    def _moment(self, value):
        """A date is the beginning of the reader's day: months stay in one piece."""
        if isinstance(value, datetime):
            return value
        start = self.env.tz.localize(datetime.combine(value, time()))
        return start.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _before(self, source, kind, cursor):
        """Entries of ``source`` that come after the cursor, that is lie before it.

        By SQL: a domain rounds moments to seconds, and would lose or double rows.
        """
        value = cursor.moment
        equal = True
        if self.env[source.model]._fields[source.date_field].type == "date":
            zone = self.env.tz
            value = cursor.moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
            # the day that holds the moment began before it, or right then
            equal = self._moment(value) == cursor.moment
        # rows at the very place of the cursor
        if not equal or kind > cursor.kind:
            operator, tie = SQL("<="), None
        elif kind < cursor.kind:
            operator, tie = SQL("<"), None
        else:
            operator, tie = SQL("<"), cursor.id

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, source.date_field, query)
            if tie is None:
                return SQL("%s %s %s", column, operator, value)
            row_id = SQL.identifier(alias, "id")
            return SQL("(%s, %s) < (%s, %s)", column, row_id, value, tie)

        return Domain.custom(to_sql=to_sql)
