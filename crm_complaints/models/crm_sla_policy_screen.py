# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

OPEN_CLOCK = [
    ("state", "in", ("running", "paused", "breached", "no_deadline")),
    ("reached_at", "=", False),
]
# What is late stays late: no other version changes it any more.
OUTDATED_CLOCK = [
    ("state", "in", ("running", "paused", "no_deadline")),
    ("breached_at", "=", False),
]


class CrmSlaPolicy(models.Model):
    """What a policy is used for, and where to go from it."""

    _inherit = "crm.sla.policy"

    open_clock_count = fields.Integer(
        string="Open deadlines", compute="_compute_clock_counts"
    )
    outdated_clock_count = fields.Integer(
        string="Deadlines on older versions", compute="_compute_clock_counts"
    )

    def _compute_clock_counts(self):
        clocks = self.env["crm.sla.clock"]
        mine = [("policy_id", "in", self.ids)]
        counts = dict(
            clocks._read_group([*mine, *OPEN_CLOCK], ["policy_id"], ["__count"])
        )
        outdated = {}
        for policy, version, count in clocks._read_group(
            [*mine, *OUTDATED_CLOCK], ["policy_id", "policy_version"], ["__count"]
        ):
            if version < policy.version:
                outdated[policy] = outdated.get(policy, 0) + count
        for policy in self:
            policy.open_clock_count = counts.get(policy._origin, 0)
            policy.outdated_clock_count = outdated.get(policy._origin, 0)

    def action_view_clocks(self):
        """The open deadlines of this policy."""
        return self._open_clocks(self.env._("Open deadlines"), OPEN_CLOCK)

    def action_view_outdated_clocks(self):
        """The open deadlines that run on an older version."""
        return self._open_clocks(
            self.env._("Deadlines on older versions"),
            [*OUTDATED_CLOCK, ("policy_version", "<", self.version)],
        )

    def _open_clocks(self, title, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.sla.clock",
            "view_mode": "list,form",
            "domain": [("policy_id", "=", self.id), *domain],
        }

    def action_preview(self):
        """Try the saved times on complaints of the past."""
        self.ensure_one()
        return self._wizard("crm_complaints.crm_sla_preview_action")

    def action_reapply(self):
        """Bring the open deadlines to the present version."""
        self.ensure_one()
        return self._wizard("crm_complaints.crm_sla_reapply_action")

    def _wizard(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "context": {"default_policy_id": self.id}}
