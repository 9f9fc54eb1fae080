# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From word of mouth to points for both, and back."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.job import (
    commit_progress,
    on_conflict_again,
)

from .crm_referral import WON

BATCH = 200  # referrals of one transaction
#: event by which each side gets its points
SIDES = {"referrer": "referral_won", "referred": "referral_welcome"}


class CrmReferral(models.Model):
    _inherit = "crm.referral"

    # RECOMMENDED

    @api.model
    def _refer(self, referrer, referred=None, lead=None, source="staff", **values):
        """Write down who recommended us to whom; the one way in.

        The first one wins. What does not count is written down as rejected, with the
        reason, so that the member can be told. Whoever calls has checked who asks.

        :param referrer: ``res.partner``
        :param referred: ``res.partner``, the new customer, if it is known
        :param lead: ``crm.lead``
        :param values: ``code``, ``company`` (default: the current one)
        :return: ``crm.referral``; the one there is, if it says the same already
        :raise UserError: no program rewards recommendations
        """
        company = values.pop("company", None) or self.env.company
        # sudo: referrals are nobody's to write
        referrals_sudo = self.sudo()
        program = self._referral_program(company)
        if not program:
            raise UserError(
                self.env._(
                    "No loyalty program of %(company)s rewards referrals. A manager "
                    "can turn them on in the program.",
                    company=company.name,
                )
            )
        first = self._first_of(referred, lead, company)
        if first and first.referrer_id == referrer:
            return first
        given = {
            "referrer_id": referrer.id,
            "referred_id": referred.id if referred else False,
            "lead_id": lead.id if lead else False,
            "company_id": company.id,
            "program_id": program.id,
            "source": source,
            "date": fields.Datetime.now(),
            **values,
        }
        objection = referrals_sudo.new(given)._objection()
        if not objection and first:
            objection = first._second_words()
        return referrals_sudo.create({**given, **self._rejected(objection)})

    @api.model
    def _referral_program(self, company):
        """The program of a company that rewards referrals, else a shared one."""
        # sudo: whether there is one, for whoever is told of a recommendation
        programs_sudo = self.env["loyalty.program"].sudo()
        found = programs_sudo.search(
            [
                ("is_ledger", "=", True),
                ("referral_enabled", "=", True),
                ("company_id", "in", (company.id, False)),
            ],
            order="company_id, sequence, id",
            limit=1,
        )
        return found

    @api.model
    def _first_of(self, referred, lead, company):
        """The referral of a customer, or of a lead, that counts so far."""
        referrals_sudo = self.sudo()  # of whoever was told first
        counts = [("company_id", "=", company.id), ("state", "!=", "rejected")]
        found = referrals_sudo.browse()
        if referred:
            found = referrals_sudo.search(
                [
                    *counts,
                    (
                        "referred_id.commercial_partner_id",
                        "=",
                        referred.commercial_partner_id.id,
                    ),
                ],
                order="date, id",
                limit=1,
            )
        if lead and not found:
            found = referrals_sudo.search(
                [*counts, ("lead_id", "=", lead.id)], order="date, id", limit=1
            )
        return found

    def _second_words(self):
        """The objection to whoever comes after this one."""
        self.ensure_one()
        return "second", self.env._(
            "%(referrer)s was first, on %(date)s.",
            referrer=self.referrer_id.display_name,
            date=fields.Date.to_string(self._day_of(self.date)),
        )

    @api.model
    def _rejected(self, objection):
        """Values of an objection, if there is one."""
        if not objection:
            return {}
        kind, words = objection
        return {"state": "rejected", "reason_kind": kind, "reason": words}

    def _reject(self, kind, words):
        """It does not count, for a reason.

        :raise UserError: it was rewarded: points go back by the order only
        """
        for referral in self:
            if referral.state not in ("pending", "qualified"):
                raise UserError(
                    self.env._(
                        "%(referral)s is decided already: it is %(state)s.",
                        referral=referral.display_name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[referral.state].lower(),
                    )
                )
        # sudo: states are nobody's to type; the callers have checked who asks
        self.sudo().write(self._rejected((kind, words)))

    def _attach_customer(self, partner):
        """A lead has become a customer."""
        for referral in self.sudo():  # as above
            first = self._first_of(partner, None, referral.company_id)
            if first and first != referral:
                referral._reject(*first._second_words())
                referral.referred_id = partner
                continue
            referral.referred_id = partner
            if objection := referral._objection():
                referral._reject(*objection)

    # QUALIFIED

    def _day_of(self, moment):
        """The day of a moment (naive UTC) at the company."""
        zone = ZoneInfo(self.company_id.sudo()._crm_timezone())
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def _first_order(self):
        """The first order since the recommendation that was not taken back."""
        # sudo: orders of whoever sold
        orders_sudo = self.env["sale.order"].sudo()
        orders = orders_sudo.search(
            [
                ("partner_id", "child_of", self.referred_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
                ("date_order", ">=", self.date),
                ("amount_total", ">", 0),
            ],
            order="date_order, id",
        )
        for order in orders:
            if not order._crm_referral_is_refunded():
                return order
        return orders_sudo.browse()

    def _qualify(self, today=None):
        """See whether the first order is paid and old enough; then reward both.

        :param today: date it is at the company; by default now
        """
        self.ensure_one()
        today = fields.Date.to_date(today) or self.company_id._crm_today()
        if self.state == "pending" and self.referred_id:
            self._qualify_pending(today)
        if self.state == "qualified":
            self._reward(today)

    def _qualify_pending(self, today):
        if words := self._same_person_words():
            self._reject("same_person", words)
            return
        order = self._first_order()
        due = order and self._day_of(order.date_order) + timedelta(
            days=self.program_id.referral_delay_days
        )
        if (self.order_id, self.due_date or False) != (order, due or False):
            self.write({"order_id": order.id, "due_date": due or False})
        if order and due <= today and order._crm_referral_is_paid():
            self.write({"state": "qualified", "qualified_date": today})
            self._refresh_referrer()

    def _refresh_referrer(self):
        """Whom they won counts for the grade of who recommended."""
        self.env["crm.customer"]._refresh(
            partner_ids=self.referrer_id.commercial_partner_id.ids
        )

    # REWARDED

    def _reward(self, today=None):
        """Give both sides their points; who cannot get any holds up nobody.

        Stays qualified, to be tried again, where nobody got any.
        """
        self.ensure_one()
        values, failures = {}, []
        for side in SIDES:
            if self[f"{side}_entry_id"]:
                continue
            try:
                with self.env.cr.savepoint():
                    entry = self._reward_side(side, today)
            except UserError as error:
                failures.append(str(error))
                continue
            if entry:
                values[f"{side}_entry_id"] = entry.id
        if values:
            values.update(state="rewarded", rewarded_date=today)
        words = " ".join(failures)
        if words != (self.reason or ""):
            values["reason"] = words or False
        if values:
            self.write(values)

    def _reward_side(self, side, today=None):
        """Give one side the points of its event.

        :param side: ``referrer`` or ``referred``
        :return: ``crm.loyalty.entry``; empty where the event is switched off
        :raise UserError: there can be no points
        """
        self.ensure_one()
        return self.env["crm.loyalty.event"]._grant(
            self[f"{side}_id"],
            SIDES[side],
            source=self,
            key=f"referral:{self.id}:{side}",
            company=self.company_id,
            as_of=today,
        )

    # REVERSED

    def _reverse_if_undone(self, today=None):
        """Take the points back where the order they were given for is undone."""
        for referral in self.sudo():  # points of whoever's customer
            order = referral.order_id
            if referral.state not in WON or not order:
                continue
            if order.state == "cancel":
                referral._reverse(
                    "cancelled",
                    self.env._("%(order)s was cancelled.", order=order.name),
                    today,
                )
            elif order._crm_referral_is_refunded():
                referral._reverse(
                    "refunded",
                    self.env._("%(order)s was refunded.", order=order.name),
                    today,
                )

    def _reverse(self, kind, words, today=None):
        """Take back what both sides got."""
        self.ensure_one()
        today = fields.Date.to_date(today) or self.company_id._crm_today()
        for side in SIDES:
            entry = self[f"{side}_entry_id"]
            if entry:
                entry._take_back(source=self, reason=words, as_of=today)
        self.write(
            {
                "state": "reversed",
                "reason_kind": kind,
                "reason": words,
                "reversed_date": today,
            }
        )
        self._refresh_referrer()

    # JOB

    @api.model
    def _cron_qualify(self, as_of=None):
        """See which recommendations have become customers, and which no longer are.

        Restartable at any point; one that fails keeps no other.

        :param as_of: date it is at each company; by default now
        """
        as_of = fields.Date.to_date(as_of)
        commit_progress(self.env, remaining=1)
        for query, step in (
            (UNDONE, self._reverse_batch),
            (READY, self._qualify_batch),
        ):
            after = 0
            while True:
                done, last = on_conflict_again(
                    self.env, self._next_batch, query, step, after, as_of
                ) or (0, None)
                if not last:
                    break
                after = last
                if not commit_progress(self.env, done, remaining=1):
                    return
        commit_progress(self.env, 1, remaining=0)

    @api.model
    def _next_batch(self, query, step, after, as_of):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, after=after, batch=BATCH))
        ids = [row[0] for row in self.env.cr.fetchall()]
        if ids:
            step(self.sudo().browse(ids), as_of)  # of every company
        return len(ids), ids[-1] if ids else None

    @api.model
    def _qualify_batch(self, referrals_sudo, as_of):
        for referral in referrals_sudo:
            referral._qualify(as_of)

    @api.model
    def _reverse_batch(self, referrals_sudo, as_of):
        referrals_sudo._reverse_if_undone(as_of)


# Those whose customer has ordered, and those that wait for their points.
READY = """
SELECT referral.id FROM crm_referral referral
 WHERE referral.id > %(after)s
   AND (referral.state = 'qualified' OR referral.state = 'pending' AND EXISTS (
           SELECT FROM res_partner customer
             JOIN res_partner buyer
               ON buyer.commercial_partner_id = customer.commercial_partner_id
             JOIN sale_order sale ON sale.partner_id = buyer.id
            WHERE customer.id = referral.referred_id AND sale.state = 'sale'
              AND sale.company_id = referral.company_id
              AND sale.date_order >= referral.date))
 ORDER BY referral.id LIMIT %(batch)s
"""

# Those whose order is cancelled, or has a credit note.
UNDONE = """
SELECT referral.id FROM crm_referral referral
  JOIN sale_order sale ON sale.id = referral.order_id
 WHERE referral.id > %(after)s AND referral.state IN ('qualified', 'rewarded')
   AND (sale.state = 'cancel' OR EXISTS (
           SELECT FROM sale_order_line line
             JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
             JOIN account_move_line part ON part.id = rel.invoice_line_id
             JOIN account_move move ON move.id = part.move_id
            WHERE line.order_id = sale.id AND move.state = 'posted'
              AND move.move_type = 'out_refund'))
 ORDER BY referral.id LIMIT %(batch)s
"""
