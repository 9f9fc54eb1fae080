# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pending points become spendable on their day."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_service_excellence.models.job import (
    commit_progress,
    on_conflict_again,
)

_logger = logging.getLogger(__name__)
BATCH = 200  # promises of one transaction


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _cron_release_points(self, as_of=None):
        """Release what is promised and due, each promise by itself.

        :param as_of: date it is for the members; by default today in the zone of each
            program
        """
        commit_progress(self.env, remaining=1)
        self._date_promises()
        for today, programs in self._programs_by_day(as_of).items():
            failed = set()
            while True:
                done = on_conflict_again(
                    self.env, self._release_batch, programs.ids, today, failed
                )
                if not done:
                    break
                if not commit_progress(self.env, done, remaining=1):
                    return
        commit_progress(self.env, 1, remaining=0)

    @api.model
    def _date_promises(self):
        """Find out from which day pending points can be spent, where that has become
        known; the extension point for what points wait for."""

    @api.model
    def _release_batch(self, program_ids, today, failed):
        """Release the next promises; one that cannot be released keeps no other.

        :param failed: ids of promises that could not be; added to
        :return: number of promises handled
        """
        # sudo: promises of every company, whoever runs the job
        promises_sudo = (
            self.env["crm.loyalty.pending"]
            .sudo()
            .search(
                Domain("remaining", ">", 0)
                & Domain("release_date", "<=", today)
                & Domain("card_id.program_id", "in", program_ids)
                & Domain("id", "not in", list(failed)),
                order="release_date, id",
                limit=BATCH,
            )
        )
        for promise_sudo in promises_sudo:
            try:
                with self.env.cr.savepoint():
                    promise_sudo._release(today)
            except UserError as error:
                failed.add(promise_sudo.id)
                _logger.info("Pending points %s stay: %s", promise_sudo.id, error)
        return len(promises_sudo)


class CrmLoyaltyPending(models.Model):
    _inherit = "crm.loyalty.pending"

    def _release(self, today=None):
        """Make what is left of each promise spendable.

        The days of life of the points begin now, not when they were promised (P4).
        """
        for promise in self:
            card = promise.card_id
            promise.env["loyalty.card"]._post_points(
                [
                    {
                        "card": card,
                        "kind": "release",
                        "points": promise.remaining,
                        "key": f"release:{promise.id}:{card.ledger_seq + 1}",
                        "source": promise._source(),
                        "reverses": promise.entry_id,
                        "reason": promise.entry_id.reason,
                        "effective_date": promise.release_date,
                    }
                ],
                as_of=today,
            )

    def _set_release_date(self, day):
        """Say from which day the points can be spent, as a date or None."""
        # sudo: promises are nobody's to write; the callers are documents' own steps
        self.sudo().write({"release_date": fields.Date.to_date(day)})

    def _source(self):
        """The document they were promised for; None where it is gone."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None
