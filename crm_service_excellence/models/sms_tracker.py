# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    crm_care_task_id = fields.Many2one(
        comodel_name="crm.care.task",
        string="Care task",
        ondelete="cascade",
        index="btree_not_null",
    )

    def _action_update_from_provider_error(self, provider_error):
        """The provider took it, and says later on that it did not arrive.

        It has tried for as long as it does that: this is final, as a returned e-mail.
        """
        result = super()._action_update_from_provider_error(provider_error)
        _status, failure_type, said = result
        # sudo: the provider tells, and it is nobody in particular
        tasks = self.sudo().crm_care_task_id._as_gateway()
        field = self.env["mail.notification"]._fields["failure_type"]
        for task in tasks.filtered(lambda task: task.state == "done"):
            labels = dict(field._description_selection(task._reader_env()))
            known = labels.get(f"sms_{provider_error}")
            task._fail_sms(known or said or labels[failure_type])
        return result
