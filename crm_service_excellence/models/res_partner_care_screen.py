# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care of a contact, from its address card: what is coming, pause, consent."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .crm_care_task import OPEN_STATES
from .res_partner import CARE_GROUP

SHOWN_TASKS = 40  # of each list: the whole is behind the button


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_care_count = fields.Integer(
        string="Care to come", compute="_compute_crm_care", groups=CARE_GROUP
    )
    crm_care_coming_ids = fields.Many2many(
        comodel_name="crm.care.task",
        string="Coming care",
        compute="_compute_crm_care_lists",
        groups=CARE_GROUP,
    )
    crm_care_past_ids = fields.Many2many(
        comodel_name="crm.care.task",
        string="Past care",
        compute="_compute_crm_care_lists",
        groups=CARE_GROUP,
    )
    crm_care_consent_ids = fields.Many2many(
        comodel_name="crm.consent",
        string="What they said",
        compute="_compute_crm_care_lists",
        groups=CARE_GROUP,
    )
    crm_care_birthday_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Next birthdays",
        compute="_compute_crm_care_birthday_ids",
        groups=CARE_GROUP,
    )
    crm_care_is_paused = fields.Boolean(
        string="Care is paused",
        compute="_compute_crm_care_is_paused",
        groups=CARE_GROUP,
        help="For the contact itself, or for its company.",
    )

    # COMPUTES: under the reader's own rights; a company shows its contacts' care

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_care(self):
        counts = dict(
            self.env["crm.care.task"]._read_group(
                domain=[
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "in", OPEN_STATES),
                ],
                groupby=["commercial_partner_id"],
                aggregates=["__count"],
            )
        )
        for partner in self:
            commercial = partner.commercial_partner_id._origin
            partner.crm_care_count = counts.get(commercial, 0)

    def _crm_care_domain(self):
        """Tasks of this contact; of a company, those of its contacts, too."""
        self.ensure_one()
        partner = self._origin
        if partner == partner.commercial_partner_id:
            return Domain("commercial_partner_id", "=", partner.id)
        return Domain("partner_id", "=", partner.id)

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_care_lists(self):
        tasks, consents = self.env["crm.care.task"], self.env["crm.consent"]
        for partner in self:
            domain = partner._crm_care_domain()
            partner.crm_care_coming_ids = tasks.search(
                domain & Domain("state", "in", OPEN_STATES),
                order="due_date, id",
                limit=SHOWN_TASKS,
            )
            partner.crm_care_past_ids = tasks.search(
                domain
                & Domain("state", "not in", OPEN_STATES)
                & Domain("is_holdout", "=", False),
                order="due_date desc, id desc",
                limit=SHOWN_TASKS,
            )
            ours = partner._origin
            of_whom = (
                Domain("partner_id.commercial_partner_id", "=", ours.id)
                if ours == ours.commercial_partner_id
                else Domain("partner_id", "in", (ours | ours.commercial_partner_id).ids)
            )
            partner.crm_care_consent_ids = consents.search(
                of_whom & Domain("is_current", "=", True), limit=SHOWN_TASKS
            )

    @api.depends("child_ids", "commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_crm_care_birthday_ids(self):
        """Of the contact and of the people below it, the next one first."""
        for partner in self:
            born = self.search(
                [("id", "child_of", partner._origin.ids), ("crm_birth_month", ">", 0)],
                limit=SHOWN_TASKS,
            ).filtered("crm_next_birthday")
            partner.crm_care_birthday_ids = born.sorted("crm_next_birthday")

    @api.depends("crm_care_paused", "commercial_partner_id.crm_care_paused")
    def _compute_crm_care_is_paused(self):
        for partner in self:
            partner.crm_care_is_paused = (
                partner.crm_care_paused or partner.commercial_partner_id.crm_care_paused
            )

    # ACTIONS

    def _check_looks_after(self):
        """:raise AccessError: for somebody who does not look after these contacts"""
        self.check_access("read")
        user = self.env.user
        if user.has_group("crm_service_excellence.group_care_all"):
            return
        for partner in self:
            looks_after = partner.user_id | partner.commercial_partner_id.user_id
            if not user.has_group(CARE_GROUP) or user not in looks_after:
                raise AccessError(
                    self.env._(
                        "%(contact)s is looked after by somebody else.",
                        contact=partner.display_name,
                    )
                )

    def _pause_care(self, paused):
        self._check_looks_after()
        # sudo: a colleague of customer care need not be allowed to edit contacts
        changed = self.sudo().filtered(lambda p: p.crm_care_paused != paused)
        changed.crm_care_paused = paused
        body = self.env._("Care paused.") if paused else self.env._("Care resumed.")
        author = self.env.user.partner_id
        changed._message_log_batch(
            bodies=dict.fromkeys(changed.ids, body), author_id=author.id
        )
        # sudo: the customer records of the contact, to say so there as well
        customers = self.env["crm.customer"].sudo()
        found = customers.search([("partner_id", "in", changed.ids)])
        found._message_log_batch(
            bodies=dict.fromkeys(found.ids, body), author_id=author.id
        )

    def action_pause_care(self):
        """Send nothing to these contacts until somebody resumes it.

        :raise AccessError: for somebody who does not look after them
        """
        self._pause_care(True)
        return True

    def action_resume_care(self):
        """Send again what is still in time.

        :raise AccessError: for somebody who does not look after them
        """
        self._pause_care(False)
        return True

    def action_view_crm_care(self):
        """Open the care of the customer, with that of its contacts."""
        self.ensure_one()
        commercial = self.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Care"),
            "res_model": "crm.care.task",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("commercial_partner_id", "=", commercial.id)],
        }

    def action_view_crm_consents(self):
        """Open everything that the customer and its contacts have said."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_consent_action"
        )
        commercial = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id.commercial_partner_id", "=", commercial.id)],
            "context": {},
        }

    def action_record_crm_consent(self):
        """Write down what this contact said about being contacted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record consent"),
            "res_model": "crm.consent.record",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
