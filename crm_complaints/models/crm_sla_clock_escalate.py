# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import ormcache

from ..tools.sla_clock import Event, Step


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    notice_ids = fields.One2many(
        comodel_name="crm.escalation.notice",
        inverse_name="clock_id",
        string="Escalations",
        readonly=True,
    )

    def _escalation_steps(self):
        """The steps of the escalation of this clock, in order of time.

        :return: tuple of :class:`~odoo.addons.crm_complaints.tools.sla_clock.Step`
        """
        self.ensure_one()
        return self.policy_id._escalation_steps(self.metric)

    def _is_open_for_escalation(self):
        """Whether there is still something to warn of."""
        self.ensure_one()
        return self.state in ("running", "paused", "breached") and not self.reached_at

    @api.model
    def _save(self, before, rows, events):
        result = super()._save(before, rows, events)
        ended = [
            clock_id
            for clock_id, row in rows.items()
            if before[clock_id].state.is_open and not row.state.is_open
        ]
        if ended:  # what is over is not told any more
            # sudo: the clocks that something ended; who is told is nobody's to choose
            self.env["crm.escalation.notice"].sudo().search(
                [("clock_id", "in", ended), ("state", "=", "pending")]
            )._cancel()
        return result

    def _stop_chain(self, moment):
        """No further step of these clocks is raised."""
        self._apply(Event("acknowledge", moment))

    def _skip_further_steps(self, moment):
        """Note of the steps that are still ahead that nobody is told of them."""
        rows = []
        for clock in self:
            for level, step in enumerate(clock._escalation_steps(), 1):
                if level > clock.escalation_level:
                    rows.append((clock, step.key, level, "skipped"))
        self.env["crm.escalation.notice"]._insert(rows, moment)


class CrmSlaPolicy(models.Model):
    _inherit = "crm.sla.policy"

    @ormcache("self.id", "metric")
    def _escalation_steps(self, metric):
        """The steps of this policy for a metric, in order of time; none without policy.

        Of two steps at one moment the one that names the metric holds.
        """
        # sudo: how a deadline escalates does not depend on who looks
        steps_sudo = self.sudo().step_ids.filtered(
            lambda step: step.metric in (False, metric)
        )
        found = {}
        for step in steps_sudo.sorted(lambda step: bool(step.metric)):
            is_warning = step.anchor == "before"
            moment = (0, step.percent) if is_warning else (1, step.offset_minutes)
            found[moment] = Step(
                key=step.id,
                percent=step.percent if is_warning else None,
                offset_minutes=0 if is_warning else step.offset_minutes,
            )
        return tuple(step for _moment, step in sorted(found.items()))
