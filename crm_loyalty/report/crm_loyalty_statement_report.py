# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

STATEMENT = "crm_loyalty.report_loyalty_statement"


class CrmLoyaltyStatementReport(models.AbstractModel):
    """The statement on paper: the same values as on the portal."""

    _name = "report.crm_loyalty.report_loyalty_statement"
    _description = "Loyalty Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        """:param data: ``month`` such as 2026-03; by default the current one"""
        cards = self.env["loyalty.card"].browse(docids)
        pages = []
        for card in cards.filtered("is_ledger"):
            lang = card.partner_id.lang or self.env.lang
            card_lang = card.with_context(lang=lang)
            month = card_lang._portal_month((data or {}).get("month"))
            pages.append(
                {
                    "card": card_lang,
                    "lang": lang,
                    "page": card_lang._statement_page(month),
                }
            )
        return {
            "doc_ids": docids,
            "doc_model": "loyalty.card",
            "docs": cards,
            "pages": pages,
        }


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _statement_document(self, month):
        """The statement of a month as a file.

        :param month: date in it
        :return: ``(bytes, "pdf")``, or "html" where the server makes no PDF
        """
        self.ensure_one()
        data = {"month": f"{month:%Y-%m}"}
        # sudo: the callers have checked whose card it is
        reports_sudo = self.env["ir.actions.report"].sudo()
        if self._can_print():
            return reports_sudo._render_qweb_pdf(STATEMENT, self.ids, data=data)
        return reports_sudo._render_qweb_html(STATEMENT, self.ids, data=data)

    def _statement_file_name(self, month, kind="pdf"):
        """Name of the file of a month's statement."""
        name = self.env._(
            "Statement %(program)s %(month)s",
            program=self.program_id.name,
            month=f"{month:%Y-%m}",
        )
        return f"{name.replace('/', '-')}.{kind}"

    def _can_print(self):
        """Whether the server makes PDF files."""
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        return state in ("ok", "upgrade")

    def action_send_statement(self):
        """Open an e-mail with the statement of the last month that is over.

        Of the current one for members who joined in it.
        """
        self.ensure_one()
        self.check_access("read")
        months = self._statement_months()
        month = months[1] if len(months) > 1 else months[0]
        attachments = self.env["ir.attachment"]
        if self._can_print():
            content, kind = self._statement_document(month)
            attachments = attachments.create(
                {
                    "name": self._statement_file_name(month, kind),
                    "raw": content,
                    # the composer's own place: what is not sent is cleaned up
                    "res_model": "mail.compose.message",
                    "res_id": 0,
                }
            )
        template = self.env.ref(
            "crm_loyalty.mail_template_statement", raise_if_not_found=False
        )
        action = self.action_coupon_send()
        action["name"] = self.env._("Send Statement")
        action["context"].update(
            default_template_id=template.id if template else False,
            default_attachment_ids=[
                fields.Command.set(attachments.ids),
            ],
        )
        return action
