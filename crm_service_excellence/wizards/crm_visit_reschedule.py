# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class CrmVisitReschedule(models.TransientModel):
    """Moves open visits to another day, and says why."""

    _name = "crm.visit.reschedule"
    _description = "Move Visits"

    visit_ids = fields.Many2many(
        comodel_name="crm.visit", string="Visits", required=True
    )
    date = fields.Date(
        string="New day",
        required=True,
        default=lambda self: fields.Date.add(self.env.company._crm_today(), days=1),
    )
    start = fields.Datetime(
        string="New time",
        help="Leave empty to keep the time of day.",
    )
    reason_id = fields.Many2one(
        comodel_name="crm.visit.reason",
        required=True,
        ondelete="cascade",
        domain="[('kind', 'in', ['any', 'reschedule'])]",
    )
    note = fields.Char(string="Remark")

    @api.onchange("start")
    def _onchange_start(self):
        """The time names the day."""
        if self.start:
            self.date = self.visit_ids[:1]._to_local(self.start).date()

    def action_confirm(self):
        """Move the visits.

        :raise ValidationError: a day in the past, or a time on another day
        :raise UserError: as ``crm.visit._move``
        """
        self.ensure_one()
        for company, visits in self.visit_ids.grouped("company_id").items():
            if self.date < company._crm_today():
                raise ValidationError(
                    self.env._(
                        "A visit cannot be moved to the past (%(date)s).",
                        date=format_date(self.env, self.date),
                    )
                )
            if self.start and visits[:1]._to_local(self.start).date() != self.date:
                raise ValidationError(
                    self.env._(
                        "The new time is not on the new day (%(date)s).",
                        date=format_date(self.env, self.date),
                    )
                )
        self.visit_ids._move(self.date, self.start, self.reason_id, self.note)
        return {"type": "ir.actions.act_window_close"}
