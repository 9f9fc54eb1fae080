# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmGrade(models.Model):
    _inherit = "crm.grade"

    crm_sla_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours for deadlines",
        ondelete="restrict",
        index="btree_not_null",
        help="Deadlines of these customers count these hours, unless the policy names "
        "its own. Empty: those of the team, or the company.",
    )

    def unlink(self):
        result = super().unlink()
        # the database took the promised times for these grades along
        self.env["crm.sla.policy"]._forget_compiled()
        return result
