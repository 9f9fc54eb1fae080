# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..models.crm_cadence import MAX_INTERVAL_DAYS

# Longer than a year is no pause: archive the customer, or change its frequency.
PAUSE_MAX_DAYS = 365


class CrmCustomerCadenceWizard(models.TransientModel):
    """How often one customer is contacted, and whether it wants a pause."""

    _name = "crm.customer.cadence"
    _description = "Contact Frequency of a Customer"

    customer_id = fields.Many2one(
        comodel_name="crm.customer", required=True, ondelete="cascade"
    )
    # Everything is read with the rights of whoever opens the wizard
    grade_contact_days = fields.Integer(
        string="Contact days of the grade", compute="_compute_grade_days"
    )
    grade_visit_days = fields.Integer(
        string="Visit days of the grade", compute="_compute_grade_days"
    )
    contact_interval = fields.Integer(
        string="Contact every (days)",
        compute="_compute_settings",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    visit_interval = fields.Integer(
        string="Visit every (days)",
        compute="_compute_settings",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    paused_until = fields.Date(
        compute="_compute_settings",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Last day of the pause.",
    )
    pause_reason = fields.Char(
        string="Reason",
        compute="_compute_settings",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("customer_id")
    def _compute_grade_days(self):
        for wizard in self:
            customer = wizard.customer_id
            terms = self.env["crm.cadence"]._terms(customer.company_id)
            none = self.env["crm.cadence"]
            grade = customer.grade_id
            wizard.grade_contact_days = terms.get(
                (grade, "contact"), none
            ).interval_days
            wizard.grade_visit_days = terms.get((grade, "visit"), none).interval_days

    @api.depends("customer_id")
    def _compute_settings(self):
        for wizard in self:
            customer = wizard.customer_id
            wizard.contact_interval = customer.contact_interval
            wizard.visit_interval = customer.visit_interval
            wizard.paused_until = customer.cadence_paused_until
            wizard.pause_reason = customer.cadence_pause_reason

    def action_confirm(self):
        """Let the customer's own frequency and pause count from now on.

        :raise ValidationError: an interval out of range, a pause without reason or
            longer than a year
        """
        self.ensure_one()
        customer = self.customer_id
        customer.check_access("read")  # whoever sees it looks after it
        self._check_values(customer.company_id._crm_today())
        # a frequency that is agreed on goes before the promise of a former grade
        uncapped = {
            f"{kind}_due_cap": False
            for kind in ("contact", "visit")
            if self[f"{kind}_interval"]
            and self[f"{kind}_interval"] != customer[f"{kind}_interval"]
        }
        # sudo: nobody has write access to customers; checked above
        customer.sudo().write(
            {
                **uncapped,
                "contact_interval": self.contact_interval,
                "visit_interval": self.visit_interval,
                "cadence_paused_until": self.paused_until,
                "cadence_pause_reason": self.paused_until
                and (self.pause_reason or "").strip(),
            }
        )
        customer._refresh(partner_ids=customer.partner_id.ids)
        return True

    def action_end_pause(self):
        """The customer may be contacted again from today."""
        self.write({"paused_until": False, "pause_reason": False})
        return self.action_confirm()

    def _check_values(self, today):
        intervals = (self.contact_interval, self.visit_interval)
        if any(not 0 <= days <= MAX_INTERVAL_DAYS for days in intervals):
            raise ValidationError(
                self.env._(
                    "An interval lies between 1 and %(days)s days, "
                    "or is 0 for that of the grade.",
                    days=MAX_INTERVAL_DAYS,
                )
            )
        is_new = self.paused_until != self.customer_id.cadence_paused_until
        if not self.paused_until or not is_new:
            return
        if self.paused_until < today:
            raise ValidationError(
                self.env._(
                    "A pause cannot end in the past (%(date)s).",
                    date=format_date(self.env, self.paused_until),
                )
            )
        if self.paused_until > today + timedelta(days=PAUSE_MAX_DAYS):
            raise ValidationError(
                self.env._(
                    "A pause lasts %(days)s days at most. Give the customer a "
                    "frequency of its own if it is to be contacted less often.",
                    days=PAUSE_MAX_DAYS,
                )
            )
        if not (self.pause_reason or "").strip():
            raise ValidationError(
                self.env._("Say why the customer is to be left in peace.")
            )
