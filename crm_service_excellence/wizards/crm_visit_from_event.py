# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmVisitFromEvent(models.TransientModel):
    """Asks which customer a meeting in the calendar visits."""

    _name = "crm.visit.from.event"
    _description = "Make a Meeting a Visit"

    event_id = fields.Many2one(
        comodel_name="calendar.event",
        string="Meeting",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    type_id = fields.Many2one(
        comodel_name="crm.visit.type",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["crm.visit"]._default_type_id(),
    )

    def action_confirm(self):
        """Make the meeting a visit and open it.

        :raise UserError: when it is a visit already
        """
        self.ensure_one()
        self.event_id.check_access("write")
        partner = self.partner_id.commercial_partner_id
        visit = self.event_id._make_visit(partner, self.type_id)
        return visit._get_records_action(context={})
