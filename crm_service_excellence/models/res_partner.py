# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from .crm_customer import LIFECYCLES
from .crm_grade import CUSTOMER_CLASSES

CARE_GROUP = "crm_service_excellence.group_care_own"
CUSTOMER_PARTNER = SQL.identifier("crm_customer", "partner_id")


class ResPartner(models.Model):
    """Profile that people type; everything measured lives on ``crm.customer``."""

    _inherit = "res.partner"

    crm_customer_id = fields.Many2one(
        comodel_name="crm.customer",
        string="Customer record",
        compute="_compute_crm_customer_id",
        search="_search_crm_customer_id",
        groups=CARE_GROUP,
    )
    crm_grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="Customer grade",
        compute="_compute_crm_customer_id",
        search="_search_crm_grade_id",
        groups=CARE_GROUP,
    )
    crm_grade_color = fields.Integer(
        compute="_compute_crm_customer_id", groups=CARE_GROUP
    )
    crm_lifecycle = fields.Selection(
        selection=LIFECYCLES,
        string="Lifecycle",
        compute="_compute_crm_customer_id",
        search="_search_crm_lifecycle",
        groups=CARE_GROUP,
    )
    crm_customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES,
        string="Customer class",
        compute="_compute_crm_customer_id",
        search="_search_crm_customer_class",
        groups=CARE_GROUP,
    )
    crm_completeness = fields.Integer(
        string="Completeness (%)",
        compute="_compute_crm_customer_id",
        groups=CARE_GROUP,
    )
    crm_segment_ids = fields.Many2many(
        comodel_name="crm.segment",
        string="Segments",
        compute="_compute_crm_segment_ids",
        search="_search_crm_segment_ids",
        groups=CARE_GROUP,
    )
    crm_insight_count = fields.Integer(
        compute="_compute_crm_insight_count", groups=CARE_GROUP
    )
    crm_preferred_channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("sms", "SMS"),
            ("wechat", "WeChat"),
            ("visit", "Visit"),
            ("video", "Video call"),
            ("letter", "Letter"),
        ],
        string="Preferred channel",
    )
    crm_contact_hours_ids = fields.One2many(
        comodel_name="crm.contact.hours",
        inverse_name="partner_id",
        string="Contact hours",
        groups=CARE_GROUP,
    )

    # COMPUTES: under the reader's own rights, so that others' customers stay hidden

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_customer_id(self):
        customers = self.env["crm.customer"].with_context(active_test=False)
        by_partner = {
            customer.partner_id: customer
            for customer in customers.search(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                ]
            )
        }
        for partner in self:
            customer = by_partner.get(
                partner.commercial_partner_id._origin, customers.browse()
            )
            partner.crm_customer_id = customer
            partner.crm_grade_id = customer.grade_id
            partner.crm_grade_color = customer.grade_id.color
            partner.crm_lifecycle = customer.lifecycle
            partner.crm_customer_class = customer.customer_class
            partner.crm_completeness = customer.completeness

    @api.depends("crm_customer_id")
    def _compute_crm_segment_ids(self):
        for partner in self:
            partner.crm_segment_ids = partner.crm_customer_id.segment_ids

    @api.depends_context("uid")
    def _compute_crm_insight_count(self):
        counts = dict(
            self.env["crm.customer.insight"]._read_group(
                domain=[("partner_id", "in", self.commercial_partner_id.ids)],
                groupby=["partner_id"],
                aggregates=["__count"],
            )
        )
        for partner in self:
            partner.crm_insight_count = counts.get(
                partner.commercial_partner_id._origin, 0
            )

    @api.model
    def _search_by_customer(self, field, operator, value):
        """Partners whose customer record in the current company matches."""
        if operator != "in":
            return NotImplemented
        in_company = [("company_id", "=", self.env.company.id)]
        customers = self.env["crm.customer"].with_context(active_test=False)
        wanted = [item for item in value if item]
        query = customers._search([*in_company, (field, "in", wanted)])
        domain = fields.Domain(
            "commercial_partner_id", "in", query.subselect(CUSTOMER_PARTNER)
        )
        if False in value:
            others = customers._search([*in_company, (field, "!=", False)])
            domain |= fields.Domain(
                "commercial_partner_id", "not in", others.subselect(CUSTOMER_PARTNER)
            )
        return domain

    def _search_crm_customer_id(self, operator, value):
        return self._search_by_customer("id", operator, value)

    def _search_crm_grade_id(self, operator, value):
        return self._search_by_customer("grade_id", operator, value)

    def _search_crm_lifecycle(self, operator, value):
        return self._search_by_customer("lifecycle", operator, value)

    def _search_crm_customer_class(self, operator, value):
        return self._search_by_customer("customer_class", operator, value)

    def _search_crm_segment_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        query = self.env["crm.customer"]._search([("segment_ids", operator, value)])
        return fields.Domain(
            "commercial_partner_id", "in", query.subselect(CUSTOMER_PARTNER)
        )

    # CRUD

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self._write_account_manager(vals["user_id"])
        return result

    def _write_account_manager(self, user_id):
        """Let the customer records follow the salesperson, and open reminders.

        A reminder that was given to a deputy stays with the deputy.
        One statement, where a stored related field takes four: reassigning contacts
        must not get slower for having graded them.
        """
        customers = self.env["crm.customer"]
        activities = self.env["mail.activity"]
        customers.flush_model(["user_id", "contact_activity_id"])
        activities.flush_model(["user_id"])
        self.env.cr.execute(
            SQL(
                """WITH moved AS (
                       UPDATE crm_customer customer SET user_id = %(user)s
                         FROM crm_customer former
                        WHERE former.id = customer.id
                          AND customer.partner_id = ANY(%(partners)s)
                       RETURNING former.contact_activity_id, former.user_id)
                   UPDATE mail_activity SET user_id = %(user)s FROM moved
                    WHERE mail_activity.id = moved.contact_activity_id
                      AND mail_activity.user_id = moved.user_id
                      AND mail_activity.active AND %(user)s IS NOT NULL""",
                user=user_id or None,
                partners=self.ids,
            )
        )
        customers.invalidate_model(["user_id"])
        activities.invalidate_model(["user_id"])

    def unlink(self):
        """A partner that may go takes its customer record along (it restricts)."""
        # sudo: whoever may delete the partner may not write the customer record
        customers_sudo = self.env["crm.customer"].sudo().with_context(active_test=False)
        customers_sudo.search([("partner_id", "in", self.ids)]).unlink()
        return super().unlink()

    # ACTIONS

    def action_view_crm_customer(self):
        """Open the customer record of the current company; make it if need be."""
        self.ensure_one()
        customer = self.env["crm.customer"]._follow(self.commercial_partner_id)
        return customer._get_records_action(context={})

    def action_view_crm_insights(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_customer_insight_action"
        )
        partner = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }

    def action_report_crm_change(self):
        """Record that the customer reported a change of its data."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer reported a change"),
            "res_model": "crm.profile.change",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": self.commercial_partner_id.id,
                "default_contact_id": self.id
                if self != self.commercial_partner_id
                else False,
                "default_user_id": (self.user_id or self.env.user).id,
            },
        }
