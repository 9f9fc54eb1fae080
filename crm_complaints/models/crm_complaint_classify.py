# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a complaint is filed under, how severe it is at least, how urgent it is."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.priority_matrix import FORCED_PRIORITY, priority_of
from .crm_complaint_terms import OPEN_STATES, PRIORITIES, SEVERITIES

SAFETY_FLOOR = "serious"
SEVERITY_RANKS = {False: -1} | {key: rank for rank, (key, _) in enumerate(SEVERITIES)}
# What decides about the rest when it is written.
DECIDING_FIELDS = frozenset(
    {"partner_id", "category_id", "is_safety", "severity", "team_id"}
)


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    priority = fields.Selection(
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
        default=None,
    )
    priority_reason = fields.Char(tracking=True)
    is_priority_forced = fields.Boolean(compute="_compute_is_priority_forced")

    # COMPUTES

    @api.depends("is_safety", "severity")
    def _compute_is_priority_forced(self):
        for complaint in self:
            complaint.is_priority_forced = (
                complaint.is_safety or complaint.severity == "very_serious"
            )

    @api.depends(
        "urgency",
        "impact",
        "difficulty",
        "is_safety",
        "severity",
        "priority_reason",
        "company_id",
    )
    def _compute_priority(self):
        """The matrix decides; a person who gives a reason does, as far as allowed."""
        for complaint in self:
            decided = complaint._matrix_priority()
            if not complaint.priority_reason or complaint.is_priority_forced:
                complaint.priority = decided
            else:  # overridden: what was chosen stays
                complaint.priority = complaint.priority or decided

    def _matrix_priority(self):
        """What the company's matrix says about this complaint: "1" .. "4"."""
        self.ensure_one()
        company = self.company_id or self.env.company
        # ``id`` of an unsaved record's company may be a NewId
        matrix = self.env["crm.priority.matrix"]._compiled(company._origin.id)
        levels = (int(self[name] or 2) for name in ("urgency", "impact", "difficulty"))
        return str(priority_of(matrix, *levels, is_forced=self.is_priority_forced))

    @api.constrains("priority", "priority_reason")
    def _check_priority_reason(self):
        """:raise ValidationError: overridden without a reason, or where it is forced"""
        labels = dict(PRIORITIES)
        for complaint in self:
            decided = complaint._matrix_priority()
            if complaint.priority == decided:
                continue
            if complaint.is_priority_forced:
                raise ValidationError(
                    self.env._(
                        "%(complaint)s stays %(priority)s: safety is concerned, or it "
                        "is very serious.",
                        complaint=complaint.display_name,
                        priority=labels[str(FORCED_PRIORITY)],
                    )
                )
            if not (complaint.priority_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "By the matrix this is %(priority)s. Say why it shall be "
                        "another priority.",
                        priority=labels[decided],
                    )
                )

    @api.onchange("category_id", "is_safety")
    def _onchange_category_id(self):
        """Show at once what saving would do."""
        if SEVERITY_RANKS[self.severity] < SEVERITY_RANKS[self._severity_floor()]:
            self.severity = self._severity_floor()
        company = self.company_id or self.env.company
        for name in ("team_id", "department_id"):
            suggested = self.category_id._inherited(name, company)
            if suggested and not self[name]:
                self[name] = suggested

    # FLOOR

    def _severity_floor(self):
        """The least severity that is allowed, or False."""
        self.ensure_one()
        return self._floor_of(self.category_id, self.is_safety)

    @api.model
    def _floor_of(self, category, is_safety):
        floors = [category._inherited_floor(), SAFETY_FLOOR if is_safety else False]
        return max(floors, key=SEVERITY_RANKS.get)

    def _floor_note(self):
        """Why the severity was raised to its floor."""
        label = dict(self._fields["severity"]._description_selection(self.env))
        floor = self.category_id._inherited_floor()
        return self.env._(
            "Severity raised to %(severity)s: %(why)s",
            severity=label[self.severity],
            why=self.category_id.display_name
            if floor == self.severity
            else self.env._("safety is concerned"),
        )

    def _check_not_below_floor(self, vals):
        """Nobody lowers a severity that the category or the danger calls for.

        :raise ValidationError: naming the least severity
        """
        labels = dict(self._fields["severity"]._description_selection(self.env))
        for complaint in self:
            category = complaint.category_id
            if "category_id" in vals:
                category = category.browse(vals["category_id"] or ())
            is_safety = vals.get("is_safety", complaint.is_safety)
            floor = self._floor_of(category, is_safety)
            is_new = floor != complaint._severity_floor()
            lower = SEVERITY_RANKS[vals["severity"] or False] < SEVERITY_RANKS[floor]
            if lower and not is_new and complaint.severity != vals["severity"]:
                raise ValidationError(
                    self.env._(
                        "%(complaint)s is at least %(severity)s: its category or a "
                        "danger to safety calls for it.",
                        complaint=complaint.display_name,
                        severity=labels[floor].lower(),
                    )
                )

    def _raise_severity(self):
        """Lift to the floor what is below, and note why."""
        low = self.filtered(
            lambda c: SEVERITY_RANKS[c.severity] < SEVERITY_RANKS[c._severity_floor()]
        )
        for floor, group in low.grouped(lambda c: c._severity_floor()).items():
            group.severity = floor
            group._message_log_batch(
                bodies={complaint.id: complaint._floor_note() for complaint in group}
            )

    # CRUD

    def write(self, vals):
        if not DECIDING_FIELDS.intersection(vals):
            return super().write(vals)
        if "severity" in vals:
            self._check_not_below_floor(vals)
        former = {complaint: complaint.category_id for complaint in self}
        result = super().write(self._file_under_customer(vals))
        # sudo: what follows from a permitted change follows for everybody, also where
        # the complaint has just left the reader's own
        complaints_sudo = self.sudo()
        if "category_id" in vals:
            complaints_sudo._follow_category(former, vals)
        complaints_sudo._raise_severity()
        if "partner_id" in vals:
            complaints_sudo._snapshot_grade()
        if "team_id" in vals and not vals.get("user_id"):
            complaints_sudo._leave_foreign_owners()
        return result

    def _follow_category(self, former, vals):
        """Department and team that nobody chose follow the category."""
        for complaint in self.filtered(lambda c: c.state in OPEN_STATES):
            company = complaint.company_id
            before = former[complaint.sudo(False)].sudo()
            for name in ("department_id", "team_id"):
                suggested = complaint.category_id._inherited(name, company)
                is_open = complaint[name] in (
                    complaint[name].browse(),
                    before._inherited(name, company),
                )
                if name not in vals and suggested and is_open:
                    complaint[name] = suggested

    @api.model
    def _file_under_customer(self, vals):
        """File the complaint of a person under the person's company."""
        partner = self.env["res.partner"].browse(vals.get("partner_id") or ())
        # sudo: where somebody is filed does not depend on who looks
        commercial = partner.sudo().commercial_partner_id
        if not partner or partner.id == commercial.id:
            return vals
        vals = {**vals, "partner_id": commercial.id}
        if not vals.get("contact_id"):
            vals["contact_id"] = partner.id
        return vals
