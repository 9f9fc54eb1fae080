# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

CARE_ACTIVITY = "crm_service_excellence.mail_activity_type_care"


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """A call, meeting or e-mail that is done was a contact with the customer."""
        # before super: it deletes activities whose document is gone
        touches = self._prepare_touchpoints(feedback)
        care_sudo = self._care_tasks_sudo()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if touches:
            self.env["crm.touchpoint"]._record(touches)
        if care_sudo:
            care_sudo._do_by_hand(self.env.user, feedback or None)
        return result

    def _care_tasks_sudo(self):
        """Care that is done by hand, and with these activities."""
        ids = [
            activity.res_id
            for activity in self
            if activity.res_model == "crm.care.task"
            and activity.activity_type_id == self.env.ref(CARE_ACTIVITY)
        ]
        # sudo: the one it is assigned to may mark it done without seeing the task
        tasks_sudo = self.env["crm.care.task"].sudo().browse(ids).exists()
        return tasks_sudo.filtered(lambda task: task.state == "by_hand")

    def _prepare_touchpoints(self, feedback=False):
        """Values of the touchpoints that these activities are, once they are done."""
        models_touched = self.env["crm.touchpoint"]._touch_models()
        touches = []
        for activity in self:
            channel = activity.activity_type_id.crm_touch_channel
            if not channel or activity.res_model not in models_touched:
                continue
            # sudo: the one it is assigned to may mark it done without seeing the record
            record_sudo = self.env[activity.res_model].sudo().browse(activity.res_id)
            partner = record_sudo.exists()[models_touched[activity.res_model]]
            if not self.env["crm.touchpoint"]._filter_customers(partner):
                continue
            touches.append(
                {
                    "partner_id": partner.id,
                    "company_id": self._touch_company(record_sudo).id,
                    "channel": channel,
                    "date": activity._touch_date(),
                    "user_id": activity._touch_user().id,
                    "summary": feedback or activity.summary,
                    "res_model": activity.res_model,
                    "res_id": activity.res_id,
                    "source": activity._touch_source(),
                }
            )
        return touches

    def _touch_source(self):
        """Unique key of the contact: that of the meeting, whoever marks it done."""
        if self.calendar_event_id:
            return f"calendar.event,{self.calendar_event_id.id}"
        return f"mail.activity,{self.id}"

    def _touch_date(self):
        """When it took place: a meeting when it began, all else now."""
        now = fields.Datetime.now()
        return min(self.calendar_event_id.sudo().start or now, now)

    def _touch_user(self):
        """Whoever marks it done had the contact, unless that is the system."""
        if self.env.user._is_internal() and not self.env.user._is_superuser():
            return self.env.user
        return self.user_id

    def _touch_company(self, record):
        company = "company_id" in record._fields and record.company_id
        return company or self.env.company
