# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_touchpoint import TOUCH_CHANNELS

# How far from its due date a contact may lie, as a share of the interval, so that
# what piles up on one day can be spread (service.md C5).
TOLERANCE_SHARE = 0.2
# Longer is no cadence: half a lifetime of a customer relation.
MAX_INTERVAL_DAYS = 1100


class CrmCadence(models.Model):
    """How often customers of a grade are contacted, or visited: what we promise."""

    _name = "crm.cadence"
    _description = "Contact Frequency"
    _inherit = ["mail.thread"]
    _order = "kind, grade_sequence, company_id, id"
    _rec_name = "grade_id"

    grade_id = fields.Many2one(
        comodel_name="crm.grade", required=True, ondelete="cascade", index=True
    )
    grade_sequence = fields.Integer(
        string="Rank of the grade", related="grade_id.sequence", store=True
    )
    grade_color = fields.Integer(related="grade_id.color")
    kind = fields.Selection(
        selection=[("contact", "Contact"), ("visit", "Visit")],
        default="contact",
        required=True,
    )
    channel = fields.Selection(
        selection=TOUCH_CHANNELS,
        help="The only channel that counts; any if empty.",
    )
    interval_days = fields.Integer(
        string="Every (days)",
        required=True,
        default=30,
        tracking=True,
        help="Longest time between two contacts.",
    )
    tolerance_days = fields.Integer(
        string="Tolerance (days)",
        compute="_compute_tolerance_days",
        store=True,
        readonly=False,
        precompute=True,
        help="A contact so many days before or after the due date is still in time: "
        "the leeway of the planner.",
    )
    remind = fields.Boolean(
        default=True,
        help="The account manager gets an activity when a contact falls due.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", help="For this company only; for all if empty."
    )
    active = fields.Boolean(default=True)

    _grade_kind_company_uniq = models.UniqueIndex(
        "(grade_id, kind, COALESCE(company_id, 0)) WHERE active",
        "The grade already has a frequency of this kind.",
    )
    _check_interval = models.Constraint(
        f"CHECK (interval_days BETWEEN 1 AND {MAX_INTERVAL_DAYS})",
        f"An interval lies between 1 and {MAX_INTERVAL_DAYS} days.",
    )

    @api.depends("interval_days")
    def _compute_tolerance_days(self):
        for cadence in self:
            cadence.tolerance_days = cadence._default_tolerance(cadence.interval_days)

    @api.model
    def _default_tolerance(self, interval_days):
        """Leeway in days of an interval: 20 %, half a day rounded up."""
        return int(interval_days * TOLERANCE_SHARE + 0.5)

    @api.depends("grade_id", "kind", "interval_days")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for cadence in self:
            cadence.display_name = self.env._(
                "%(grade)s: %(kind)s every %(days)s days",
                grade=cadence.grade_id.name or "",
                kind=kinds.get(cadence.kind, ""),
                days=cadence.interval_days,
            )

    @api.constrains("tolerance_days", "interval_days")
    def _check_tolerance_days(self):
        for cadence in self:
            if not 0 <= cadence.tolerance_days < cadence.interval_days:
                raise ValidationError(
                    self.env._(
                        "A tolerance lies between 0 days and the interval of "
                        "%(days)s days.",
                        days=cadence.interval_days,
                    )
                )

    @api.constrains("kind", "channel")
    def _check_channel(self):
        if any(cadence.kind == "visit" and cadence.channel for cadence in self):
            raise ValidationError(
                self.env._("A visit is a visit: its frequency has no other channel.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        cadences = super().create(vals_list)
        cadences._move_due_dates()
        return cadences

    def write(self, vals):
        affected = self.company_id, any(not cadence.company_id for cadence in self)
        result = super().write(vals)
        if set(vals) - {"remind", "tolerance_days"}:
            self._move_due_dates(*affected)
        return result

    def unlink(self):
        affected = self.company_id, any(not cadence.company_id for cadence in self)
        result = super().unlink()
        self.browse()._move_due_dates(*affected)
        return result

    def _move_due_dates(self, companies=None, is_shared=False):
        """Let the due dates of customers follow what has changed."""
        customers = self.env["crm.customer"]
        if is_shared or any(not cadence.company_id for cadence in self):
            # sudo: a frequency for all companies moves dates in all of them
            customers._move_due_dates(self.env["res.company"].sudo().search([]))
        else:
            companies = (companies or self.env["res.company"]) | self.company_id
            customers._move_due_dates(companies)

    @api.model
    def _terms(self, company):
        """What the cadences ask for in a company: its own row goes before the shared.

        :return: ``{(grade, kind): cadence}``
        """
        # sudo: what is due does not depend on who looks; the company is filtered here
        cadences = self.sudo().search([("company_id", "in", [False, company.id])])
        return {
            (cadence.grade_id, cadence.kind): cadence
            for cadence in cadences.sorted(lambda cadence: bool(cadence.company_id))
        }
