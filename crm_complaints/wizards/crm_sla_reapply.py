# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ..models.crm_complaint_terms import METRICS
from ..models.crm_sla_policy_screen import OUTDATED_CLOCK

MANAGER_GROUP = "crm_complaints.group_complaint_manager"
SHOWN = 80
EFFECTS = [
    ("late", "Late at once"),
    ("earlier", "Earlier"),
    ("later", "Later"),
    ("same", "As before"),
    ("lost", "No deadline any more"),
    ("cancelled", "No longer promised"),
]


class CrmSlaReapply(models.TransientModel):
    """Bring open deadlines to the present version of a policy (S13, T31)."""

    _name = "crm.sla.reapply"
    _description = "Policy Applied to Open Complaints"

    policy_id = fields.Many2one(
        comodel_name="crm.sla.policy", required=True, readonly=True
    )
    reason = fields.Char(help="Stands in the log of each deadline.")
    line_ids = fields.One2many(
        comodel_name="crm.sla.reapply.line",
        inverse_name="wizard_id",
        string="What moves",
        compute="_compute_line_ids",
        compute_sudo=False,  # of the complaints that the reader may see
        store=True,
    )
    clock_count = fields.Integer(
        string="Open deadlines",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    late_count = fields.Integer(
        string="Late at once",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    earlier_count = fields.Integer(
        string="Earlier", compute="_compute_line_ids", compute_sudo=False, store=True
    )
    later_count = fields.Integer(
        string="Later", compute="_compute_line_ids", compute_sudo=False, store=True
    )
    same_count = fields.Integer(
        string="As before", compute="_compute_line_ids", compute_sudo=False, store=True
    )
    lost_count = fields.Integer(
        string="No deadline any more",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    cancelled_count = fields.Integer(
        string="No longer promised",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )

    @api.depends("policy_id")
    def _compute_line_ids(self):
        moment = fields.Datetime.now()
        for wizard in self:
            effects = wizard._preview(moment)
            order = [effect for effect, _label in EFFECTS]
            effects.sort(key=lambda line: order.index(line["effect"]))
            moved = [line for line in effects if line["effect"] != "same"]
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(line) for line in moved[:SHOWN]),
            ]
            wizard.clock_count = len(effects)
            for effect in order:
                wizard[f"{effect}_count"] = sum(
                    line["effect"] == effect for line in effects
                )

    def _clocks(self):
        """The open deadlines that run on an older version and are not late."""
        policy = self.policy_id._origin
        return self.env["crm.sla.clock"].search(
            [
                ("policy_id", "=", policy.id),
                ("policy_version", "<", policy.version),
                *OUTDATED_CLOCK,
            ]
        )

    def _preview(self, moment):
        """What becomes of each deadline: values of its line."""
        # sudo: the clocks are those that the reader sees; nothing is written
        clocks_sudo = self._clocks().sudo()
        changes = clocks_sudo._policy_changes(moment)
        rows = clocks_sudo._foreseen(changes)
        lines = []
        for clock in clocks_sudo:
            state = rows[clock.id].state
            lines.append(
                {
                    "complaint_id": clock.complaint_id.id,
                    "metric": clock.metric,
                    "old_deadline": clock.deadline,
                    "new_deadline": state.deadline,
                    "effect": _effect(clock, state),
                }
            )
        return lines

    def action_apply(self):
        """Retarget the open deadlines, with the reason in the log of each.

        :raise AccessError: the user is no manager of complaints
        :raise UserError: no reason is given
        """
        self.ensure_one()
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Only a manager applies a policy to open complaints.")
            )
        self.policy_id.check_access("write")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say why the promises of open complaints change.")
            )
        moment = fields.Datetime.now()
        self._compute_line_ids()  # as it is now, for the record
        # sudo: clocks are written by what happens alone; a manager makes this happen
        clocks_sudo = self._clocks().sudo()
        clocks_sudo._apply_policy(moment, reason)
        self.policy_id._message_log(
            body=plaintext2html(
                self.env._(
                    "Version %(version)s was applied to %(count)s open deadlines: "
                    "%(earlier)s earlier, %(later)s later, %(late)s late at once, "
                    "%(same)s as before.\nReason: %(reason)s",
                    version=self.policy_id.version,
                    count=self.clock_count,
                    earlier=self.earlier_count,
                    later=self.later_count,
                    late=self.late_count,
                    same=self.same_count,
                    reason=reason,
                )
            )
        )
        return {"type": "ir.actions.act_window_close"}


class CrmSlaReapplyLine(models.TransientModel):
    """A deadline that moves."""

    _name = "crm.sla.reapply.line"
    _description = "Policy Applied to Open Complaints: Deadline"
    _order = "id"

    wizard_id = fields.Many2one(
        comodel_name="crm.sla.reapply", required=True, ondelete="cascade", index=True
    )
    complaint_id = fields.Many2one(comodel_name="crm.complaint", readonly=True)
    metric = fields.Selection(selection=METRICS, readonly=True)
    old_deadline = fields.Datetime(string="Due now", readonly=True)
    new_deadline = fields.Datetime(string="Due then", readonly=True)
    effect = fields.Selection(selection=EFFECTS, readonly=True)


def _effect(clock, state):
    """What a change means for a deadline, from its state before and after."""
    if state.status == "cancelled":
        return "cancelled"
    if state.status == "no_deadline" and clock.state != "no_deadline":
        return "lost"
    if state.breached_at and not clock.breached_at:
        return "late"
    if not (state.deadline and clock.deadline):
        old, new = clock.allowance_minutes, state.allowance  # paused: by what is left
    else:
        old, new = clock.deadline, state.deadline
    if new < old:
        return "earlier"
    return "later" if new > old else "same"
