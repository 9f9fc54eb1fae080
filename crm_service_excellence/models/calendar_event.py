# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

TIME_FIELDS = frozenset({"start", "stop", "start_date", "stop_date", "allday"})


class CalendarEvent(models.Model):
    """A meeting that is a visit: one moves with the other."""

    _inherit = "calendar.event"

    visit_ids = fields.One2many(
        comodel_name="crm.visit",
        inverse_name="calendar_event_id",
        string="Visits of the meeting",
        groups="crm_service_excellence.group_care_own",
    )
    visit_id = fields.Many2one(
        comodel_name="crm.visit",
        compute="_compute_visit_id",
        groups="crm_service_excellence.group_care_own",
        help="The visit that this meeting stands for.",
    )

    @api.depends("visit_ids")
    def _compute_visit_id(self):
        for event in self:
            event.visit_id = event.visit_ids[:1]

    def write(self, vals):
        moved = TIME_FIELDS.intersection(vals)
        result = super().write(vals)
        if moved and not self.env.context.get("crm_visit_sync"):
            self._move_visits()
        return result

    def _move_visits(self):
        """Let visits follow, for whoever may change them.

        :raise AccessError: any colleague may move a meeting in Odoo, but not a visit
        """
        # sudo: to find visits that the user cannot see
        visits_sudo = self.env["crm.visit"].sudo().with_context(active_test=False)
        for visit_sudo in visits_sudo.search([("calendar_event_id", "in", self.ids)]):
            if not visit_sudo.sudo(self.env.su).has_access("write"):
                raise AccessError(
                    self.env._(
                        "This meeting is a visit of %(user)s and is moved by its "
                        "salesperson only.",
                        user=visit_sudo.user_id.name,
                    )
                )
            visit_sudo._follow_event(visit_sudo.calendar_event_id)

    # ACTIONS

    def action_make_visit(self):
        """Make the meeting a visit to the customer who attends it.

        :return: the visit, or a form to choose the customer where it is not clear
        :raise UserError: when it is a visit already
        """
        self.ensure_one()
        self.check_access("write")
        if self.visit_id:
            return self.visit_id._get_records_action(context={})
        customers = self._visited_customers()
        if len(customers) == 1:
            return self._make_visit(customers)._get_records_action(context={})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make it a visit"),
            "res_model": "crm.visit.from.event",
            "view_mode": "form",
            "target": "new",
            "context": {"default_event_id": self.id},
        }

    def action_open_visit(self):
        return self.visit_id._get_records_action(context={})

    def _visited_customers(self):
        """:return: the commercial partners who attend and are not ourselves."""
        # sudo: whether an attendee is a colleague is no secret
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        colleagues = users_sudo.search(
            [("partner_id", "in", self.partner_ids.ids), ("share", "=", False)]
        ).partner_id
        outside = self.partner_ids - colleagues.sudo(False)
        ours = users_sudo.env["res.company"].search([]).partner_id
        return outside.commercial_partner_id - ours.sudo(False)

    def _make_visit(self, partner, visit_type=None):
        """A planned visit to ``partner`` that keeps this meeting.

        :raise UserError: when somebody has made it a visit meanwhile
        """
        self.ensure_one()
        visits = self.env["crm.visit"]
        # sudo: a visit that the user cannot see is a visit all the same
        if visits.sudo().search_count([("calendar_event_id", "=", self.id)]):
            raise UserError(self.env._("This meeting is a visit already."))
        user = self.user_id
        if not user or user.share:
            user = self.env.user
        contact = self.partner_ids.filtered(
            lambda attendee: (
                attendee != partner and attendee.commercial_partner_id == partner
            )
        )
        values = {
            "partner_id": partner.id,
            "contact_id": contact[:1].id,
            "user_id": user.id,
            "calendar_event_id": self.id,
        }
        if visit_type:
            values["type_id"] = visit_type.id
        if self.allday:
            values["date"] = self.start_date
        else:
            local = visits._to_local(self.start)
            values.update(
                date=local.date(), start=self.start, duration=min(self.duration, 24)
            )
        visits.check_access("create")
        # sudo: the meeting is no field that may be typed; whether the user may make
        # such a visit is checked after
        visit_sudo = visits.sudo().create(values)
        visit_sudo.sudo(self.env.su).check_access("create")
        return visit_sudo.sudo(self.env.su)
