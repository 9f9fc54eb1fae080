# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MANAGER_GROUP = "crm_complaints.group_complaint_manager"
# Nothing is offered for these any more, unless they are reopened.
ENDED = frozenset({"rejected", "withdrawn", "duplicate"})


class CrmGoodwill(models.Model):
    """Compensation: a gesture for a complaint."""

    _inherit = "crm.goodwill"

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        ondelete="restrict",
        check_company=True,
        copy=False,
        index="btree_not_null",
    )
    complaint_cycle = fields.Integer(
        string="Cycle",
        readonly=True,
        copy=False,
        aggregator=None,
        help="In which cycle of the complaint it was granted: the letter of a later "
        "one does not tell it again.",
    )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        goodwills = super().create(vals_list)
        goodwills._check_complaint()
        return goodwills

    @api.model
    def _prepare_request(self, vals):
        """The complaint says who gets it, and is what it is granted for."""
        complaint_id = vals.get("complaint_id") or self.env.context.get(
            "default_complaint_id"
        )
        if complaint_id and isinstance(complaint_id, int):
            complaint = self.env["crm.complaint"].browse(complaint_id)
            vals = {
                "partner_id": complaint.partner_id.id,
                "contact_id": complaint.contact_id.id,
                "reason": "complaint",
                **vals,
                "company_id": complaint.company_id.id,
                "res_model": complaint._name,
                "res_id": complaint.id,
            }
            if not complaint.partner_id:
                raise UserError(
                    self.env._(
                        "Say which customer complains, before you offer something."
                    )
                )
        return super()._prepare_request(vals)

    def write(self, vals):
        former = self.sudo().complaint_id  # sudo: to sum up what is left there
        result = super().write(vals)
        if "complaint_id" in vals:
            self._follow_complaint()
            self._check_complaint()
        if {"state", "complaint_id", "value", "cost"}.intersection(vals):
            (former | self.sudo().complaint_id)._sum_compensation()
        return result

    def _follow_complaint(self):
        """What it is granted for is the complaint, whatever was typed."""
        for goodwill_sudo in self.sudo():  # of a gesture that was just written
            complaint = goodwill_sudo.complaint_id
            goodwill_sudo.write(
                {
                    "res_model": complaint._name if complaint else False,
                    "res_id": complaint.id,
                }
            )

    @api.model
    def _content_fields(self):
        return super()._content_fields() | {"complaint_id"}

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | {"complaint_cycle"}

    @api.model
    def _source_values(self, source):
        values = super()._source_values(source)
        if source and source._name == "crm.complaint":
            values["complaint_id"] = source.id
        return values

    # CHECKS

    def _check_complaint(self):
        """Whoever may write a complaint may offer something for it.

        :raise AccessError: the user may not write the complaint
        :raise UserError: it is over, or another customer's
        """
        if self.env.su:
            return
        for goodwill in self:
            complaint = goodwill.complaint_id
            if not complaint:
                continue
            complaint.check_access("write")
            if complaint.state in ENDED:
                raise UserError(
                    self.env._(
                        "%(complaint)s is over: reopen it before you offer something.",
                        complaint=complaint.display_name,
                    )
                )
            goodwill._check_complainant()

    def _check_complainant(self):
        """:raise UserError: somebody else complains."""
        customer = self.complaint_id.partner_id.commercial_partner_id
        if self.complaint_id and customer != self.partner_id:
            raise UserError(
                self.env._(
                    "%(complaint)s is not of %(customer)s.",
                    complaint=self.complaint_id.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    def _check_grantable(self):
        result = super()._check_grantable()
        for goodwill in self:
            goodwill._check_complainant()
        return result

    def _submit(self):
        self._check_complaint()
        self.filtered("complaint_id")._follow_complaint()
        return super()._submit()

    # EFFECT

    def _grant(self):
        result = super()._grant()
        if self.complaint_id:
            self.complaint_cycle = self.complaint_id.cycle
            self.complaint_id._message_log(
                body=self.env._("Granted: %(goodwill)s", goodwill=self.display_name)
            )
        return result

    def _revoke(self):
        result = super()._revoke()
        if self.complaint_id:
            self.complaint_id._message_log(
                body=self.env._("Taken back: %(goodwill)s", goodwill=self.display_name)
            )
        return result

    # RANK: complaint managers decide on compensation

    def _approver_groups(self, level):
        groups = super()._approver_groups(level)
        if self.complaint_id and level != "director":
            return [*groups, MANAGER_GROUP]
        return groups

    @api.model
    def _rank_domain(self):
        domain = super()._rank_domain()
        if self.env.user.has_group(MANAGER_GROUP):
            domain |= Domain("complaint_id", "!=", False) & Domain(
                "approval_level", "!=", "director"
            )
        return domain
