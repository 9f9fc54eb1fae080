# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was settled can be planned once more, by a manager who says why."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .crm_care_task_approval import MANAGER_GROUP

SETTLED_STATES = ("done", "skipped", "expired", "failed")
SUFFIX = "#"
# What a task keeps when it is planned once more.
KEPT_FIELDS = (
    "rule_id",
    "occasion_id",
    "kind",
    "company_id",
    "partner_id",
    "commercial_partner_id",
    "grade_id",
    "user_id",
    "res_model",
    "res_id",
    "occasion_date",
    "purpose",
    "priority",
    "needs_approval",
)


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _check_settled(self):
        """:raise UserError: it is open, or held out on purpose."""
        self._check_state_in(*SETTLED_STATES)
        if any(task.is_holdout for task in self):
            raise UserError(
                self.env._(
                    "What is held out shows what happens without care: it is not sent."
                )
            )

    def _send_again(self, reason):
        """Plan settled tasks once more, from now on, under a key of their own.

        :param reason: why
        :return: the new tasks
        :raise UserError: without a reason, it is open, or held out
        :raise AccessError: the user is no manager
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(self.env._("This takes a manager."))
        reason = self._checked_reason(reason)
        self._take_turns()
        self._check_settled()
        again = self.browse()
        for task_sudo in self.sudo():  # nobody creates tasks; checked above
            start, end = task_sudo._window_from_now()
            vals = task_sudo._read_format(KEPT_FIELDS, load=None)[0]
            del vals["id"]
            new = self.sudo().create(
                {
                    **vals,
                    "occurrence_key": task_sudo._next_key(),
                    "due_date": task_sudo._local_date(start),
                    "not_before": start,
                    "not_after": end,
                }
            )
            new.message_post(
                body=self.env._("Once more: %(reason)s", reason=reason),
                subtype_xmlid="mail.mt_note",
            )
            again |= new
        return again.with_env(self.env)

    def _next_key(self):
        """The key of the occurrence with the next number: 2026, 2026#2, 2026#3."""
        self.ensure_one()
        base = self.occurrence_key.partition(SUFFIX)[0]
        keys = self.search(
            [
                ("rule_id", "=", self.rule_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("occurrence_key", "=like", f"{base}{SUFFIX}%"),
            ]
        ).mapped("occurrence_key")
        numbers = [key.rpartition(SUFFIX)[2] for key in keys]
        highest = max(
            (int(number) for number in numbers if number.isdecimal()), default=1
        )
        return f"{base}{SUFFIX}{highest + 1}"

    def _care_zone(self):
        """The zone in which the contact lives, as far as is known."""
        zone = self.partner_id.tz or self.company_id._crm_timezone()
        try:
            return ZoneInfo(zone)
        except (KeyError, ValueError):
            return ZoneInfo("UTC")

    def _local_date(self, moment):
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(self._care_zone())
        return local.date()

    def _window_from_now(self):
        """The company's hours of sending that are open or next, and the rule's days.

        :return: ``(start, end)`` in naive UTC
        """
        self.ensure_one()
        now, company = fields.Datetime.now(), self.company_id
        day = self._local_date(now)
        if now >= self._moment(day, company.crm_care_window_end):
            day += timedelta(days=1)
        last = day + timedelta(days=self.rule_id.validity_days)
        return (
            max(now, self._moment(day, company.crm_care_window_start)),
            self._moment(last, company.crm_care_window_end),
        )

    def _moment(self, day, hours):
        """So many hours after midnight of a local date, in naive UTC."""
        local = datetime.combine(day, datetime.min.time()) + timedelta(hours=hours)
        local = local.replace(tzinfo=self._care_zone())
        return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
