# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a customer may get in a year, and who may say so."""

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, float_compare
from odoo.tools.misc import formatLang

COUNTED_STATES = ("approved", "granted")
OPEN_STATES = ("requested", "approved", "granted")


class CrmGoodwill(models.Model):
    _inherit = "crm.goodwill"

    budget_amount = fields.Monetary(string="Budget", compute="_compute_budget")
    budget_used = fields.Monetary(string="Used", compute="_compute_budget")
    budget_text = fields.Char(string="Yearly budget", compute="_compute_budget")
    would_exceed = fields.Boolean(compute="_compute_budget")

    @api.depends("partner_id", "company_id", "type_id", "value", "state", "budget_date")
    def _compute_budget(self):
        for goodwill in self:
            goodwill._compute_one_budget()

    def _compute_one_budget(self):
        partner, company = self.partner_id._origin, self.company_id
        if not partner or not company:
            self.budget_amount = self.budget_used = 0
            self.budget_text = self.would_exceed = False
            return
        year = (self.budget_date or company._crm_today()).year
        amount, used = self._budget(partner, company, year)
        self.budget_amount, self.budget_used = amount, used
        counts = self.state in COUNTED_STATES
        self.would_exceed = not counts and self._exceeds(used + self.value, amount)
        figures = {
            "used": self._format(used),
            "amount": self._format(amount),
            "year": str(year),
        }
        if self.state in ("draft", "requested") and self.value:
            self.budget_text = self.env._(
                "%(used)s of %(amount)s used in %(year)s, %(asked)s asked",
                asked=self._format(self.value),
                **figures,
            )
        else:
            self.budget_text = self.env._(
                "%(used)s of %(amount)s used in %(year)s", **figures
            )

    def _format(self, amount):
        return formatLang(self.env, amount, digits=self.currency_id.decimal_places)

    # BUDGET

    @api.model
    def _customer_sudo(self, partner, company):
        """The customer's record, archived ones too; empty if there is none."""
        # sudo: grade and budget are the customer's, whoever looks after it
        customers_sudo = self.env["crm.customer"].sudo()
        return customers_sudo.with_context(active_test=False).search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
            ]
        )

    @api.model
    def _budget(self, partner, company, year):
        """What a customer may get in a year, and what it got.

        :param partner: ``res.partner``
        :param company: ``res.company``
        :param year: calendar year in the company's time zone
        :return: (budget, used), in the company's currency; used is what is approved or
            granted
        """
        grade = self._customer_sudo(partner, company).grade_id
        amount = self.env["crm.goodwill.budget"]._amount_for(grade, company)
        # sudo: what colleagues granted counts too
        [[used]] = self.sudo()._read_group(
            Domain("partner_id", "=", partner.commercial_partner_id.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "in", COUNTED_STATES)
            & Domain("budget_date", ">=", date(year, 1, 1))
            & Domain("budget_date", "<=", date(year, 12, 31)),
            aggregates=["value:sum"],
        )
        return amount, used or 0

    def _exceeds(self, total, amount):
        digits = self.currency_id.decimal_places or 2
        return float_compare(total, amount, precision_digits=digits) > 0

    def _goes_over_budget(self):
        """Whether the customer's year cannot bear this gesture, not counted yet."""
        self.ensure_one()
        if not self.value:
            return False
        year = self.company_id._crm_today().year
        amount, used = self._budget(self.partner_id, self.company_id, year)
        return self._exceeds(used + self.value, amount)

    # LEVELS

    def _twins_sudo(self):
        """Other gestures of value for the same matter, asked for or given."""
        self.ensure_one()
        # sudo: a gesture of a colleague counts too
        goodwills_sudo = self.sudo()
        if not (self.res_model and self.res_id and self.value):
            return goodwills_sudo.browse()
        return goodwills_sudo.search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("id", "!=", self.id),
                ("state", "in", OPEN_STATES),
                ("value", ">", 0),
            ]
        )

    def _given_alone(self):
        """What the requester gave the customer within a day and nobody else decided."""
        self.ensure_one()
        # sudo: also what the requester may not see any more
        given_sudo = self.sudo().search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("requested_by_id", "=", self.requested_by_id.id),
                ("approval_level", "=", "own"),
                ("state", "in", COUNTED_STATES),
                ("date_decided", ">", fields.Datetime.now() - timedelta(days=1)),
                ("id", "!=", self.id),
            ]
        )
        return sum(max(one.value, one.cost) for one in given_sudo)

    def _needed_level(self, is_over):
        """Who has to say yes: a key of ``approval_level``.

        By the greater of value and cost. Over the budget, the second gesture for one
        matter, or one for oneself, is nobody's own decision; what the requester gave
        the customer alone within a day counts for the own limit, or it would be passed
        in slices.

        :param is_over: whether it goes over the budget
        """
        self.ensure_one()
        amount = max(self.value, self.cost)
        # sudo: the company's settings, for whoever asks
        company_sudo = self.company_id.sudo()
        if self._exceeds(amount, company_sudo.crm_goodwill_manager_limit):
            return "director"
        if (
            is_over
            or self._exceeds(
                amount + self._given_alone(), company_sudo.crm_goodwill_own_limit
            )
            or self._twins_sudo()
            or self._is_for(self.requested_by_id)
        ):
            return "manager"
        return "own"

    # ONE AT A TIME

    def _take_turns(self):
        """Let one transaction at a time decide on the gestures of a customer.

        Repeatable read does not see what others commit meanwhile, so that a lock alone
        would let two decisions spend the same budget. Each decision writes the
        customer's row: who comes second is refused by the database, and Odoo repeats
        the request with a view of what the first one did.
        """
        self.env.flush_all()
        turns = sorted({(one.company_id.id, one.partner_id.id) for one in self})
        for company_id, partner_id in turns:
            self._take_turn(partner_id, company_id)

    @api.model
    def _take_turn(self, partner_id, company_id):
        update = SQL(
            """UPDATE crm_customer SET goodwill_turn = COALESCE(goodwill_turn, 0) + 1
                WHERE partner_id = %s AND company_id = %s""",
            partner_id,
            company_id,
        )
        self.env.cr.execute(update)
        if self.env.cr.rowcount:
            return
        # a customer that nobody has measured yet
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_customer (partner_id, company_id, user_id, active,
                              goodwill_turn, create_uid, create_date,
                              write_uid, write_date)
                   SELECT id, %(company)s, user_id, active, 1, %(uid)s, %(now)s,
                          %(uid)s, %(now)s
                     FROM res_partner WHERE id = %(partner)s
                       ON CONFLICT (partner_id, company_id) DO NOTHING""",
                company=company_id,
                partner=partner_id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.invalidate_all()
        company = self.env["res.company"].browse(company_id)
        # sudo: measured for whoever gives the customer something
        customers_sudo = self.env["crm.customer"].sudo()
        customers_sudo._refresh(partner_ids=[partner_id], companies=company)
