# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

OUTCOME_FIELDS = frozenset({"activity_id", "is_scheduled"})


class CrmVisitFollowup(models.Model):
    """Something promised during a visit: who does it until when.

    Becomes an activity once the visit is reported.
    """

    _name = "crm.visit.followup"
    _description = "Visit: Follow-up"
    _inherit = ["crm.measured.mixin"]
    _order = "date_deadline, id"

    visit_id = fields.Many2one(
        comodel_name="crm.visit", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(string="What", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_deadline = fields.Date(
        string="Until", required=True, default=lambda self: self._default_deadline()
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    is_scheduled = fields.Boolean(
        readonly=True, copy=False, help="An activity was made of it, once."
    )

    def _default_deadline(self):
        return fields.Date.add(self.env.company._crm_today(), days=7)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.get(name) for vals in vals_list for name in OUTCOME_FIELDS
        ):
            raise UserError(self.env._("What became of a follow-up cannot be typed."))
        followups = super().create(vals_list)
        reported = followups.filtered(lambda line: line.visit_id.state == "reported")
        reported._make_activities()
        return followups

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | OUTCOME_FIELDS

    def write(self, vals):
        fixed = OUTCOME_FIELDS | {"visit_id"}
        if not self.env.su and fixed.intersection(vals):
            raise UserError(self.env._("What became of a follow-up cannot be typed."))
        return super().write(vals)

    def _make_activities(self):
        """An activity each, for who promised it, where he or she can open it."""
        for followup in self.filtered(lambda line: not line.is_scheduled):
            followup_sudo = followup.sudo()  # the link is none to be typed
            followup_sudo.is_scheduled = True
            followup_sudo.activity_id = followup._document().activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=followup.date_deadline,
                summary=followup.name,
                user_id=followup.user_id.id,
            )

    def _document(self):
        """The customer's record; what its owner may not read gives way to the contact.

        A confidential visit keeps its follow-ups to itself, for those who may read it.

        :return: a record the owner of the follow-up can open, in superuser mode
        """
        self.ensure_one()
        visit_sudo = self.visit_id.sudo()  # to find the record; the owner is checked
        partner_sudo = visit_sudo.partner_id
        customer_sudo = (
            self.env["crm.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", partner_sudo.id),
                    ("company_id", "=", visit_sudo.company_id.id),
                ]
            )
        )
        candidates = [customer_sudo, visit_sudo]
        if visit_sudo.is_confidential:
            candidates.reverse()
        for record in candidates:
            if record and record.with_user(self.user_id).has_access("read"):
                return record
        return partner_sudo
