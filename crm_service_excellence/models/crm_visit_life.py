# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from .crm_visit import CONTENT_FIELDS, OPEN_STATES


class CrmVisit(models.Model):
    """The life of a visit before it begins: planned, moved, handed over, cancelled."""

    _inherit = "crm.visit"

    # ACTIONS

    def action_plan(self):
        """Confirm what was proposed.

        :raise UserError: for a visit that has begun or is cancelled
        """
        self._check_open()
        self._plan()
        return True

    def action_reschedule(self):
        """Open the form that moves visits to another day."""
        self._check_open()
        return self._open_wizard("crm.visit.reschedule", self.env._("Move the visit"))

    def action_cancel(self):
        """Open the form that cancels visits, with the reason."""
        self._check_open()
        return self._open_wizard("crm.visit.cancel", self.env._("Cancel the visit"))

    def action_open_partner(self):
        return self.partner_id._get_records_action(context={})

    def _open_wizard(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_visit_ids": self.ids},
        }

    # LIFE

    def _check_open(self):
        """:raise UserError: for a visit that has begun, is over or is cancelled."""
        states = dict(self._fields["state"]._description_selection(self.env))
        for visit in self:
            if visit.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "The visit to %(customer)s is not open any more: %(state)s.",
                        customer=visit.partner_id.display_name,
                        state=states[visit.state],
                    )
                )

    def _plan(self):
        """Confirm: what is to be prepared is listed, the day stands in the calendar.

        The calendar is the salesperson's alone; nobody is invited, nobody is mailed.
        Does nothing to visits that have begun, and nothing twice.
        """
        self.check_access("write")
        visits = self.filtered(lambda visit: visit.state in OPEN_STATES)
        visits._fill_content()
        proposed = visits.filtered(lambda visit: visit.state == "proposed")
        # sudo: a transition, which nobody may type; access checked above
        proposed.sudo().with_context(mail_notrack=True).write({"state": "planned"})
        visits._make_events()

    def _fill_content(self):
        """Agenda and checklist of the type, where there is none (plans insert bare)."""
        for name in CONTENT_FIELDS:
            self.filtered(lambda visit, name=name: not visit[name])._take_over(name)
        vals_list = [
            {"visit_id": visit.id, "name": item.name, "sequence": item.sequence}
            for visit in self
            if not visit.preparation_ids
            for item in visit.type_id.item_ids
        ]
        self.env["crm.visit.preparation"].create(vals_list)

    def _move(self, date, start=None, reason=None, note=None):
        """Move open visits to another day; the calendar follows.

        :param date: the new day
        :param start: planned time (naive UTC); by default the same time of day
        :param reason: ``crm.visit.reason``
        :param note: a remark on it
        :raise UserError: for a visit that has begun, is over or is cancelled
        """
        self._check_open()
        self.check_access("write")
        values = {"date": date, "is_pinned": True}
        if start:
            values["start"] = start
        if reason:
            values.update(reason_id=reason.id, reason_note=note)
        self.sudo().write(values)  # the reason may not be typed; access checked above

    def _cancel(self, reason, note=None):
        """Cancel open visits; the need is free to be planned again.

        :param reason: ``crm.visit.reason``, says on whose side it was
        :param note: a remark on it
        :raise UserError: without a reason, or for a visit that has begun
        """
        self._check_open()
        self.check_access("write")
        if not reason:
            raise UserError(self.env._("Say why the visit is cancelled."))
        visits_sudo = self.sudo()  # a transition; access checked above
        events = visits_sudo._own_events()
        visits_sudo.write(
            {
                "state": "cancelled",
                "reason_id": reason.id,
                "reason_note": note,
                "calendar_event_id": False,
            }
        )
        visits_sudo.flush_recordset(["state"])  # the index frees the need at once
        visits_sudo.activity_ids.unlink()
        events.unlink()

    def _reassign(self, user):
        """Hand open visits over to a colleague, with the meetings in the calendar.

        :param user: ``res.users``
        :raise UserError: for a visit that has begun, is over or is cancelled, or a
            colleague who is archived
        """
        self._check_open()
        self.check_access("write")
        if not user.active:
            raise UserError(
                self.env._("%(user)s is archived and visits nobody.", user=user.name)
            )
        for company in self.company_id:
            if not user._crm_works_for(company):
                raise UserError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=user.name,
                        company=company.name,
                    )
                )
        # sudo: who hands over may lose sight of the visit by that
        quiet = self.sudo().with_context(mail_auto_subscribe_no_notify=True)
        quiet.write({"user_id": user.id})
        # what the former salesperson's plan has only proposed it would move or drop
        proposals = quiet.filtered(lambda visit: visit.state == "proposed")
        proposals._in_foreign_plans().write({"plan_id": False, "is_pinned": True})

    def _release(self, reason):
        """Hand visits of an archived salesperson over to the account managers.

        What has no other account manager is cancelled, so that the need can be
        planned anew and no visit is left with nobody.

        :param reason: ``crm.visit.reason`` for what is cancelled
        """
        for manager, visits in self.grouped("partner_id").items():
            manager = manager.user_id
            for company, theirs in visits.grouped("company_id").items():
                is_heir = manager.active and manager._crm_works_for(company)
                if is_heir and manager not in theirs.user_id:
                    theirs._reassign(manager)
                else:
                    theirs._cancel(reason)
