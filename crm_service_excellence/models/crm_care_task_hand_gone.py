# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a colleague was asked to do, and there is no reason for any more."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_occasion import FESTIVAL_KINDS
from .job import commit_progress, on_conflict_again

_logger = logging.getLogger(__name__)
HAND_BATCH = 500
# What nobody has to do by hand, so that it says nothing of who has.
SENT_CHANNELS = ("email", "sms")


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    # few are open at a time, of all that there ever were
    _hand_idx = models.Index("(id) WHERE state = 'by_hand'")

    @api.model
    def _settle_gone(self):
        """Take back from colleagues what is about nobody or nothing any more.

        The contact is archived, the order cancelled, the birthday another one. Whom the
        rule is for does not matter: somebody was asked, and that was meant.
        """
        last = 0
        while last := on_conflict_again(self.env, self._settle_gone_batch, last):
            if commit_progress(self.env) <= 0:
                return

    @api.model
    def _settle_gone_batch(self, after):
        """Look at the next open tasks of colleagues.

        :param after: id of the last one looked at
        :return: id of the last one of these; 0 where there are none
        """
        self.env.invalidate_all()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_care_task
                    WHERE state = 'by_hand' AND id > %s AND %s
                    ORDER BY id LIMIT %s""",
                after,
                self._in_business_sql(SQL("company_id")),
                HAND_BATCH,
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        gone = self._as_gateway().browse(ids)._gone_reasons()
        # whom a colleague has just called may well be archived, or buy, because of it
        tasks = self._as_gateway().browse(gone)._untouched()
        # what somebody is at just now is for the next run
        tasks = tasks.try_lock_for_update()
        tasks._settle_each({task.id: ("skipped", *gone[task.id]) for task in tasks})
        return ids[-1] if ids else 0

    def _gone_reasons(self):
        """Why there is nothing to do any more, as the gates of what is sent say it.

        :return: ``{task id: (code of the reason, reason in words)}``
        """
        gone = {
            task_id: (verdict.code, verdict.words)
            for task_id, verdict in self._gate_contact(fields.Datetime.now()).items()
        }
        left = self.filtered(lambda task: task.id not in gone)
        for rule, tasks in left.grouped("rule_id").items():
            found, kind = set(), rule.occasion_id.kind
            # of an occasion that became another one nothing can be asked
            asked = tasks.filtered(lambda task, kind=kind: task.kind == kind)
            if kind in FESTIVAL_KINDS or not asked:
                continue
            error = asked._try(asked._find_anchors, rule, found)
            if error is not None:
                # what is wrong with the rule is said by the planning that fails on it
                _logger.info("Care rule %s cannot be asked.", rule.id, exc_info=error)
                continue
            for task in asked:
                if task.id not in found:
                    env = task._reader_env()
                    gone[task.id] = ("anchor", task.with_env(env)._anchor_words())
        return gone

    def _find_anchors(self, rule, found):
        found.update(self._anchors_found(rule, whoever=True))

    def _untouched(self):
        """Those whose customers no colleague has called or met since it was due."""
        self.env["crm.touchpoint"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT task.id FROM crm_care_task task
                    WHERE task.id = ANY(%s) AND NOT EXISTS (
                          SELECT FROM crm_touchpoint touch
                           WHERE touch.partner_id = task.commercial_partner_id
                             AND touch.company_id = task.company_id
                             AND touch.direction = 'out'
                             AND touch.channel <> ALL(%s)
                             AND touch.date >= task.not_before)""",
                self.ids,
                list(SENT_CHANNELS),
            )
        )
        return self.browse([row[0] for row in self.env.cr.fetchall()])
