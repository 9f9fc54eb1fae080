# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

STATES = [
    ("proposed", "Proposed"),
    ("planned", "Planned"),
    ("in_progress", "In Progress"),
    ("done", "Report Due"),
    ("reported", "Reported"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("proposed", "planned")
MAX_AHEAD = timedelta(days=1100)  # as the longest frequency; beyond is a slip
REPORT_HOURS = 24  # elapsed, not worked: what was said fades overnight
# What shows in the calendar.
EVENT_FIELDS = frozenset(
    {"date", "start", "duration", "user_id", "partner_id", "contact_id", "type_id"}
)
# What a visit takes over from its type.
CONTENT_FIELDS = ("duration", "purpose", "agenda", "expected_outcome")


class CrmVisit(models.Model):
    """A call on a customer, from the plan to the report.

    Proposed > planned > in progress > done > reported, or cancelled with a reason.
    Rows are also inserted by SQL when a plan is generated: whatever is not required
    here may be empty. Where and when somebody was, and whether the report was late,
    is measured by the actions and typed by nobody.
    """

    _name = "crm.visit"
    _description = "Visit"
    _inherit = ["crm.measured.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, sequence, id"
    _rec_names_search = ["partner_id", "purpose"]
    _mail_post_access = "read"
    _check_company_auto = True

    # Who visits whom
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
        tracking=True,
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact met",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'child_of', partner_id), ('id', '!=', partner_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    type_id = fields.Many2one(
        comodel_name="crm.visit.type",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self._default_type_id(),
    )
    is_confidential = fields.Boolean(related="type_id.is_confidential")
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="Grade when planned",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=STATES,
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )

    # When
    date = fields.Date(
        required=True,
        index=True,
        default=lambda self: self.env.company._crm_today(),
        tracking=True,
        help="The day of the visit, where the company is.",
    )
    sequence = fields.Integer(
        string="Stop", default=10, help="Order of the day's stops."
    )
    start = fields.Datetime(
        string="Planned time",
        compute="_compute_start",
        store=True,
        readonly=False,
        copy=False,
        help="Leave empty for a visit at any time of the day.",
    )
    duration = fields.Float(
        string="Hours",
        compute="_compute_duration",
        store=True,
        readonly=False,
        precompute=True,
        help="How long the visit is to take.",
    )
    due_date = fields.Date(
        string="Need due on",
        readonly=True,
        copy=False,
        help="When the visit is due by the customer's cadence; none for an ad-hoc "
        "visit.",
    )
    target_date = fields.Date(
        string="Aimed at", readonly=True, copy=False, help="What the planner aimed at."
    )
    tolerance_days = fields.Integer(
        string="Tolerance (days)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="So many days before or after count as in time.",
    )
    is_pinned = fields.Boolean(
        string="Pinned", copy=False, help="Planning again leaves the visit where it is."
    )
    previous_date = fields.Date(
        string="Before", readonly=True, copy=False, help="Where it was planned before."
    )

    # What for
    purpose = fields.Char(
        compute="_compute_purpose", store=True, readonly=False, precompute=True
    )
    agenda = fields.Html(
        compute="_compute_agenda", store=True, readonly=False, precompute=True
    )
    expected_outcome = fields.Text(
        compute="_compute_expected_outcome", store=True, readonly=False, precompute=True
    )
    preparation_ids = fields.One2many(
        comodel_name="crm.visit.preparation",
        inverse_name="visit_id",
    )
    calendar_event_id = fields.Many2one(
        comodel_name="calendar.event",
        string="Meeting",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # Why not, or why another day
    reason_id = fields.Many2one(
        comodel_name="crm.visit.reason",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    reason_note = fields.Char(string="Remark", readonly=True, copy=False)

    _need_uniq = models.UniqueIndex(
        "(partner_id, company_id, due_date) "
        "WHERE due_date IS NOT NULL AND state <> 'cancelled'",
        "A visit for this need is planned already.",
    )
    _in_progress_uniq = models.UniqueIndex(
        "(user_id) WHERE state = 'in_progress'",
        "Another visit is in progress: finish it first.",
    )
    _user_day_idx = models.Index("(user_id, date)")

    # DEFAULTS AND COMPUTES

    @api.model
    def _default_type_id(self):
        return self.env["crm.visit.type"].search([], limit=1)

    @api.depends("date", "company_id")
    def _compute_start(self):
        """On another day the visit keeps its time of day, on the wall clock."""
        for visit in self:
            start = visit.start
            if start and visit.date:
                start = visit._combine(visit.date, visit._to_local(start).time())
            visit.start = start

    @api.depends("type_id")
    def _compute_duration(self):
        self._take_over("duration")

    @api.depends("type_id")
    def _compute_purpose(self):
        self._take_over("purpose")

    @api.depends("type_id")
    def _compute_agenda(self):
        self._take_over("agenda")

    @api.depends("type_id")
    def _compute_expected_outcome(self):
        self._take_over("expected_outcome")

    def _take_over(self, name):
        """What the type offers, unless somebody wrote something of his own."""
        types = self.env["crm.visit.type"].with_context(active_test=False).search([])
        standard = set(types.mapped(name))
        for visit in self:
            is_standard = not visit[name] or visit[name] in standard
            offered = visit.type_id[name]
            visit[name] = offered if is_standard and offered else visit[name]

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for visit in self:
            name = visit.partner_id.name or ""
            day = visit.date and fields.Date.to_string(visit.date)
            visit.display_name = f"{name}, {day}" if day else name

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(self._prepare_visit_vals(vals_list))
        visits._check_salesperson()
        visits._leave_foreign_plans()
        visits._grade()
        visits.filtered(lambda visit: visit.state == "planned")._plan()
        return visits

    @api.model
    def _prepare_visit_vals(self, vals_list):
        """File a visit to a contact under its company; complete what is imported."""
        partners = self.env["res.partner"]
        prepared = []
        for vals in vals_list:
            self._check_not_measured(vals)
            vals = {**vals}
            partner = partners.browse(vals.get("partner_id"))
            if partner and partner != partner.commercial_partner_id:
                vals.setdefault("contact_id", partner.id)
                vals["partner_id"] = partner.commercial_partner_id.id
            if vals.get("start") and not vals.get("date"):
                company = self.env["res.company"].browse(vals.get("company_id"))
                vals["date"] = self._local_date(vals["start"], company)
            check_out = fields.Datetime.to_datetime(vals.get("check_out"))
            if check_out:
                deadline = check_out + timedelta(hours=REPORT_HOURS)
                vals.setdefault("report_deadline", deadline)
                reported = fields.Datetime.to_datetime(vals.get("report_date"))
                vals.setdefault(
                    "is_report_late", bool(reported) and reported > deadline
                )
            prepared.append(vals)
        return prepared

    def _grade(self):
        """Keep the grade the customer has now, where it is not known yet."""
        ungraded = self.filtered(lambda visit: not visit.grade_id)
        # sudo: the grade is kept with the visit whoever looks after the customer
        customers_sudo = self.env["crm.customer"].sudo()
        grades = {
            (customer.partner_id, customer.company_id): customer.grade_id
            for customer in customers_sudo.with_context(active_test=False).search(
                [
                    ("partner_id", "in", ungraded.partner_id.ids),
                    ("company_id", "in", ungraded.company_id.ids),
                ]
            )
        }
        for visit_sudo in ungraded.sudo():  # measured: nobody may write it
            grade = grades.get((visit_sudo.partner_id, visit_sudo.company_id))
            if grade:
                visit_sudo.grade_id = grade

    def write(self, vals):
        if not self.env.su:
            self._check_typed(vals)
            if {"date", "start"}.intersection(
                vals
            ):  # a person chose: planners leave it
                vals = {"is_pinned": True, **vals}
        if vals.get("start") and "date" not in vals:
            day = self._local_date(vals["start"], self[:1].company_id)
            vals = {**vals, "date": day}
        before = {visit: visit.user_id for visit in self} if "user_id" in vals else {}
        result = super(CrmVisit, self._tracked(vals)).write(vals)
        self._check_written(vals)
        self._follow_write(vals, before)
        return result

    def _follow_write(self, vals, users_before):
        """Let the salespeople's calendars and activities follow the plan."""
        if EVENT_FIELDS.intersection(vals):
            self._update_events(users_before)
        if "user_id" in vals:
            # sudo: the activities of a visit are for whoever makes it
            self.sudo().activity_ids.write({"user_id": vals["user_id"]})

    def unlink(self):
        events = self._own_events()
        result = super().unlink()
        events.unlink()
        return result

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Another customer's contact is not met here."""
        if self.contact_id.commercial_partner_id != self.partner_id:
            self.contact_id = False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(visit.check_in for visit in self):
            raise UserError(
                self.env._("A visit that took place cannot be deleted; it is evidence.")
            )

    @api.onchange("start")
    def _onchange_start(self):
        """The time names the day."""
        if self.start:
            self.date = self._local_date(self.start, self.company_id)

    @api.constrains("start", "date")
    def _check_start(self):
        for visit in self:
            if visit.start and visit._to_local(visit.start).date() != visit.date:
                raise ValidationError(
                    self.env._("The planned time is on another day than the visit.")
                )

    @api.constrains("date")
    def _check_date(self):
        for visit in self:
            if not visit._is_in_reach():
                raise ValidationError(
                    self.env._(
                        "A visit is planned for %(date)s: that is too far ahead.",
                        date=format_date(self.env, visit.date),
                    )
                )

    def _is_in_reach(self):
        """Whether the day is near enough to be meant."""
        last = (self.company_id or self.env.company)._crm_today() + MAX_AHEAD
        return self.date <= last

    @api.constrains("duration")
    def _check_duration(self):
        if any(not 0 <= visit.duration <= 24 for visit in self):
            raise ValidationError(
                self.env._("A visit takes between nothing and 24 hours.")
            )

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Nobody to write to: what colleagues say of a visit is not for customers."""
        return []
