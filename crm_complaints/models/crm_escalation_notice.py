# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from .crm_complaint_terms import METRICS

NOTICE_STATES = [
    ("pending", "To be told"),
    ("notified", "Told"),
    ("skipped", "Skipped"),
    ("cancelled", "Cancelled"),
]


class CrmEscalationNotice(models.Model):
    """One step of the escalation of one deadline, whether or not anybody was told."""

    _name = "crm.escalation.notice"
    _description = "Escalation"
    _order = "raised_at desc, id desc"
    _rec_name = "complaint_id"

    clock_id = fields.Many2one(
        comodel_name="crm.sla.clock",
        string="Deadline",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    step_id = fields.Many2one(
        comodel_name="crm.escalation.step",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
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
    metric = fields.Selection(selection=METRICS, readonly=True)
    level = fields.Integer(
        readonly=True, aggregator="max", help="Which step of the chain it is."
    )
    state = fields.Selection(
        selection=NOTICE_STATES, required=True, readonly=True, default="pending"
    )
    raised_at = fields.Datetime(string="Raised", required=True, readonly=True)
    notify_at = fields.Datetime(
        string="Told from",
        readonly=True,
        help="When the first of the recipients is at work.",
    )
    recipient_ids = fields.One2many(
        comodel_name="crm.escalation.recipient",
        inverse_name="notice_id",
        string="Recipients",
        readonly=True,
    )
    recipient_names = fields.Char(string="Who", compute="_compute_recipient_names")
    fault = fields.Char(
        compute="_compute_recipient_names",
        help="Why telling somebody failed; it is tried again every hour.",
    )
    acknowledged_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken up by",
        readonly=True,
        ondelete="set null",
    )
    acknowledged_at = fields.Datetime(string="Taken up", readonly=True)

    _key_uniq = models.UniqueIndex(
        "(clock_id, step_id)", "This step has been raised already."
    )

    @api.depends("recipient_ids.user_id", "recipient_ids.error")
    def _compute_recipient_names(self):
        for notice in self:
            rows = notice.recipient_ids
            notice.recipient_names = ", ".join(rows.user_id.mapped("name"))
            notice.fault = ", ".join(filter(None, rows.mapped("error"))) or False

    @api.model
    def _raise(self, due, moment):
        """Raise the steps that are due; each once, whatever is run again (S20, S21).

        Of several steps of one clock only the highest is told, and none of a chain that
        somebody has stopped.

        :param due: list of ``(clock, [Step, ...])``, the steps in order of time
        :param moment: naive UTC, now
        :return: the new notices that are to be told
        """
        rows = []
        step_ids = {step.key for _clock, steps in due for step in steps}
        # a step may have been deleted while the clocks ran
        known = set(
            self.env["crm.escalation.step"].sudo().browse(step_ids).exists().ids
        )
        for clock, steps in due:
            chain = [step.key for step in clock._escalation_steps()]
            keys = [step.key for step in steps if step.key in known]
            for key in keys:
                is_told = key == keys[-1] and not clock.chain_stopped_at
                rows.append(
                    (
                        clock,
                        key,
                        chain.index(key) + 1 if key in chain else 0,
                        "pending" if is_told else "skipped",
                    )
                )
        notices = self._insert(rows, moment)
        pending = notices.filtered(lambda notice: notice.state == "pending")
        pending._resolve(moment)
        return pending

    def _insert(self, rows, moment):
        """Insert the rows that are new.

        :param rows: list of ``(clock, step id, level, state)``
        :return: the new notices, as sudo
        """
        if not rows:
            return self.sudo()
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                clock.id,
                step_id,
                clock.complaint_id.id,
                clock.company_id.id,
                clock.metric,
                level,
                state,
                moment,
                self.env.uid,
                moment,
                self.env.uid,
                moment,
            )
            for clock, step_id, level, state in rows
        )
        self.env["crm.sla.clock"].flush_model()
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_escalation_notice (
                    clock_id, step_id, complaint_id, company_id, metric, level, state,
                    raised_at, create_uid, create_date, write_uid, write_date
                ) VALUES %s
                ON CONFLICT (clock_id, step_id) DO NOTHING
                RETURNING id
                """,
                values,
            )
        )
        self.env["crm.complaint"].invalidate_model(["escalation_ids"])
        # sudo: what is raised by the clocks, whoever made them move
        return self.sudo().browse(notice_id for (notice_id,) in found)

    def _cancel(self, state="cancelled"):
        """Nobody is told any more of those that are not told yet."""
        pending_sudo = self.sudo().filtered(lambda notice: notice.state == "pending")
        pending_sudo.recipient_ids.filtered(
            lambda recipient: recipient.state == "pending"
        ).state = "cancelled"
        pending_sudo.state = state
