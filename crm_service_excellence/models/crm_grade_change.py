# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

CHANGE_KINDS = [
    ("first", "First grading"),
    ("upgrade", "Upgrade"),
    ("downgrade", "Downgrade"),
    ("refund", "Upgrade taken back by a refund"),
    ("override", "Override"),
    ("override_end", "End of override"),
    ("merge", "Contact merge"),
]


class CrmGradeChange(models.Model):
    """One change of a customer's grade, and why. Append-only: history is evidence."""

    _name = "crm.grade.change"
    _description = "Grade Change"
    _order = "date desc, id desc"
    _rec_name = "customer_id"
    _log_access = False  # date and user are fields of the change, which never changes

    customer_id = fields.Many2one(
        comodel_name="crm.customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(
        selection=CHANGE_KINDS,
        required=True,
        readonly=True,
    )
    old_grade_id = fields.Many2one(
        comodel_name="crm.grade", string="From", readonly=True, ondelete="restrict"
    )
    new_grade_id = fields.Many2one(
        comodel_name="crm.grade", string="To", readonly=True, ondelete="restrict"
    )
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg")
    reason = fields.Char(readonly=True)
    run_id = fields.Many2one(
        comodel_name="crm.grade.run",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", readonly=True, ondelete="restrict"
    )

    def write(self, vals):
        if self:
            raise UserError(
                self.env._(
                    "The grade history cannot be changed: it is kept as evidence."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("The grade history cannot be deleted: it is kept as evidence.")
        )
