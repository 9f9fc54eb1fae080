# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def write(self, vals):
        """An SMS of care that failed is told to its task."""
        result = super().write(vals)
        if vals.get("state") == "error":
            tasks = self._care_tasks()
            labels = dict(self._fields["failure_type"]._description_selection(self.env))
            why = labels.get(vals.get("failure_type"), vals.get("failure_type") or "")
            for task in tasks:
                env = task._reader_env()
                task._fail_delivery(
                    env._("The SMS could not be delivered: %(reason)s", reason=why)
                )
        return result

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Care that a contact objected to after it was queued does not leave."""
        held = self.browse()
        tasks = self._care_tasks()
        if tasks:
            stopped, waiting = tasks._stop_queued(fields.Datetime.now(), "sms")
            # sudo: the task knows its SMS, whoever sends it
            stopped.sudo().sms_id.action_set_canceled()
            held = self.browse((stopped | waiting).sudo().sms_id.ids)
        remaining = self - held
        if not remaining:
            return None
        return super(SmsSms, remaining)._send(
            unlink_failed=unlink_failed,
            unlink_sent=unlink_sent,
            raise_exception=raise_exception,
        )

    def _care_tasks(self):
        """The delivered tasks whose SMS these are."""
        # sudo: the queue belongs to nobody
        tasks = self.env["crm.care.task"]._as_gateway()
        return tasks.search([("sms_id", "in", self.ids), ("state", "=", "done")])
