# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Through what a care task goes: the first way that is wanted and leads somewhere."""

from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from .crm_care_rule_channel import CARE_CHANNELS
from .crm_care_task_gate import Verdict

# Odoo sends these; whatever else there is takes a colleague.
SENT_CHANNELS = frozenset({"email", "sms"})
# Which of several reasons says most about why nothing was left.
TELLING = ("consent", "blacklist", "address", "text")


class Choice(NamedTuple):
    """The way that a task goes, and what was passed over for which reason."""

    channel: str
    note: str | None


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _choose_channels(self):
        """Choose a way for each task, in few queries for all.

        The rule's channels in their order, the contact's preference first if the rule
        says so. Where none is left a colleague calls, if that is wanted.

        :return: ``({task id: Choice}, {task id: Verdict} where there is none)``
        """
        choices, verdicts = {}, {}
        refusals, blacklists = self._care_refusals(), self._blacklists()
        listed = {rule: rule.channel_ids.mapped("channel") for rule in self.rule_id}
        for task in self:
            passed_over = []
            for channel in task._channel_order(listed[task.rule_id]):
                obstacle = task._channel_obstacle(channel, refusals, blacklists)
                if not obstacle:
                    note = passed_over and task._passed_over_words(passed_over)
                    choices[task.id] = Choice(channel, note or None)
                    break
                passed_over.append((channel, *obstacle))
            else:
                code = min((one[1] for one in passed_over), key=TELLING.index)
                words = task._passed_over_words(passed_over)
                verdicts[task.id] = Verdict("skipped", code, words)
        return choices, verdicts

    def _channel_order(self, channels):
        """Channels to try; a call by a colleague is the last resort.

        :param channels: the rule's, in their order
        """
        preferred = self.partner_id.crm_preferred_channel
        if self.rule_id.prefer_customer_channel and preferred in channels:
            channels = [preferred, *(one for one in channels if one != preferred)]
        return channels if "phone" in channels else [*channels, "phone"]

    def _channel_obstacle(self, channel, refusals, blacklists):
        """Why a channel cannot be used.

        :return: ``(code, words)``, or None
        """
        partner = self.partner_id
        if (self.company_id.id, self.purpose, partner.id, channel) in refusals:
            return "consent", self._reader_env()._("not wanted")
        if channel == "email":
            return self._address_obstacle(partner.email_normalized, blacklists[0])
        if channel in ("sms", "phone"):
            called = channel == "phone" and not partner.phone
            number = (
                partner.commercial_partner_id if called else partner
            ).phone_sanitized
            if number and number in blacklists[1]:
                return "blacklist", self._reader_env()._("on the blacklist")
            if channel == "sms" and not number:
                return "address", self._reader_env()._("no valid number")
            if channel == "phone" and not self._phone_number():
                return "address", self._reader_env()._("no number")
            if channel == "sms":
                return self._text_obstacle(channel, self.rule_id.sms_template_id)
        return None

    def _text_obstacle(self, channel, template):
        """Why there is nothing to send; what was agreed to is not written any more."""
        if self._has_text() or self.state == "approved":
            if not self._is_written(channel):
                return "text", self._reader_env()._("there is no text for it")
        elif not template:
            return "text", self._reader_env()._("the rule has no text for it")
        return None

    def _address_obstacle(self, address, blacklist):
        """Why no e-mail can be written to an address."""
        if not address:
            return "address", self._reader_env()._("no address")
        if address in blacklist:
            return "blacklist", self._reader_env()._("on the blacklist")
        return self._text_obstacle("email", self.rule_id.template_id)

    def _phone_number(self):
        """The number to call: the contact's, else its company's."""
        partner = self.partner_id
        return partner.phone or partner.commercial_partner_id.phone

    def _passed_over_words(self, passed_over):
        env = self._reader_env()
        labels = dict(CARE_CHANNELS)
        if env.lang not in (None, "en_US"):
            field = self.with_env(env)._fields["channel"]
            labels = dict(field._description_selection(env))
        return "; ".join(
            env._("%(channel)s: %(reason)s", channel=labels[channel], reason=words)
            for channel, _code, words in passed_over
        )

    # WHAT IS NOT WANTED

    def _care_refusals(self):
        """What contacts do not want.

        :return: set of (company id, purpose, partner id, channel)
        """
        refusals = set()
        for (company, purpose), group in self.grouped(
            lambda task: (task.company_id, task.purpose)
        ).items():
            found = self.env["crm.consent"]._refusals(
                group.partner_id.ids, company, purpose
            )
            refusals.update(
                (company.id, purpose, partner_id, channel)
                for partner_id, channel in found
            )
        return refusals

    def _blacklists(self):
        """Which of the contacts' addresses and numbers are on Odoo's blacklists.

        :return: ``(set of addresses, set of numbers)``
        """
        partners = self.partner_id | self.partner_id.commercial_partner_id
        self.env["mail.blacklist"].flush_model(["email", "active"])
        self.env["phone.blacklist"].flush_model(["number", "active"])
        self.env.cr.execute(
            SQL(
                """SELECT TRUE, email FROM mail_blacklist
                    WHERE active AND email = ANY(%s)
                    UNION ALL
                   SELECT FALSE, number FROM phone_blacklist
                    WHERE active AND number = ANY(%s)""",
                [one for one in partners.mapped("email_normalized") if one],
                [one for one in partners.mapped("phone_sanitized") if one],
            )
        )
        rows = self.env.cr.fetchall()
        return (
            {value for is_email, value in rows if is_email},
            {value for is_email, value in rows if not is_email},
        )
