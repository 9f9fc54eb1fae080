# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Links by which a contact stops care, without a user and without a password."""

from odoo import api, models
from odoo.tools import consteq
from odoo.tools.misc import hmac

from .crm_consent_answer import PURPOSE_CODES

SCOPE = "crm_care_unsubscribe"
MAX_TOKEN = 200
MAX_ID = 2**31 - 1


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _care_unsubscribe_url(self, company, purpose, task=None):
        """Link to stop care of a kind, for this contact.

        :param company: one ``res.company``
        :param purpose: a key of ``PURPOSES``
        :param task: the ``crm.care.task`` whose message holds the link: it leads to
            the contact when that one was merged into another meanwhile
        """
        self.ensure_one()
        token = self._care_token(self.id, company.id, purpose, task.id if task else 0)
        return f"{self.get_base_url()}/care/unsubscribe/{token}"

    @api.model
    def _care_token(self, partner_id, company_id, purpose, task_id):
        """Sign what a link is about: nobody can make one up or change one."""
        about = f"{partner_id}-{company_id}-{purpose}-{task_id}"
        # sudo: the secret of the database, which only signs here
        return f"{about}-{hmac(self.env(su=True), SCOPE, about)}"

    @api.model
    def _care_by_token(self, token):
        """What a link is about.

        :param token: text from anywhere
        :return: (``res.partner``, ``res.company``, purpose) as superuser; None if
            the link is not one of ours, or leads to nobody any more
        """
        if not isinstance(token, str) or len(token) > MAX_TOKEN or not token.isascii():
            return None
        parts = token.split("-")
        if len(parts) != 5:
            return None
        partner_id, company_id, purpose, task_id, _signature = parts
        if not all(part.isdigit() for part in (partner_id, company_id, task_id)):
            return None
        ids = [int(part) for part in (partner_id, company_id, task_id)]
        if purpose not in PURPOSE_CODES or max(ids) > MAX_ID:
            return None
        expected = self._care_token(ids[0], ids[1], purpose, ids[2])
        if not consteq(expected, token):
            return None
        # sudo: the signature says that the reader got it from us
        env = self.env(su=True)
        partner = env["res.partner"].browse(ids[0]).exists()
        if not partner:  # merged: its tasks moved along
            partner = env["crm.care.task"].browse(ids[2]).exists().partner_id
        company = env["res.company"].browse(ids[1]).exists()
        return (partner, company, purpose) if partner and company else None
