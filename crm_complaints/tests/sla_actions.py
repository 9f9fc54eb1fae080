# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.crm_complaints.tests.sla_common import SlaCommon, utc


class SlaActions(SlaCommon):
    """One agent, who does everything; promises of the shipped times."""

    def receive(self, text="Mon 09:00", **values):
        """A complaint that the agent records now."""
        with self.at(text):
            complaint = (
                self.env["crm.complaint"]
                .with_user(self.agent)
                .create(
                    {
                        "name": "It does not work",
                        "partner_id": self.customer.id,
                        "team_id": self.team.id,
                        "user_id": self.agent.id,
                        "severity": "general",
                        **values,
                    }
                )
            )
        return complaint

    def act(self, text, complaint, action, *arguments):
        with self.at(text):
            getattr(complaint, action)(*arguments)

    def investigating(self, text="Mon 09:00", **values):
        complaint = self.receive(text, **values)
        with self.at(text):
            self._bring_to(complaint, "investigating")
        return complaint

    def resolve(self, text, complaint):
        with self.at(text):
            self._bring_to_end(complaint)

    def _bring_to_end(self, complaint):
        complaint.write({"solution": "A new pump", "decision": "justified"})
        complaint.action_resolve()

    def process(self, text, times=1):
        for _time in range(times):
            self.clocks._cron_process(as_of=utc(text))

    def answer(self, text, complaint, **values):
        with self.at(text):
            complaint.message_post(
                body="We are at it.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **values,
            )

    def check(self, clock, **expected):
        found = {name: clock[name] for name in expected}
        self.assertEqual(found, expected)
