# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the tests of e-mails share: an alias, a customer, raw messages."""

from pathlib import Path

from odoo.addons.mail.tests.common import MailCase

from .complaint_common import ComplaintCommon

MESSAGES = Path(__file__).with_name("messages")
NOW = "2026-09-18 09:00:00"  # 17:00 in Shanghai; the messages are of 16:58
ALIAS = "complaints@mail.example.com"


class ComplaintMailCommon(ComplaintCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what is sent automatically is part of what is tested
        cls.env = cls.env(
            context={
                key: value
                for key, value in cls.env.context.items()
                if key == "allowed_company_ids"
            }
        )
        domain = cls.env["mail.alias.domain"].create(
            {
                "name": "mail.example.com",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
                "default_from": "info",
            }
        )
        cls.company.alias_domain_id = domain
        cls.company.email = "company@mail.example.com"
        cls.team = cls.team.with_env(cls.env)
        cls.team.write({"alias_name": "complaints", "alias_domain_id": domain.id})
        cls.hengda = cls.env["res.partner"].create(
            {"name": "Hengda", "is_company": True, "email": "office@hengda.example.com"}
        )
        cls.chen = cls.env["res.partner"].create(
            {
                "name": "Chen Wei",
                "parent_id": cls.hengda.id,
                "email": "chen@hengda.example.com",
            }
        )
        cls.agent.email = "agent@mail-users.example.com"
        cls.waiting = cls.env["crm.sla.pause.reason"].create(
            {"name": "Waiting for the customer", "resumes_on_reply": True}
        )

    @classmethod
    def _raw(cls, name, **values):
        """A message of ``tests/messages``, with ``{key}`` replaced."""
        raw = (MESSAGES / f"{name}.eml").read_bytes()
        for key, value in values.items():
            raw = raw.replace(b"{%s}" % key.encode(), str(value).encode())
        return raw

    def _deliver(self, raw):
        """Hand a raw message to the gateway, as nobody special.

        :return: complaints that were not there before
        """
        complaints = self.env["crm.complaint"].with_context(active_test=False)
        before = complaints.search([])
        with self.mock_mail_gateway():
            threads = self.env["mail.thread"].with_user(
                self.env.ref("base.public_user")
            )
            threads.sudo().message_process(False, raw)
        return complaints.search([]) - before

    def _receive(self, name, **values):
        return self._deliver(self._raw(name, **values))

    def _reply(self, complaint, stripped=False, subject=None, number=100):
        """The customer answers the last message of a complaint."""
        seen = complaint.message_ids.filtered(
            lambda m: m.message_type in ("email", "comment", "auto_comment")
        )
        reference = seen[:1].message_id
        return self._receive(
            "reply_stripped" if stripped else "reply",
            subject=subject or f"Re: [{complaint.number}] {complaint.name}",
            reference=reference,
            id=number,
        )

    def _human_messages(self, complaint):
        return complaint.message_ids.filtered(
            lambda m: m.message_type in ("email", "comment") and not m.is_internal
        )
