# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care that takes a person: a call, a visit, WeChat, a gift."""

import logging
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from .crm_care_rule_channel import CARE_CHANNELS
from .crm_care_task_settle import HAND_ACTIVITY

_logger = logging.getLogger(__name__)
# Goodwill that nobody has said yes to.
UNDECIDED = ("draft", "requested")
GOODWILL_REASONS = {
    "birthday": "birthday",
    "first_order": "anniversary",
    "visit_anniversary": "anniversary",
}


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    # ASK A COLLEAGUE

    def _hand_over(self, choices):
        """Ask the colleagues who look after the contacts: one activity each.

        :param choices: ``{task id: Choice}``
        """
        self._store(
            {
                task.id: {
                    "state": "by_hand",
                    "channel": choices[task.id].channel,
                    "channel_note": choices[task.id].note,
                    "wait_code": None,
                    "wait_reason": None,
                }
                for task in self
            }
        )
        gifts = self.filtered(lambda task: task.channel == "gift")
        gifts._ask_goodwill()
        model = self.env["ir.model"]._get(self._name)
        activity_type = self.env.ref(HAND_ACTIVITY)
        # quick update: no mail for each activity, there is a list of them
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model.id,
                    "res_id": task.id,
                    "activity_type_id": activity_type.id,
                    "summary": task._hand_summary(),
                    "note": task._hand_note(),
                    "date_deadline": task._hand_deadline(),
                    "user_id": task._hand_user().id,
                }
                for task in self
            ]
        )

    def _hand_user(self):
        """Who does it: nobody in particular where nobody looks after the contact."""
        return next(
            (
                user
                for user in (
                    self.user_id,
                    self.rule_id.user_id,
                    self.partner_id.commercial_partner_id.user_id,
                )
                if user.active
            ),
            self.env["res.users"],
        )

    def _hand_deadline(self):
        """The last day that is good enough, the contact's own."""
        moment = self.not_after.replace(tzinfo=timezone.utc)
        return moment.astimezone(ZoneInfo(self._zones()[self.id])).date()

    def _hand_summary(self):
        env = self._reader_env()
        labels = dict(CARE_CHANNELS)
        if env.lang not in (None, "en_US"):
            field = self.with_env(env)._fields["channel"]
            labels = dict(field._description_selection(env))
        return env._(
            "%(channel)s: %(occasion)s of %(contact)s",
            channel=labels[self.channel],
            occasion=self.rule_id.with_env(env).name,
            contact=self.partner_id.name or "",
        )

    def _hand_note(self):
        """What to do, and the text to copy or to read out."""
        env = self._reader_env()
        parts = [
            self.rule_id.with_env(env).instructions,
            self._phone_number() if self.channel == "phone" else None,
            self.short_text,
        ]
        return plaintext2html("\n\n".join(part for part in parts if part)) or False

    # DONE

    def action_done(self):
        """A colleague did it: it is recorded as a contact with the customer, once.

        :raise UserError: it is not to be done by hand, or over already
        :raise AccessError: it is a colleague's
        """
        self._check_may_act()
        self._do_by_hand(self.env.user)
        return True

    def _do_by_hand(self, user, summary=None):
        """Mark as done by ``user`` what was to be done by hand.

        :param summary: what came of it, in words
        :raise UserError: one of them is not to be done by hand any more
        """
        # sudo: nobody has write access; the callers check who may
        tasks = self._as_gateway()
        tasks._lock_rows()
        for task in tasks:
            if task.state != "by_hand":
                raise UserError(
                    self.env._(
                        "“%(task)s” is nothing to be done by hand (any more).",
                        task=task.with_env(self.env).sudo().display_name,
                    )
                )
            if task.channel == "gift" and task.goodwill_id.state in UNDECIDED:
                raise UserError(
                    self.env._(
                        "Somebody has to approve the gift %(gift)s first.",
                        gift=task.goodwill_id.display_name,
                    )
                )
        now = fields.Datetime.now()
        for channel, group in tasks.grouped("channel").items():
            group._mark_done(now, channel, by=user)
            summaries = dict.fromkeys(group.ids, summary)
            group._leave_touchpoints(now, channel, user, summaries)
        tasks._ask_goodwill()
        tasks._hand_out_goodwill(user)
        tasks._drop_hand_activities()

    def _check_may_act(self):
        """:raise AccessError: somebody else looks after the contact."""
        self.check_access("read")
        user = self.env.user
        if self.env.su or user.has_group("crm_service_excellence.group_care_all"):
            return
        for task in self:
            owners = task.user_id | task.commercial_partner_id.sudo().user_id
            if user not in owners or not user.has_group(
                "crm_service_excellence.group_care_own"
            ):
                raise AccessError(
                    self.env._(
                        "“%(task)s” is looked after by a colleague.",
                        task=task.display_name,
                    )
                )

    # GIFT

    def _ask_goodwill(self):
        """Ask for the gift that the rule wants, once; a refusal stops no greeting."""
        gifts = self.rule_id.filtered("goodwill_type_id")
        for task in self if gifts else ():
            if task.rule_id not in gifts or task.goodwill_id:
                continue
            error = task._try(task._ask_one_goodwill)
            if error is not None:
                env = task._reader_env()
                note = env._("No gift: %(reason)s", reason=" ".join(str(error).split()))
                notes = [one for one in (task.channel_note, note) if one]
                task._store({task.id: {"channel_note": "; ".join(notes)}})

    def _hand_out_goodwill(self, user):
        """The customer got, from ``user``, the gift that was agreed to.

        :raise UserError: it cannot be given any more
        """
        gifts = self.filtered(lambda task: task.channel == "gift").goodwill_id
        # sudo: whoever does the task need not be the one who asked for its gift
        gifts_sudo = gifts.with_user(user).sudo()
        gifts_sudo.filtered(lambda gift: gift.state == "approved").action_grant()

    def _take_back_goodwill(self):
        """What was given up takes its gift along, unless the customer has it, or it
        went with another task, of which this one was a repetition."""
        # sudo: it was asked for by the task, whoever ends that, as a contact may
        for task_sudo in self._as_gateway().filtered("goodwill_id"):
            goodwill_sudo = task_sudo.goodwill_id
            if goodwill_sudo.state not in ("draft", "requested", "approved"):
                continue
            if goodwill_sudo._source() != task_sudo:
                continue
            words = task_sudo._reader_env()._(
                "The care that it went with was not done: %(reason)s",
                reason=task_sudo.reason or "",
            )
            error = task_sudo._try(goodwill_sudo._withdraw, words)
            if error is not None:
                _logger.info("Gift of care task %s stays: %s", task_sudo.id, error)

    def _ask_one_goodwill(self):
        rule, user = self.rule_id, self.user_id
        goodwills = self.env["crm.goodwill"].with_company(self.company_id)
        if user.active:
            # in the name of who looks after the contact: somebody else approves it
            goodwills = goodwills.with_user(user).sudo()
        goodwill = goodwills._request(
            self.partner_id,
            rule.goodwill_type_id,
            rule.goodwill_value or None,
            GOODWILL_REASONS.get(self.kind, "other"),
            source=self,
            note=self._reader_env()._(
                "Care: %(rule)s", rule=rule.with_env(self._reader_env()).name
            ),
            company=self.company_id,
        )
        self._store({self.id: {"goodwill_id": goodwill.id}})


class CrmGoodwill(models.Model):
    _inherit = "crm.goodwill"

    def _is_given_at_once(self):
        """What a colleague hands over the customer has when that is done."""
        if self.res_model == "crm.care.task":
            task = self._source()
            if task and task.state == "by_hand" and task.channel == "gift":
                return False
        return super()._is_given_at_once()

    def _end(self, state, reason):
        """A gift that is not given is none that a colleague has to hand over."""
        result = super()._end(state, reason)
        if state in ("refused", "withdrawn"):
            # sudo: a transition, whoever decided on the gift
            tasks_sudo = self.env["crm.care.task"].sudo()
            for task_sudo in tasks_sudo.search(
                [
                    ("goodwill_id", "in", self.ids),
                    ("state", "=", "by_hand"),
                    ("channel", "=", "gift"),
                ]
            ):
                env = task_sudo._reader_env()
                words = (
                    env._("The gift was refused: %(reason)s", reason=reason)
                    if state == "refused"
                    else env._("The gift was withdrawn: %(reason)s", reason=reason)
                )
                task_sudo._settle("skipped", "refused", words)
        return result
