# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .crm_visit import OPEN_STATES

MANAGER_GROUP = "crm_service_excellence.group_care_manager"
# Evidence, and what the planner aimed at: written by actions, never typed.
MEASURED_FIELDS = frozenset(
    {
        "state",
        "grade_id",
        "due_date",
        "target_date",
        "tolerance_days",
        "previous_date",
        "calendar_event_id",
        "check_in",
        "check_in_key",
        "check_in_latitude",
        "check_in_longitude",
        "check_in_accuracy",
        "position_state",
        "distance_m",
        "check_out",
        "check_out_key",
        "check_out_latitude",
        "check_out_longitude",
        "check_out_accuracy",
        "check_out_position_state",
        "check_out_distance_m",
        "report_deadline",
        "report_date",
        "report_warned",
        "is_report_late",
        "reason_id",
        "reason_note",
    }
)
# What a visit that has begun no longer changes.
SETTLED_FIELDS = frozenset(
    {"partner_id", "company_id", "user_id", "type_id", "date", "start", "active"}
)
# By whose and which rows one may write.
OWNER_FIELDS = frozenset({"partner_id", "user_id", "company_id"})
REPORT_FIELDS = frozenset(
    {"outcome", "report", "problems", "suggestions", "satisfaction"}
)


class CrmVisit(models.Model):
    """What nobody types: evidence, and the plan of a visit that has begun."""

    _inherit = "crm.visit"

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | MEASURED_FIELDS

    def _check_typed(self, vals):
        """:raise AccessError: for what is measured; UserError: for what is settled."""
        self._check_not_measured(vals)
        if REPORT_FIELDS.intersection(vals):
            self._check_visitor()
        if SETTLED_FIELDS.intersection(vals):
            for visit in self:
                if visit.state not in OPEN_STATES:
                    raise UserError(
                        self.env._(
                            "The visit to %(customer)s has begun or is settled: its "
                            "plan cannot be changed any more.",
                            customer=visit.partner_id.display_name,
                        )
                    )
        if "active" in vals and not vals["active"]:
            raise UserError(
                self.env._(
                    "A visit is not archived: cancel it, and say why. The customer is "
                    "planned anew then."
                )
            )

    def _check_written(self, vals):
        """Nobody writes what he or she could not have created."""
        if self.env.su:
            return
        if OWNER_FIELDS.intersection(vals):
            self.check_access("create")
            self._check_salesperson()
        if vals.get("plan_id"):
            self.plan_id.check_access("write")
            if self._in_foreign_plans():
                raise UserError(
                    self.env._("A visit belongs in a plan of its own salesperson.")
                )

    def _check_salesperson(self):
        """:raise ValidationError: for who does not work for the visit's company"""
        if self.env.su:
            return
        for visit in self:
            if not visit.user_id._crm_works_for(visit.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=visit.user_id.name,
                        company=visit.company_id.name,
                    )
                )

    def _in_foreign_plans(self):
        """Visits in the plan of another salesperson or company."""
        return self.filtered(
            lambda visit: (
                visit.plan_id
                and (visit.plan_id.user_id, visit.plan_id.company_id)
                != (visit.user_id, visit.company_id)
            )
        )

    def _leave_foreign_plans(self):
        """Made on the screen of a plan, but for a colleague: none of that plan."""
        foreign_sudo = self.sudo()._in_foreign_plans()  # plans may be others'
        if foreign_sudo:
            foreign_sudo.plan_id = False

    def _tracked(self, vals):
        """Amendments of a report are recorded, whatever the client's context says."""
        if self.env.su or not REPORT_FIELDS.intersection(vals):
            return self
        return self.with_context(tracking_disable=False, mail_notrack=False)

    def _check_visitor(self):
        """:raise AccessError: for anybody but the visitor and managers."""
        if self.env.su or self.env.user.has_group(MANAGER_GROUP):
            return
        for visit in self:
            if visit.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only %(user)s can do that: a visit is ended and reported by "
                        "who made it, or by a manager.",
                        user=visit.user_id.name,
                    )
                )
