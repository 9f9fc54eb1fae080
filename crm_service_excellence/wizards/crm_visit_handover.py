# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..models.crm_visit_schedule import MOVABLE_STATES


class CrmVisitHandover(models.TransientModel):
    """Somebody leaves or is away: the visits go to colleagues, none is lost."""

    _name = "crm.visit.handover"
    _description = "Hand Over Visits"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="From",
        required=True,
        ondelete="cascade",
        context={"active_test": False},
        domain="[('share', '=', False)]",
    )
    to_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="To",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Of several, each visit goes to whoever has the fewest on that day.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From the day",
        required=True,
        default=lambda self: self.env.company._crm_today(),
    )
    date_to = fields.Date(string="To the day", help="For ever if empty.")
    with_customers = fields.Boolean(
        string="Customers too",
        help="The colleagues become account managers of the customers, for good.",
    )
    visit_count = fields.Integer(compute="_compute_counts")
    customer_count = fields.Integer(compute="_compute_counts")

    @api.depends("user_id", "date_from", "date_to", "company_id", "with_customers")
    def _compute_counts(self):
        for wizard in self:
            wizard.visit_count = len(wizard._visits())
            wizard.customer_count = len(wizard._customers())

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for wizard in self:
            if wizard.date_to and wizard.date_to < wizard.date_from:
                raise ValidationError(
                    self.env._("The last day lies before the first one.")
                )

    def _visits(self):
        """Open visits of the salesperson in the period."""
        if not self.user_id or not self.date_from:
            return self.env["crm.visit"]
        domain = Domain("user_id", "=", self.user_id.id)
        domain &= Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "in", MOVABLE_STATES)
        domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date", "<=", self.date_to)
        return self.env["crm.visit"].search(domain, order="date, sequence, id")

    def _customers(self):
        if not self.with_customers or not self.user_id:
            return self.env["crm.customer"]
        return self.env["crm.customer"].search(
            [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )

    def action_confirm(self):
        """Hand over; a customer's visits stay in one hand.

        :raise UserError: nobody to hand over to
        """
        self.ensure_one()
        visits, customers = self._visits(), self._customers()
        if not self.to_user_ids:
            raise UserError(self.env._("Say who takes the visits over."))
        if not (visits or customers):
            raise UserError(
                self.env._(
                    "%(user)s has nothing to hand over in that time.",
                    user=self.user_id.name,
                )
            )
        heirs = self._share_out(visits, customers)
        for user, partners in heirs.items():
            visits.filtered_domain([("partner_id", "in", partners.ids)])._reassign(user)
            taken = customers.partner_id & partners
            if taken:
                taken.check_access("write")
                taken.write({"user_id": user.id})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(visits)s visits and %(customers)s customers handed over.",
                    visits=len(visits),
                    customers=len(customers),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _share_out(self, visits, customers):
        """Who takes which customer: whoever has the fewest visits on those days.

        :return: ``{user: partners}``
        """
        days = list(set(visits.mapped("date")))
        counts = self.env["crm.visit"]._read_group(
            [
                ("user_id", "in", self.to_user_ids.ids),
                ("date", "in", days),
                ("state", "!=", "cancelled"),
            ],
            ["user_id", "date:day"],
            ["__count"],
        )
        loads = Counter({(user, day): number for user, day, number in counts})
        totals = Counter()
        heirs = {user: self.env["res.partner"] for user in self.to_user_ids}
        by_partner = visits.grouped("partner_id")
        for partner in [*by_partner, *(customers.partner_id - visits.partner_id)]:
            theirs = by_partner.get(partner, visits.browse()).mapped("date")
            _load, _total, _id, user = min(
                (sum(loads[user, day] for day in theirs), totals[user], user.id, user)
                for user in self.to_user_ids
            )
            heirs[user] |= partner
            totals[user] += 1
            loads.update((user, day) for day in theirs)
        return heirs
