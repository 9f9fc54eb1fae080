# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Touchpoints that write themselves: one row for a contact, whatever the path."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain

# A meeting is written down as such when it is done, and as the visit it was when that
# is reported: the visit says more.
VISIT = "crm.visit"


class CrmTouchpoint(models.Model):
    _inherit = "crm.touchpoint"

    @api.model
    def _touch_models(self):
        """Documents on which work is contact with a customer; an extension point.

        A message on a touchpoint itself belongs to that contact and is none of its own.

        :return: ``{model: its field with the customer}``
        """
        return {
            "res.partner": "self",
            "crm.lead": "partner_id",
            "sale.order": "partner_id",
            "crm.customer": "partner_id",
        }

    @api.model
    def _filter_customers(self, partners):
        """Leave out colleagues and our own companies."""
        ours = partners.commercial_partner_id.filtered("ref_company_ids")
        return partners.filtered(
            lambda partner: (
                partner.partner_share
                and (not ours or partner.commercial_partner_id not in ours)
            )
        )

    # RECORD

    @api.model
    def _record(self, vals_list):
        """Write the touchpoints whose source is not recorded yet.

        For what happens elsewhere in Odoo: whoever may do that need not have access to
        touchpoints. Safe to call again, and by two at once: the row that is there
        already stays as it is. What turns out to be the same contact as an earlier row
        (:meth:`_find_same_contact`) is merged into it.

        :param vals_list: values with ``source``, the unique key of what happened
            (``"mail.activity,12"``); a contact as ``partner_id`` is filed under its
            commercial partner
        :return: the touchpoints written
        """
        # sudo: what took place is recorded, whoever did it
        touch_sudo = self.sudo().with_context(crm_touch_refresh_later=True)
        unseen = []
        for vals in touch_sudo._filter_unseen(vals_list):
            same = touch_sudo._find_same_contact(vals)
            if same:
                same._merge_contact(vals)
            else:
                unseen.append(vals)
        touchpoints = touch_sudo._create_or_skip(unseen)
        if not self.env.context.get("crm_touch_refresh_later"):
            self._refresh_pending()
        return touchpoints.with_env(self.env)

    @api.model
    def _filter_unseen(self, vals_list):
        """Values whose source is new to their customer and company, filed and once."""
        known = {
            (touch.source, touch.partner_id.id, touch.company_id.id)
            for touch in self.search(
                [("source", "in", [vals["source"] for vals in vals_list])]
            )
        }
        unseen = {}
        for vals in vals_list:
            vals = {
                "company_id": self.env.company.id,
                "date": fields.Datetime.now(),
                **self._file_under_customer(vals),
            }
            key = (vals["source"], vals["partner_id"], vals["company_id"])
            if key not in known:
                unseen.setdefault(key, vals)
        return list(unseen.values())

    @api.model
    def _create_or_skip(self, vals_list):
        """Create, but leave out what another transaction has recorded meanwhile.

        The savepoint must not run the hooks before commit: in bulk they would measure
        customers one by one. What is in memory is therefore written before.
        """
        if not vals_list:
            return self.browse()
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                touchpoints = quiet.create(vals_list)
                self.env.flush_all()
        except UniqueViolation:
            self.env.transaction.clear()
            if len(vals_list) == 1:
                return self.browse()
            return self.browse().concat(
                *(self._create_or_skip([vals]) for vals in vals_list)
            )
        return touchpoints

    # ONE CONTACT, ONE ROW

    @api.model
    def _find_same_contact(self, vals):
        """The row that is this very contact already, written on another path."""
        domain = Domain("partner_id", "=", vals["partner_id"])
        domain &= Domain("company_id", "=", vals["company_id"])
        sources = self._same_contact_sources(vals["source"])
        if sources:
            return self.search(domain & Domain("source", "in", sources), limit=1)
        model = vals["source"].partition(",")[0]
        other = {
            "mail.activity": "mail.message",
            "mail.message": "mail.activity",
        }.get(model)
        if not other or vals.get("channel") != "email" or vals.get("direction") == "in":
            return self.browse()
        start, end = self._local_day(vals)
        return self.search(
            domain
            & Domain(
                [
                    ("channel", "=", "email"),
                    ("direction", "=", "out"),
                    ("user_id", "=", vals.get("user_id")),
                    ("res_model", "=", vals.get("res_model")),
                    ("res_id", "=", vals.get("res_id")),
                    ("date", ">=", start),
                    ("date", "<", end),
                    ("source", "=like", f"{other},%"),
                ]
            ),
            limit=1,
        )

    @api.model
    def _same_contact_sources(self, source):
        """Sources under which this contact may be recorded already; extension point.

        A visit and the meeting in the calendar that it came from are one contact.
        """
        model, _comma, res_id = source.partition(",")
        if VISIT not in self.env or model not in ("calendar.event", VISIT):
            return []
        visits = self.env[VISIT].sudo().with_context(active_test=False)
        if model == VISIT:
            event = visits.browse(int(res_id)).calendar_event_id
            return [f"calendar.event,{event.id}"] if event else []
        same = visits.search([("calendar_event_id", "=", int(res_id))])
        return [f"{VISIT},{visit.id}" for visit in same]

    def _merge_contact(self, vals):
        """Take up what ``vals`` says of the same contact; a visit says it best."""
        self.ensure_one()
        if vals["source"].partition(",")[0] == VISIT:
            self.write({**vals, "summary": vals.get("summary") or self.summary})
            return
        said = vals.get("summary") or ""
        if said and said not in (self.summary or ""):
            self.summary = f"{self.summary}\n{said}" if self.summary else said

    @api.model
    def _local_day(self, vals):
        """Bounds, naive UTC, of the company's day in which the contact took place."""
        company = self.env["res.company"].browse(vals["company_id"])
        zone = ZoneInfo(company._crm_timezone())
        moment = fields.Datetime.to_datetime(vals["date"])
        day = moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
        return tuple(
            datetime.combine(date, time(), zone)
            .astimezone(timezone.utc)
            .replace(tzinfo=None)
            for date in (day, day + timedelta(days=1))
        )
