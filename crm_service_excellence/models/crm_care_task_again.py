# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was settled can be planned once more, by a manager who says why."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.send_window import local_date
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
            day, start, end = task_sudo._window_from_now()
            vals = task_sudo._read_format(KEPT_FIELDS, load=None)[0]
            del vals["id"]
            # nobody's defaults: a state or an approval could come with the request
            new = task_sudo._as_gateway().create(
                {
                    **vals,
                    "state": "planned",
                    "goodwill_id": task_sudo._gift_to_keep().id,
                    "occurrence_key": task_sudo._next_key(),
                    "due_date": day,
                    "not_before": start,
                    "not_after": end,
                }
            )
            new.message_post(
                author_id=self.env.user.partner_id.id,
                body=self.env._("Once more: %(reason)s", reason=reason),
                subtype_xmlid="mail.mt_note",
            )
            again |= new
        return again.with_env(self.env)

    def _gift_to_keep(self):
        """The gift that was asked for already: nobody gets two for one occasion."""
        self.ensure_one()
        return self.goodwill_id.filtered(
            lambda gift: gift.state not in ("refused", "withdrawn")
        )

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

    def _window_from_now(self):
        """When it may go, as if it were due at the contact's next hours.

        :return: ``(date, start, end)``: local date, moments in naive UTC
        :raise UserError: the company never sends anything
        """
        self.ensure_one()
        company = self.company_id
        # at least until tomorrow: somebody wants it sent, a minute before closing too
        validity = max(1, self.rule_id.validity_days)
        zone = self.partner_id._care_timezone(company)
        start = company._care_next_opening(fields.Datetime.now(), zone)
        if not start:
            raise UserError(self.env._("The hours in which care is sent never open."))
        day = local_date(start, zone)
        _start, end = company._care_windows([day], [zone], validity)[day, zone]
        return day, start, end
