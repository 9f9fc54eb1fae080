# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .job import on_conflict_again

_logger = logging.getLogger(__name__)


class CrmCareRule(models.Model):
    """A rule may grow without being written: its segment changes, customers rise."""

    _inherit = "crm.care.rule"

    def _generate_in_batches(self):
        """Plan nothing for many more than were agreed to."""
        if on_conflict_again(self.env, self._holds_itself):
            return 0
        return super()._generate_in_batches()

    def _holds_itself(self):
        """Whether the rule went back to draft just now."""
        try:
            with self.env.cr.savepoint():
                return not self._hold_unconfirmed()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            # what is wrong with the rule is said by the planning that fails on it
            _logger.info("Care rule %s cannot be counted.", self.id, exc_info=True)
            return False
