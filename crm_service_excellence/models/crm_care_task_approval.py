# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Somebody else reads it before a customer does."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from .crm_care_task import OPEN_STATES

MANAGER_GROUP = "crm_service_excellence.group_care_manager"
REVIEW_WORKING_DAYS = 3
# What can be read, and what the reader decides on, in one button: see action_approve.
SEEN = "crm_care_text_seen"


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    text_fingerprint = fields.Char(
        compute="_compute_text_fingerprint", export_string_translation=False
    )
    may_approve = fields.Boolean(
        string="Waits for my approval",
        compute="_compute_may_approve",
        search="_search_may_approve",
    )

    _review_idx = models.Index(
        "(company_id, not_before)"
        " WHERE needs_approval AND state IN ('planned', 'to_approve')"
    )

    @api.depends("subject", "body", "short_text")
    def _compute_text_fingerprint(self):
        for task in self:
            task.text_fingerprint = task._fingerprint()

    @api.depends("state", "text_author_id", "user_id", "needs_approval")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for task in self:
            task.may_approve = (
                (
                    task.state == "to_approve"
                    or (task.state == "planned" and task.needs_approval)
                )
                and task.text_author_id != self.env.user
                and task._has_say()
            )

    @api.model
    def _search_may_approve(self, operator, value):
        if operator != "in":
            return NotImplemented
        planned = Domain("state", "=", "planned") & Domain("needs_approval", "=", True)
        domain = Domain("state", "=", "to_approve") | planned
        domain &= Domain("text_author_id", "not in", self.env.uid)
        if not self.env.user.has_group(MANAGER_GROUP):
            domain &= Domain("user_id", "=", self.env.uid)
        return domain if True in value else ~domain

    # WHO

    def _has_say(self):
        """Whether the user may decide: who looks after the contact, or a manager."""
        self.ensure_one()
        return (
            self.env.su
            or self.user_id == self.env.user
            or self.env.user.has_group(MANAGER_GROUP)
        )

    def _check_reviewer(self):
        """:raise AccessError: it is for others to decide."""
        for task in self:
            if not task._has_say():
                raise AccessError(
                    self.env._(
                        "%(task)s is for a manager to decide, or for who looks after "
                        "it.",
                        task=task.display_name,
                    )
                )

    def _check_state_in(self, *states):
        """:raise UserError: for what is in none of ``states``."""
        names = dict(self._fields["state"]._description_selection(self.env))
        for task in self:
            if task.state not in states:
                raise UserError(
                    self.env._(
                        "%(task)s is in the state “%(state)s”: that is not possible "
                        "any more.",
                        task=task.display_name,
                        state=names[task.state],
                    )
                )

    def _take_turns(self):
        """Nobody else changes these until the transaction ends; what is read is now.

        :raise UserError: somebody else is at one of them
        """
        try:
            self.sudo().lock_for_update()  # sudo: a lock writes nothing
        except LockError as error:
            raise UserError(
                self.env._("A colleague is at it just now: try again in a moment.")
            ) from error

    # APPROVE

    def action_approve(self):
        """Say yes to the text, which is written now if it was not yet.

        With the context key ``crm_care_text_seen`` (the ``text_fingerprint`` on the
        screen) only if it still is what the user has read.

        :raise UserError: it is settled, its time is over, the user wrote the text, the
            text cannot be written, or has changed since it was read
        :raise AccessError: it is for others to decide
        """
        self.check_access("read")
        self._check_reviewer()
        self._take_turns()
        self._check_state_in("planned", "to_approve")
        now = fields.Datetime.now()
        for task in self:
            task._check_approvable(now)
        errors = self._write_text()
        if errors:
            raise UserError("\n".join(sorted(set(errors.values()))))
        seen = self.env.context.get(SEEN)
        if seen and len(self) == 1 and seen != self._fingerprint():
            raise UserError(
                self.env._("The text has changed since you read it: read it again.")
            )
        for company, tasks in self.grouped("company_id").items():
            limit = self._review_horizon(company, now)
            for task_sudo in tasks.sudo():  # a transition, which nobody types
                task_sudo.write(
                    {
                        "state": "approved",
                        "approved_by_id": self.env.uid,
                        "approved_date": now,
                        "approved_until": min(limit, task_sudo.not_after),
                        "approved_hash": task_sudo._fingerprint(),
                        "wait_code": False,
                        "wait_reason": False,
                    }
                )
        self._close_review()
        return True

    def _check_approvable(self, now):
        """:raise UserError: the user wrote it, or its time is over."""
        self.ensure_one()
        if self.text_author_id == self.env.user and not self.env.su:
            raise UserError(
                self.env._("You wrote this text: a colleague has to agree to it.")
            )
        if self.not_after < now:
            raise UserError(
                self.env._(
                    "It is too late for %(task)s: it was to be sent before %(moment)s.",
                    task=self.display_name,
                    moment=format_datetime(self.env, self.not_after, dt_format="short"),
                )
            )

    @api.model
    def _working_days_later(self, company, moment):
        """``REVIEW_WORKING_DAYS`` working days of the company after a moment.

        :raise UserError: the company never works
        """
        for _day in range(REVIEW_WORKING_DAYS):
            moment = company.sudo()._crm_next_working_day(moment)
        return moment

    def _approval_problem(self, now):
        """Why it may not be sent as it is, as far as approval goes.

        :param now: naive UTC
        :return: words in the language of the environment; None if nothing is wrong
        """
        self.ensure_one()
        if not self.needs_approval and self.state != "approved":
            return None
        task_sudo = self.sudo()  # the hash is not for reading
        if self.state != "approved" or not task_sudo.approved_hash:
            return self.env._("Nobody has agreed yet.")
        if task_sudo.approved_hash != task_sudo._fingerprint():
            return self.env._("The text has changed since it was approved.")
        if task_sudo.approved_until < now:
            return self.env._(
                "%(user)s agreed on %(date)s: that is too long ago.",
                user=task_sudo.approved_by_id.name,
                date=format_datetime(
                    self.env, task_sudo.approved_date, dt_format="short"
                ),
            )
        return None

    def _drop_approval(self):
        """Nobody has agreed to this text: it is for review again, if it needs to be."""
        for task_sudo in self.sudo():  # a transition, which nobody types
            vals = {
                "approved_by_id": False,
                "approved_date": False,
                "approved_until": False,
                "approved_hash": False,
                "wait_code": False,
                "wait_reason": False,
            }
            if task_sudo.state == "approved":
                needs = task_sudo.needs_approval
                vals["state"] = "to_approve" if needs else "planned"
            task_sudo.write(vals)

    # SAY NO

    def action_refuse(self):
        """Open the form that refuses it, with the reason."""
        self._check_state_in("planned", "to_approve", "approved")
        return self._open_decide("refuse", self.env._("Refuse"))

    def action_skip(self):
        """Open the form that skips it, with the reason."""
        self._check_state_in(*OPEN_STATES)
        return self._open_decide("skip", self.env._("Skip"))

    def action_send_again(self):
        """Open the form that plans it once more, with the reason."""
        self._check_settled()
        return self._open_decide("again", self.env._("Send again"))

    def _open_decide(self, action, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.care.task.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_ids": self.ids, "default_action": action},
        }

    def _refuse(self, reason):
        """It is not to be sent.

        :raise UserError: without a reason, or it is settled
        :raise AccessError: it is for others to decide
        """
        self.check_access("read")
        self._check_reviewer()
        self._give_up("refused", reason, ("planned", "to_approve", "approved"))

    def _skip(self, reason):
        """Not this time: whoever looks after the customer knows why.

        :raise UserError: without a reason, or it is settled
        """
        self.check_access("read")
        self._give_up("by_person", reason, OPEN_STATES)

    def _give_up(self, code, reason, states):
        reason = self._checked_reason(reason)
        self._take_turns()
        self._check_state_in(*states)
        # who said so shows in the chatter, as the state is tracked
        self._settle("skipped", code, reason)
        self._close_review()

    @api.model
    def _checked_reason(self, reason):
        reason = " ".join(reason.split()) if isinstance(reason, str) else ""
        if not reason:
            raise UserError(self.env._("Say why."))
        return reason

    # EDIT

    def action_edit_text(self):
        """Open the form that changes the text, which is written now if it was not."""
        self.check_access("read")
        self._check_state_in(*OPEN_STATES)
        if len(self) == 1:
            self._write_text()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Edit text"),
            "res_model": "crm.care.task.edit",
            "view_mode": "form",
            "target": "new",
            "context": {"default_task_ids": self.ids},
        }

    def _edit_text(self, vals_by_task, seen=None):
        """Replace what will be read; who agreed before has not agreed to this.

        :param vals_by_task: ``{task id: {text field: value}}``
        :param seen: fingerprint of the text that was edited, if only one was
        :raise UserError: it is settled, or somebody changed it meanwhile
        """
        self.check_access("read")
        self._take_turns()
        self._check_state_in(*OPEN_STATES)
        if seen and seen != self._fingerprint():
            raise UserError(
                self.env._("A colleague has changed the text meanwhile: read it again.")
            )
        for task_sudo in self.sudo():  # a transition; checked above
            vals = vals_by_task[task_sudo.id]
            before = task_sudo._fingerprint()
            task_sudo.write(vals)
            if task_sudo._fingerprint() == before:
                continue
            task_sudo.write({"is_edited": True, "text_author_id": self.env.uid})
            task_sudo._drop_approval()

    def _close_review(self):
        """Nobody is asked any more."""
        # sudo: the managers' activities go, whoever decided
        self.sudo()._review_activities().unlink()
