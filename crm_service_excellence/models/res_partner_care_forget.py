# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A contact wants to be forgotten, or is deleted: what care knew of it."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .crm_care_task import OPEN_STATES
from .res_partner_birthday_entry import BIRTH_FIELDS
from .sms_sms import UNSENT_STATES

MANAGER_GROUP = "crm_service_excellence.group_care_manager"


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_cared(self):
        """What was sent, and what a contact said about it, is evidence."""
        # sudo: whether there is anything, in whichever company
        tasks_sudo = self.env["crm.care.task"].sudo()
        consents_sudo = self.env["crm.consent"].sudo()
        kept = tasks_sudo.search(
            [
                "|",
                ("partner_id", "in", self.ids),
                ("commercial_partner_id", "in", self.ids),
                ("done_date", "!=", False),
            ],
            limit=1,
        ).partner_id
        kept |= consents_sudo.search(
            [("partner_id", "in", self.ids)], limit=1
        ).partner_id
        if kept:
            raise UserError(
                self.env._(
                    "%(contact)s has received care, or has said what may be sent, and "
                    "cannot be deleted. Archive the contact, or have a manager of "
                    "customer care press “Forget care data”.",
                    contact=kept[0].display_name,
                )
            )

    def unlink(self):
        """A contact that may go takes along what was only planned (it restricts)."""
        # sudo: whoever may delete the contact may not delete tasks
        tasks_sudo = self.env["crm.care.task"].sudo()
        tasks_sudo.search(
            [
                "|",
                ("partner_id", "in", self.ids),
                ("commercial_partner_id", "in", self.ids),
                ("done_date", "=", False),
            ]
        ).unlink()
        return super().unlink()

    def action_crm_care_forget(self):
        """Delete what care knows of these contacts; asked for by managers only.

        :raise AccessError: for others than managers of customer care
        """
        self.check_access("write")
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Managers of customer care delete care data."))
        self._crm_care_forget()
        return True

    def _crm_care_forget(self):
        """Take away birthday, preferences, texts and words; that it was sent stays.

        Refusals stay, too: they are why nothing is sent again. The name and addresses
        of the contact itself are not touched.
        """
        # sudo: data of every company, some of it in groups the user may lack
        partners_sudo = self.sudo().with_context(tracking_disable=True)
        partners_sudo.write(
            {
                **dict.fromkeys(BIRTH_FIELDS, False),
                "crm_preferred_channel": False,
                "crm_contact_hours_ids": [(5,)],
            }
        )
        tasks_sudo = (
            self.env["crm.care.task"].sudo().with_context(tracking_disable=True)
        )
        tasks = tasks_sudo.search([("partner_id", "in", self.ids)])
        tasks.filtered(lambda task: task.state in OPEN_STATES)._settle(
            "skipped", "contact", self.env._("The contact asked to be forgotten")
        )
        tasks._forget_words()
        self.env["crm.consent"].flush_model()
        # by SQL, as what was said refuses to be written: the answer itself stays
        self.env.cr.execute(
            SQL(
                "UPDATE crm_consent SET note = NULL WHERE partner_id = ANY(%s)",
                self.ids,
            )
        )
        self.env["crm.consent"].invalidate_model(["note"])
        author = self.env.user.partner_id
        body = self.env._("Care data deleted by %(user)s.", user=self.env.user.name)
        partners_sudo._message_log_batch(
            bodies=dict.fromkeys(self.ids, body), author_id=author.id
        )


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _forget_words(self):
        """Delete what was written to the contacts; what is queued does not leave.

        As superuser: whoever may have a contact forgotten.
        """
        for task in self.filtered(lambda task: task.state == "done"):
            queued = task.mail_id.state in ("outgoing", "exception")
            if queued or task.sms_id.state in UNSENT_STATES:
                words = self.env._("The contact asked to be forgotten")
                task._settle("skipped", "contact", words)
                task._take_back_touchpoints()
        self.mail_id.unlink()
        self.sms_id.unlink()
        self.message_ids.filtered("body").write({"body": False, "subject": False})
        names = {"subject": False, "body": False, "short_text": False}
        for task in self:
            # a reason names the contact here and there
            said = {
                name: task[name].replace(task.partner_id.name, "…")
                for name in ("reason", "wait_reason", "channel_note")
                if task[name] and task.partner_id.name
            }
            task.write({**names, **said})
        touchpoints = self.env["crm.touchpoint"].search(
            [("source", "in", [f"{self._name},{task.id}" for task in self])]
        )
        for touchpoint in touchpoints:
            task = self.browse(touchpoint.res_id)
            touchpoint.summary = task.rule_id.name
