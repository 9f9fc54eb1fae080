# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from ..tools import transitions


class CrmComplaint(models.Model):
    """Opens the form that asks what a move needs."""

    _inherit = "crm.complaint"

    def action_ask_contain(self):
        """Ask what keeps the damage from growing."""
        return self._ask("contain")

    def action_ask_pause(self):
        """Ask why the deadlines are to stand still."""
        return self._ask("pause")

    def action_ask_resolve(self):
        """Ask for solution and decision, and whether the customer is told now."""
        return self._ask("resolve")

    def action_ask_tell(self):
        """Ask what the customer is told, and how."""
        return self._ask("tell")

    def action_ask_reject(self):
        """Ask for the reason and the way to appeal."""
        return self._ask("reject")

    def action_ask_reopen(self):
        """Ask why it is looked into again."""
        return self._ask("reopen")

    def action_ask_appeal(self):
        """Ask what the customer does not agree with."""
        return self._ask("appeal")

    def action_ask_withdraw(self):
        """Ask why the customer does not insist any more."""
        return self._ask("withdraw")

    def action_ask_duplicate(self):
        """Ask which complaint goes on."""
        return self._ask("mark_duplicate")

    def _ask(self, action):
        """The form for a move of this complaint.

        :param action: a key of ``transitions.TABLE``
        :raise UserError: the move does not start from here
        """
        self.ensure_one()
        self.check_access("write")
        self._check_starts(action)
        wizard = self.env["crm.complaint.move"]
        names = dict(wizard._fields["action"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": names[action],
            "res_model": wizard._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_complaint_id": self.id,
                "default_action": action,
            },
        }

    def _check_starts(self, action):
        """:raise UserError: the move does not start from the complaint's state."""
        if not transitions.target(action, self.state):
            raise UserError("\n".join(self._missing_for(action)))

    def action_customer_accepts(self):
        """The customer said by word of mouth that it is settled: close it.

        :raise UserError: there is no decision, or the customer was not told
        """
        self._customer_accepts()
        return True
