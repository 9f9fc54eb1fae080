# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The end of a care task: not any more, or done."""

from odoo import models


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _settle(self, state, code, reason):
        """It will not be done: the one place where a task is given up.

        The callers check who decides.

        :param state: skipped, expired or failed
        :param code: a key of ``reason_code``
        :param reason: why, in words
        """
        # sudo: a transition, which nobody types
        self.sudo().write(
            {
                "state": state,
                "reason_code": code,
                "reason": reason,
                "wait_code": False,
                "wait_reason": False,
            }
        )

    def _mark_done(self, now, channel, by=None):
        """The contact heard from us.

        :param now: naive UTC
        :param channel: a key of ``channel``
        :param by: the colleague who did it by hand, or None
        """
        # sudo: a transition, which nobody types
        self.sudo().write(
            {
                "state": "done",
                "done_date": now,
                "done_by_id": by.id if by else False,
                "channel": channel,
                "reason_code": False,
                "reason": False,
                "wait_code": False,
                "wait_reason": False,
            }
        )
