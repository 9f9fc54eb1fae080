# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a contact leaves to do: its written confirmation and the next step."""

from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# Nothing is left of what was said; what was written confirms itself.
SPOKEN_CHANNELS = frozenset({"phone", "meeting", "video", "visit"})
CONFIRMATION_FIELDS = frozenset(
    {"important", "channel", "date", "user_id", "company_id"}
)
NEXT_STEP_FIELDS = frozenset({"next_step", "next_step_date"})
CONFIRMATION_TYPE = "crm_service_excellence.mail_activity_type_confirmation"
TODO_TYPE = "mail.mail_activity_data_todo"


class CrmTouchpoint(models.Model):
    _inherit = "crm.touchpoint"

    reader_id = fields.Many2one(
        comodel_name="res.partner",
        string="Confirmation to",
        compute="_compute_reader_id",
        help="Whom the written confirmation is for.",
    )
    local_date = fields.Date(
        string="Day", compute="_compute_local_date", help="In the company's time zone."
    )
    is_confirmation_late = fields.Boolean(
        string="Confirmation late",
        compute="_compute_is_confirmation_late",
        search="_search_is_confirmation_late",
    )
    next_activity_id = fields.Many2one(
        comodel_name="mail.activity",
        string="Planned next step",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    _confirmation_idx = models.Index(
        "(confirmation_deadline) WHERE confirmation_state = 'due'"
    )

    # COMPUTES

    @api.depends("contact_id", "partner_id")
    def _compute_reader_id(self):
        for touch in self:
            touch.reader_id = touch.contact_id or touch.partner_id

    @api.depends("date", "company_id")
    def _compute_local_date(self):
        for touch in self:
            touch.local_date = touch.date and touch._in_company_zone(touch.date).date()

    @api.depends("confirmation_state", "confirmation_deadline", "confirmation_date")
    def _compute_is_confirmation_late(self):
        now = fields.Datetime.now()
        for touch in self:
            end = now if touch.confirmation_state == "due" else touch.confirmation_date
            deadline = touch.confirmation_deadline
            touch.is_confirmation_late = bool(end and deadline and end > deadline)

    @api.model
    def _search_is_confirmation_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("confirmation_state", "=", "due") & Domain(
            "confirmation_deadline", "<", fields.Datetime.now()
        )
        late |= Domain("confirmation_state", "=", "sent") & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s > %s",
                model._field_to_sql(alias, "confirmation_date", query),
                model._field_to_sql(alias, "confirmation_deadline", query),
            )
        )
        return late if True in value else ~late

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        touchpoints = super().create(vals_list)
        touchpoints.filtered("important")._sync_confirmation()
        touchpoints.filtered("next_step")._sync_next_step()
        return touchpoints

    def write(self, vals):
        result = super().write(vals)
        if CONFIRMATION_FIELDS.intersection(vals):
            self._sync_confirmation()
        if NEXT_STEP_FIELDS.intersection(vals):
            self._sync_next_step()
        return result

    # CONFIRMATION

    def _sync_confirmation(self):
        """Open, move or drop the duty; one that is done stays done."""
        # sudo: what is measured is written here only
        for touch in self.sudo().filtered(lambda t: t.confirmation_state != "sent"):
            if touch.important and touch.channel in SPOKEN_CHANNELS:
                touch._owe_confirmation()
            elif touch.confirmation_state == "due":
                touch.write(
                    {"confirmation_state": "none", "confirmation_deadline": False}
                )
                touch.activity_unlink([CONFIRMATION_TYPE])

    def _owe_confirmation(self):
        deadline = self.company_id._crm_next_working_day(self.date)
        if deadline != self.confirmation_deadline:
            self.write({"confirmation_state": "due", "confirmation_deadline": deadline})
        values = {
            "date_deadline": self._in_company_zone(deadline).date(),
            "user_id": (self.user_id or self.env.user).id,
        }
        activity = self.activity_search([CONFIRMATION_TYPE])
        if activity:
            activity.write(values)
        else:
            self.activity_schedule(CONFIRMATION_TYPE, **values)

    def action_write_confirmation(self):
        """Open a ready draft to the contact; sending it closes the duty.

        :raise UserError: when nobody there has an e-mail address
        """
        self.ensure_one()
        if not self.reader_id.email:
            raise UserError(
                self.env._(
                    "%(contact)s has no e-mail address. Enter one, or choose another "
                    "contact.",
                    contact=self.reader_id.display_name,
                )
            )
        template = self.env.ref(
            "crm_service_excellence.mail_template_touch_confirmation"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write confirmation"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
            },
        }

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Closing the duty: a colleague's message on it has reached the customer."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if (
            self.confirmation_state == "due"
            and not self._is_notification_scheduled(kwargs.get("scheduled_date"))
            and self._is_written_by_colleague(message.sudo())
            and self.partner_id
            in self._partners_reached(recipients).commercial_partner_id
        ):
            touch_sudo = self.sudo()  # what is measured is written here only
            touch_sudo.write(
                {
                    "confirmation_state": "sent",
                    "confirmation_date": fields.Datetime.now(),
                }
            )
            touch_sudo.activity_feedback([CONFIRMATION_TYPE])
        return recipients

    # NEXT STEP

    def _sync_next_step(self):
        """Keep one activity for the next step, wherever its owner can see it."""
        for touch_sudo in self.sudo():  # the activity may be on a record of others
            activity = touch_sudo.next_activity_id
            values = {
                "summary": touch_sudo.next_step,
                "date_deadline": touch_sudo.next_step_date,
            }
            if not (touch_sudo.next_step and touch_sudo.next_step_date):
                activity.filtered("active").unlink()
            elif activity:
                activity.filtered("active").write(values)
            else:
                owner = touch_sudo.user_id or self.env.user
                target = touch_sudo._next_step_target(owner)
                touch_sudo.next_activity_id = target and target.activity_schedule(
                    TODO_TYPE, user_id=owner.id, **values
                )

    def _next_step_target(self, owner):
        """The customer's record if its owner may see it, else the touchpoint."""
        customers = self.env["crm.customer"].with_user(owner)
        try:
            return customers.with_company(self.company_id)._follow(self.partner_id)
        except UserError:
            return self.filtered(lambda t: t.with_user(owner).has_access("read"))

    # TIME

    def _in_company_zone(self, moment):
        zone = ZoneInfo(self.company_id._crm_timezone())
        return moment.replace(tzinfo=timezone.utc).astimezone(zone)
