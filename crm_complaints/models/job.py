# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Batches of a job are transactions of their own; called by hand, they are not."""


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
