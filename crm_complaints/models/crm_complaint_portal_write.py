# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

import psycopg2.errors

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import plaintext2html


class CrmComplaint(models.Model):
    """What a customer, or a stranger with the web form, may do."""

    _inherit = "crm.complaint"

    @api.model
    def _portal_create(self, values, files=()):
        """Create a complaint that came through a form, and confirm its receipt.

        Call it as superuser with values that the caller has listed one by one; the
        user stays whoever sent the form.

        :param files: :class:`tools.intake_files.CheckedFile`
        :raise ConcurrencyError: the same form arrives twice in the same instant; played
            again, the second one finds the first
        """
        company = self.env["res.company"].browse(values["company_id"])
        if company.crm_complaint_team_id:
            values = {**values, "team_id": company.crm_complaint_team_id.id}
        is_stranger = self.env.user._is_public()
        creator = self.with_context(mail_create_nosubscribe=is_stranger)
        try:
            with self.env.cr.savepoint():
                complaint = creator.create(values).with_env(self.env)
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        if files:
            complaint.customer_attachment_ids = complaint._portal_store_files(files)
        complaint._acknowledge_once_a_day()
        return complaint

    def _portal_can_write(self):
        self.ensure_one()
        return self.state not in ("withdrawn", "duplicate")

    def _portal_can_accept(self):
        """Whether the customer may say that it is solved: told, not yet answered."""
        self.ensure_one()
        return (
            self.state == "resolved"
            and bool(self.decision_sent_date)
            and not self.customer_answer
        )

    def _portal_can_appeal(self, moment):
        """Whether the customer may object to the decision at ``moment``."""
        self.ensure_one()
        if not self.decision_sent_date or self.customer_answer == "appealed":
            return False
        if self.state == "resolved":
            return True
        if self.state not in ("closed", "rejected"):
            return False
        window = timedelta(days=self.company_id.crm_complaint_reopen_days)
        return moment <= (self.date_closed or self.decision_sent_date) + window

    def _portal_post(self, author, text, files=()):
        """Post what the customer wrote, and tell whoever owns the complaint.

        Call it as superuser, after a check that the writer is the customer.

        :param author: the writer's person; empty for one who came with a token
        :param files: :class:`tools.intake_files.CheckedFile`
        """
        self.ensure_one()
        author = author or self.contact_id or self.partner_id
        owner = self.user_id or self.team_id.leader_id
        values = {"author_id": author.id or False}
        if not author:
            values["email_from"] = self.email_from or self.env.company.email_formatted
        attachments = self._portal_store_files(files)
        return self.message_post(
            body=plaintext2html(text) if text else "",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=owner.partner_id.ids,
            attachment_ids=attachments.ids,
            **values,
        )

    def _portal_store_files(self, files):
        """Store checked files with this complaint.

        The caller's user stays the one who asked, superuser rights or not: Odoo makes
        pages out of harmless text only for whoever may edit views (never a stranger).
        """
        self.ensure_one()
        return self.env["ir.attachment"].create(
            [
                {
                    "name": file.name,
                    "raw": file.content,
                    "mimetype": file.mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for file in files
            ]
        )
