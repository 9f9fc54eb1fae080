# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class CrmCareTaskDecide(models.TransientModel):
    """Skips or refuses care tasks, or plans them once more, and says why."""

    _name = "crm.care.task.decide"
    _description = "Skip, Refuse or Repeat Care"

    task_ids = fields.Many2many(
        comodel_name="crm.care.task", string="Tasks", required=True
    )
    action = fields.Selection(
        selection=[
            ("skip", "Skip"),
            ("refuse", "Refuse"),
            ("again", "Send again"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Do it.

        :raise UserError, AccessError: as ``crm.care.task._skip``, ``_refuse`` and
            ``_send_again``
        """
        self.ensure_one()
        if self.action == "skip":
            self.task_ids._skip(self.reason)
        elif self.action == "refuse":
            self.task_ids._refuse(self.reason)
        else:
            again = self.task_ids._send_again(self.reason)
            return self._open(again)
        return {"type": "ir.actions.act_window_close"}

    def _open(self, tasks):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Planned once more"),
            "res_model": tasks._name,
            "view_mode": "list,form",
            "domain": [("id", "in", tasks.ids)],
        }
        if len(tasks) == 1:
            action.update(view_mode="form", res_id=tasks.id)
        return action
