# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

#: documents that members know by their number
DOCUMENTS = ("sale.order", "account.move")
#: kinds whose reason a person typed for colleagues, not for the member
INTERNAL_REASONS = ("adjust", "goodwill")


class CrmLoyaltyEntry(models.Model):
    """What a member reads of an entry: plain texts, nothing that staff wrote."""

    _inherit = "crm.loyalty.entry"

    def _portal_words(self):
        """How the points were computed, else what they are for; may be empty."""
        self.ensure_one()
        words = self._arithmetic()
        if words or self._is_reason_internal():
            return words or ""
        return self.reason or ""

    def _is_reason_internal(self):
        """Whether a person typed the reason, for colleagues."""
        # events are taken back by hand, earnings by documents
        return self.kind in INTERNAL_REASONS or (
            self.kind == "reverse_earn"
            and self.reverses_id.kind in ("event", *INTERNAL_REASONS)
        )

    def _portal_documents(self):
        """Number and page of the document of each entry, where members know it.

        :return: ``{entry id: (number, address)}``; the page checks by itself whether
            the reader may see it
        """
        found = {}
        for name, entries in self.grouped("res_model").items():
            if name not in DOCUMENTS:
                continue
            # sudo: the number only, of the document that moved the member's points
            documents = self.env[name].sudo().browse(entries.mapped("res_id"))
            numbers = {
                document.id: (document.name or "", document.access_url)
                for document in documents.exists()
            }
            found.update(
                {
                    entry.id: numbers[entry.res_id]
                    for entry in entries
                    if entry.res_id in numbers
                }
            )
        return found


class CrmLoyaltyPending(models.Model):
    _inherit = "crm.loyalty.pending"

    def _portal_words(self, document):
        """What pending points wait for, in the member's words.

        Empty where their date is known.

        :param document: number of the document that they were promised for
        """
        self.ensure_one()
        if self.release_date:
            return ""
        program = self.program_id
        if not document:
            return self.env._("Not confirmed yet")
        words = {
            "invoice": self.env._("Once %(order)s is invoiced in full", order=document),
            "payment": self.env._("Once %(order)s is paid in full", order=document),
            "delivery": self.env._(
                "Once %(order)s is delivered in full", order=document
            ),
        }.get(program.earn_on, self.env._("For %(order)s", order=document))
        if program.earn_delay_days:
            return self.env._(
                "%(words)s, and %(days)s days have passed",
                words=words,
                days=program.earn_delay_days,
            )
        return words
