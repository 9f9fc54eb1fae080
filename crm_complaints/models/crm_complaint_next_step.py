# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..tools import transitions


class CrmComplaint(models.Model):
    """What is to be done next, and what is missing for it."""

    _inherit = "crm.complaint"

    next_step = fields.Selection(
        selection=[
            ("confirm", "Confirm receipt"),
            ("assess", "Assess"),
            ("investigate", "Investigate"),
            ("resolve", "Resolve"),
            ("tell", "Tell the customer"),
            ("close", "Close"),
        ],
        string="Next",
        compute="_compute_next_step",
    )
    next_missing = fields.Text(string="Still missing", compute="_compute_next_missing")
    is_paused = fields.Boolean(string="Stands still", compute="_compute_is_paused")
    more_moves = fields.Json(string="More", compute="_compute_more_moves")

    @api.depends("state", "decision_sent_date")
    def _compute_next_step(self):
        steps = {
            "received": "confirm",
            "acknowledged": "assess",
            "assessed": "investigate",
            "investigating": "resolve",
        }
        for complaint in self:
            step = steps.get(complaint.state, False)
            if complaint.state == "resolved":
                step = "close" if complaint.decision_sent_date else "tell"
            complaint.next_step = step

    @api.depends(
        "next_step",
        "confirmation_date",
        "severity",
        "category_id",
        "solution",
        "decision",
        "decision_text",
        "customer_answer",
    )
    def _compute_next_missing(self):
        """In words, one line each; empty while nothing stands in the way.

        Follows what is typed. Whether the customer was silent is no matter of typing.
        """
        for complaint in self:
            step = complaint.next_step
            known = complaint._origin if step == "close" else complaint
            if not step or step not in transitions.TABLE or not known:
                complaint.next_missing = False
                continue
            complaint.next_missing = "\n".join(known._missing_for(step)) or False

    @api.depends("pause_ids.date_to")
    def _compute_is_paused(self):
        for complaint in self:
            pauses = complaint.pause_ids
            complaint.is_paused = any(not pause.date_to for pause in pauses)

    @api.depends("state", "date_contained")
    @api.depends_context("lang")
    def _compute_more_moves(self):
        """What can be done besides the next step: ``[{method, name}]``."""
        names = self._more_moves()
        for complaint in self:
            actions = transitions.allowed(complaint.state)
            complaint.more_moves = [
                {"method": method, "name": name}
                for action, (method, name) in names.items()
                if action in actions
                and not (action == "contain" and complaint.date_contained)
            ]

    def _more_moves(self):
        """``{action: (method, label)}`` in the order of the menu."""
        return {
            "update": ("action_send_update", self.env._("Send an update")),
            "contain": ("action_ask_contain", self.env._("Contain the damage")),
            "mark_duplicate": ("action_ask_duplicate", self.env._("It is a duplicate")),
            "withdraw": (
                "action_ask_withdraw",
                self.env._("The customer withdraws it"),
            ),
            "reject": ("action_ask_reject", self.env._("Reject")),
            "reopen": ("action_ask_reopen", self.env._("Reopen")),
        }

    # ACTIONS

    def action_reply(self):
        """Open a message to the customer: it counts as an answer when it is sent."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply to the customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
                "default_partner_ids": (self.contact_id or self.partner_id).ids,
            },
        }
