# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_complaint_terms import OPEN_STATES

COMPLAINT_GROUP = "crm_complaints.group_complaint_own"
COMPLAINT_PARTNER = SQL.identifier("crm_complaint", "partner_id")
# Where somebody is filed.
FILING_FIELDS = frozenset({"parent_id", "is_company"})


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_complaint_count = fields.Integer(
        string="Complaints",
        compute="_compute_crm_complaint_count",
        groups=COMPLAINT_GROUP,
    )
    crm_open_complaint_count = fields.Integer(
        string="Open complaints",
        compute="_compute_crm_complaint_count",
        search="_search_crm_open_complaint_count",
        groups=COMPLAINT_GROUP,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_complaint_count(self):
        """Of the whole customer, as far as the reader may see them; one query."""
        counts = {}
        for partner, state, count in self.env["crm.complaint"]._read_group(
            domain=[("partner_id", "in", self.commercial_partner_id.ids)],
            groupby=["partner_id", "state"],
            aggregates=["__count"],
        ):
            total, unfinished = counts.get(partner.id, (0, 0))
            is_open = state in OPEN_STATES
            counts[partner.id] = (total + count, unfinished + (count if is_open else 0))
        for partner in self:
            commercial = partner.commercial_partner_id._origin
            total, unfinished = counts.get(commercial.id, (0, 0))
            partner.crm_complaint_count = total
            partner.crm_open_complaint_count = unfinished

    @api.model
    def _search_crm_open_complaint_count(self, operator, value):
        """Whether there is any: ``> 0``, ``= 0`` and their like."""
        wants = {(">", 0): True, (">=", 1): True, ("<", 1): False, ("<=", 0): False}
        if operator == "in" and set(value) == {0}:
            wanted = False
        elif operator == "not in" and set(value) == {0}:
            wanted = True
        elif (operator, value) in wants:
            wanted = wants[operator, value]
        else:
            return NotImplemented
        complaints = self.env["crm.complaint"]._search(
            [("state", "in", OPEN_STATES), ("partner_id", "!=", False)]
        )
        domain = Domain(
            "commercial_partner_id", "in", complaints.subselect(COMPLAINT_PARTNER)
        )
        return domain if wanted else ~domain

    def _compute_application_statistics_hook(self):
        """Badge on the cards of customers with open complaints."""
        data_list = super()._compute_application_statistics_hook()
        if not self.env.user.has_group(COMPLAINT_GROUP):
            return data_list
        for partner in self.filtered("crm_open_complaint_count"):
            data_list[partner.id].append(
                {
                    "iconClass": "fa-exclamation-circle",
                    "value": partner.crm_open_complaint_count,
                    "label": self.env._("Open complaints"),
                    "tagClass": "o_tag_color_1",
                }
            )
        return data_list

    # FILING

    def write(self, vals):
        result = super().write(vals)
        if FILING_FIELDS.intersection(vals):
            self._refile_crm_complaints()
        return result

    def _refile_crm_complaints(self):
        """Complaints of a person who was filed under a company are the company's."""
        # sudo: whoever may file the contact; complaints may be others'
        moved = self.sudo().filtered(lambda p: p.commercial_partner_id != p)
        for partner in moved:
            self.env["crm.complaint"]._reassign_partner(
                partner, partner.commercial_partner_id
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaining(self):
        # sudo: a complaint that the user cannot see is evidence all the same
        complaints_sudo = self.env["crm.complaint"].sudo()
        complaint = complaints_sudo.with_context(active_test=False).search(
            Domain("partner_id", "in", self.ids) | Domain("contact_id", "in", self.ids),
            limit=1,
        )
        if complaint:
            raise UserError(
                self.env._(
                    "There are complaints of %(customer)s. Archive the contact "
                    "instead.",
                    customer=complaint.partner_id.display_name,
                )
            )

    # ACTIONS

    def action_view_crm_complaints(self):
        """All complaints of the customer, those that are open first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.crm_complaint_action"
        )
        partner = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }
