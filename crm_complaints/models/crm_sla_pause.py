# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .crm_complaint_terms import OPEN_STATES

_logger = logging.getLogger(__name__)


class CrmSlaPause(models.Model):
    """An interval in which some deadlines of a complaint stood still, and why."""

    _name = "crm.sla.pause"
    _description = "Pause"
    _order = "complaint_id, date_from, id"

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    reason_id = fields.Many2one(
        comodel_name="crm.sla.pause.reason",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    note = fields.Char(readonly=True)
    metrics = fields.Char(
        readonly=True, help="What it stops, as its reason said when it began."
    )
    date_from = fields.Datetime(string="From", required=True, readonly=True)
    date_to = fields.Datetime(string="Until", readonly=True)
    date_limit = fields.Datetime(string="Ends by itself", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Paused by", readonly=True
    )
    is_expired = fields.Boolean(string="Ended by itself", readonly=True)

    _limit_idx = models.Index("(date_limit) WHERE date_to IS NULL")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A pause ends, but it cannot be removed."))

    def _metrics(self):
        """The metrics that it stops."""
        return tuple(filter(None, (self.metrics or "").split(",")))

    def _close(self, moment, is_expired=False):
        """End it; the clocks are told by the complaint."""
        self.write({"date_to": moment, "is_expired": is_expired})

    def _expire_safely(self, moment):
        """End a pause that reached its limit.

        :return: whether that was possible; if not, its deadlines say why, and the next
            run tries again
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.complaint_id._sla_resume(self, moment, is_expired=True)
            return True
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("%s cannot end.", self)
            for clock in self.complaint_id._sla_open_clocks(self._metrics()):
                clock._mark(error, moment)
            return False

    def _alert_expired(self):
        """Remind the owner, or the team leader, that the deadline runs again."""
        for pause in self:
            complaint = pause.complaint_id
            user = complaint.user_id or complaint.team_id.leader_id
            if not user.active or complaint.state not in OPEN_STATES:
                continue
            env = pause.with_context(lang=user.lang).env
            summary = env._(
                "The pause is over: %(reason)s",
                reason=pause.with_env(env).reason_id.name,
            )
            try:
                with self.env.cr.savepoint():
                    complaint.activity_schedule(
                        "mail.mail_activity_data_todo",
                        summary=summary,
                        user_id=user.id,
                    )
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:  # the deadline runs again, told or not
                _logger.exception("%s: nobody was told that it is over.", pause)
