# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The gateway: one method sends care, in batches that are transactions of their own.

A batch is locked, asked about by the gates, sent and marked in one transaction, so that
a job that is killed has done a batch or not: nothing is sent twice, nothing is lost.
"""

import logging
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, format_date

from .crm_care_rule import PRIORITIES
from .crm_care_task import OPEN_STATES
from .crm_care_task_gate import RETRY
from .crm_touchpoint import PENDING
from .job import commit_progress, on_conflict_again

_logger = logging.getLogger(__name__)
BATCH_SIZE = 1000
# So many tasks are tracked down of those that break a batch.
BROKEN_MAX = 10
# Written in bulk, by nobody in particular.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "crm_touch_refresh_later": True,
}


class GateError(Exception):
    """A gate raised its cause: whether tasks may be sent is unknown."""


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    # JOB

    @api.model
    def _cron_dispatch(self):
        """Send what is due and give up what is too late; goes on until nothing is left.

        What colleagues were asked to do and has lost its reason is taken back, too.

        Two at once share the work. Whoever is killed has sent the batches before; what
        their customers' records show of it comes with the next measuring then.
        """
        touched = set()
        self._run_batches(touched)
        self._settle_gone()
        if touched:
            self.env["crm.touchpoint"]._refresh_customers(touched)

    @api.model
    def _run_batches(self, touched):
        """Work off batches until nothing or no time is left.

        :param touched: set to which the ids of customers are added who heard from us:
            measured together in the end, as one of them takes as long as hundreds
        """
        for batch in (self._expire_batch, self._dispatch_batch):
            while number := on_conflict_again(self.env, batch):
                touched.update(self.env.cr.precommit.data.pop(PENDING, ()))
                if not commit_progress(self.env, number, int(number == BATCH_SIZE)):
                    return

    @api.model
    def _dispatch_batch(self):
        """Send the most important tasks that are due.

        :return: number of tasks looked at
        """
        self.env.invalidate_all()
        now = fields.Datetime.now()
        ids = self._lock_due(now)
        if ids:
            tasks = self.browse(ids)
            tasks._dispatch(now)
            tasks._step_back(now)
        return len(ids)

    @api.model
    def _lock_due(self, now):
        """Lock tasks that are due, those of others left out.

        One query for each priority: an index leads to those that are due past the
        hundred thousands that are planned for the year.
        """
        ids = []
        self.flush_model()
        for priority, _label in PRIORITIES:
            if len(ids) == BATCH_SIZE:
                break
            self.env.cr.execute(
                SQL(
                    """
                    SELECT id FROM crm_care_task
                     WHERE priority = %s AND not_before <= %s
                       AND state IN ('planned', 'approved')
                       AND (state = 'approved' OR needs_approval IS NOT TRUE)
                       AND %s
                     ORDER BY not_before, id
                     LIMIT %s FOR UPDATE SKIP LOCKED""",
                    priority,
                    now,
                    self._in_business_sql(SQL("company_id")),
                    BATCH_SIZE - len(ids),
                ),
                log_exceptions=False,  # somebody was faster: it is run again
            )
            ids += [row[0] for row in self.env.cr.fetchall()]
        return ids

    def _step_back(self, now):
        """What is due still after a dispatch would be looked at for ever."""
        due = self.filtered(
            lambda task: (
                task.state in ("planned", "approved") and task.not_before <= now
            )
        )
        due._wait(
            {task.id: (now + RETRY, task.wait_code, task.wait_reason) for task in due}
        )

    @api.model
    def _expire_batch(self):
        """Give up what nobody sent, agreed to or did in time.

        :return: number of tasks given up
        """
        self.env.invalidate_all()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_care_task
                    WHERE state = ANY(%s) AND not_after < %s
                      AND state IN ('planned', 'to_approve', 'approved', 'by_hand')
                      AND %s
                    ORDER BY not_after, id LIMIT %s FOR UPDATE SKIP LOCKED""",
                list(OPEN_STATES),
                fields.Datetime.now(),
                self._in_business_sql(SQL("company_id")),
                BATCH_SIZE,
            ),
            log_exceptions=False,  # somebody was faster: it is run again
        )
        tasks = self._as_gateway().browse([row[0] for row in self.env.cr.fetchall()])
        tasks._settle_each(
            {task.id: ("expired", *task._late_reason()) for task in tasks}
        )
        return len(tasks)

    # ACTIONS

    def action_send_now(self):
        """Send what is due now rather than with the next run; the gates are the same.

        :raise UserError: it is not due yet, not agreed to, or over already
        :raise AccessError: it is a colleague's
        """
        self._check_may_act()
        now = fields.Datetime.now()
        # sudo: nobody has write access; checked above
        tasks_sudo = self.sudo()
        tasks_sudo._lock_rows()
        for task_sudo in tasks_sudo:
            task_sudo._check_sendable(now)
        tasks_sudo._dispatch(now)
        return True

    def _check_sendable(self, now):
        """:raise UserError: says why it cannot be sent now"""
        self.ensure_one()
        if self.state == "to_approve" or (
            self.state == "planned" and self.needs_approval
        ):
            raise UserError(
                self.env._(
                    "Somebody has to agree to “%(task)s” first.",
                    task=self.display_name,
                )
            )
        if self.state not in ("planned", "approved"):
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(task)s” is %(state)s: there is nothing to send.",
                    task=self.display_name,
                    state=states[self.state].lower(),
                )
            )
        if self.not_before > now and not self.wait_code:
            raise UserError(
                self.env._(
                    "“%(task)s” is not due before %(date)s.",
                    task=self.display_name,
                    date=format_date(self.env, self.due_date),
                )
            )

    # THE GATEWAY

    def _dispatch(self, now):
        """Send what may be sent: the one method that sends care.

        What may not be sent yet gets the moment of its next try and a reason, what may
        not be sent at all ends with one. Tasks are planned without a need to be agreed
        to, or approved; the callers see to that.

        :param now: naive UTC
        :raise: what the database says where somebody else is at the same customers;
            the caller's transaction is to be run again then
        """
        tasks = self._as_gateway()
        tasks._lock_rows()
        tasks = tasks.filtered(
            lambda task: (
                task.state == "approved"
                or (task.state == "planned" and not task.needs_approval)
            )
        )
        if tasks:
            tasks._dispatch_parts(now)

    def _dispatch_parts(self, now):
        """All together; where that breaks in halves, until it shows whose data it is.

        What breaks a gate waits: nobody knows yet whether it may be sent. Where more
        and more break, it is nobody's data but the program: all the rest waits.
        """
        parts, broken = [self], 0
        while parts:
            part = parts.pop()
            error = part._try(part._dispatch_together, now)
            if error is None:
                continue
            if len(part) > 1 and broken < BROKEN_MAX:
                half = len(part) // 2
                parts += [part[half:], part[:half]]  # the more important ones first
                continue
            broken += 1
            part._take_error(error, now)

    def _take_error(self, error, now):
        """What could not be asked about or sent waits; what alone breaks fails."""
        cause = error.__cause__ if isinstance(error, GateError) else error
        _logger.error("Care tasks %s cannot be sent.", self.ids, exc_info=cause)
        waits = {}
        for task in self:
            env, said = task._reader_env(), str(cause) or repr(cause)
            if cause is error and len(self) == 1:
                words = env._("It cannot be sent: %(error)s", error=said)
                task._settle("failed", "delivery", words[:500])
                continue
            words = (
                env._("It cannot be sent now: %(error)s", error=said)
                if cause is error
                else env._(
                    "Whether it may be sent cannot be told now: %(error)s", error=said
                )
            )
            waits[task.id] = (now + RETRY, "delivery", words[:500])
        self._wait(waits)

    def _as_gateway(self):
        """The same tasks for a job that is nobody's: whoever starts it, it is the same.

        Texts, senders and touchpoints must not depend on who pressed a button, nor on
        what came with the request.
        """
        lang = self.env.context.get("lang")
        context = {"lang": lang, **QUIET}
        return self.with_env(self.env(user=SUPERUSER_ID, context=context))

    def _lock_rows(self):
        """Nobody else writes these until the transaction ends."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_care_task
                    WHERE id = ANY(%s) ORDER BY id FOR UPDATE""",
                self.ids,
            ),
            log_exceptions=False,  # somebody was faster: it is run again
        )
        self.invalidate_recordset()

    def _try(self, function, *arguments):
        """Call it, wholly or not at all.

        :return: None, or the exception it raised
        """
        try:
            with self._all_or_nothing():
                function(*arguments)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # texts and addons may raise anything
            return error
        return None

    @contextmanager
    def _all_or_nothing(self):
        """A savepoint without the hooks before commit, which measure customers."""
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                yield
                self.env.flush_all()
        except Exception:
            self.env.transaction.clear()
            raise

    def _dispatch_together(self, now):
        """Ask the gates, and let go what passes.

        :raise GateError: a gate raised something
        """
        try:
            passing, choices, verdicts = self._ask_gates(now)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # addons' gates may raise anything
            raise GateError from error
        self._stop(verdicts)
        if passing:
            passing._deliver(choices, now)

    def _ask_gates(self, now):
        """Ask all gates, those of channel and quantity last.

        :return: ``(tasks that pass, {task id: Choice}, {task id: Verdict} of others)``
        """
        passing, verdicts = self._pass_gates(now)
        choices, nowhere = passing._choose_channels() if passing else ({}, {})
        verdicts.update(nowhere)
        passing = passing.filtered(lambda task: task.id not in nowhere)
        if passing:
            verdicts.update(passing._allot(choices, now))
        passing = passing.filtered(lambda task: task.id not in verdicts)
        return passing, choices, verdicts

    @api.model
    def _stop(self, verdicts):
        """Write why tasks are not sent."""
        ends, waits, back = {}, {}, {}
        for task_id, verdict in verdicts.items():
            if verdict.state == "to_approve":
                back[task_id] = {
                    "state": "to_approve",
                    "approved_by_id": None,
                    "approved_date": None,
                    "approved_until": None,
                    "approved_hash": None,
                    "wait_code": verdict.code,
                    "wait_reason": verdict.words,
                }
            elif verdict.state:
                ends[task_id] = (verdict.state, verdict.code, verdict.words)
            else:
                waits[task_id] = (verdict.until, verdict.code, verdict.words)
        self._store(back)
        if ends:
            self._settle_each(ends)
        self._wait(waits)
