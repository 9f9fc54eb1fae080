# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Batches of a job are transactions of their own; called by hand, they are not."""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)
CONFLICT_TRIES = 5


def is_job(env):
    """Whether the scheduler runs this, so that it may commit."""
    return bool(env.context.get("ir_cron_progress_id"))


def commit_progress(env, processed=0, remaining=None):
    """Commit a batch of a job; called by hand, it is the caller's transaction.

    :param processed: how many records the batch was
    :param remaining: how many are left, at least
    :return: seconds that the job has left
    """
    if not is_job(env):
        return float("inf")
    return env["ir.cron"]._commit_progress(processed, remaining=remaining)


def on_conflict_again(env, batch, *arguments):
    """Run one batch of a job, again where somebody else was faster.

    Each try has a fresh view, as the transaction is rolled back. Called by hand, a
    conflict is the caller's, who has more to run again than this.

    :param batch: function that returns how many records it was
    :return: what ``batch`` returns; 0 where others stay in the way, for the next run
    """
    if not is_job(env):
        return batch(*arguments)
    for _attempt in range(CONFLICT_TRIES):
        try:
            done = batch(*arguments)
            env.flush_all()
            return done
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            env.cr.rollback()
            env.transaction.reset()
    _logger.info("Others are at the same records: the next run goes on.")
    return 0
