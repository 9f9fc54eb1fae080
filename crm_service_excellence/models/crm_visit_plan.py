# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

PERIOD_MONTHS = {"month": 1, "quarter": 3}
# A plan further ahead than a year is a wish: grades will have changed by then.
MAX_DAYS = 366
MAX_VISITS_PER_DAY = 500
# Written by the buttons.
MEASURED_FIELDS = frozenset({"state", "generated_at", "changes"})


class CrmVisitPlan(models.Model):
    """The visits of one salesperson in a month or a quarter, proposed and confirmed.

    Draft > proposed > confirmed. What is generated is a proposal, that may be generated
    again; a visit that a person has moved or confirmed is left where it is.
    """

    _name = "crm.visit.plan"
    _description = "Visit Plan"
    _inherit = ["crm.measured.mixin", "mail.thread"]
    _order = "date_from desc, user_id, id"
    _check_company_auto = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    period = fields.Selection(
        selection=[
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("custom", "Other period"),
        ],
        default="month",
        required=True,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_date_from(),
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    capacity = fields.Integer(
        string="Visits a day",
        compute="_compute_capacity",
        store=True,
        readonly=False,
        precompute=True,
        help="How many visits fit into a full working day.",
    )
    start_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Starts from",
        default=lambda self: self.env.company.partner_id,
        ondelete="set null",
        help="Address from which each day's tour begins: the office, or home.",
    )
    type_id = fields.Many2one(
        comodel_name="crm.visit.type",
        string="Type of visit",
        default=lambda self: self.env["crm.visit"]._default_type_id(),
        required=True,
        ondelete="restrict",
        domain="[('kind', '=', 'regular')]",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("confirmed", "Confirmed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    generated_at = fields.Datetime(readonly=True, copy=False)
    changes = fields.Json(readonly=True, copy=False)
    visit_ids = fields.One2many(
        comodel_name="crm.visit", inverse_name="plan_id", string="Visits", copy=False
    )
    unplaced_ids = fields.One2many(
        comodel_name="crm.visit.plan.unplaced",
        inverse_name="plan_id",
        string="Not placed",
        readonly=True,
        copy=False,
    )
    visit_count = fields.Integer(compute="_compute_counts")
    proposed_count = fields.Integer(compute="_compute_counts")
    unplaced_count = fields.Integer(compute="_compute_counts")

    _check_dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A plan ends after it begins."
    )

    # DEFAULTS AND COMPUTES

    @api.model
    def _default_date_from(self):
        """The first of next month; of this one in its first week."""
        today = self.env.company._crm_today()
        return (today + relativedelta(days=-7, months=1)).replace(day=1)

    @api.depends("period", "date_from")
    def _compute_date_to(self):
        for plan in self:
            months = PERIOD_MONTHS.get(plan.period)
            if plan.date_from and months:
                try:
                    period = relativedelta(months=months, days=-1)
                    plan.date_to = plan.date_from + period
                except (OverflowError, ValueError):  # the end of time
                    plan.date_to = plan.date_from

    @api.depends("user_id", "company_id")
    def _compute_capacity(self):
        for plan in self:
            if plan.user_id and not plan.capacity:
                plan.capacity = plan._usual_capacity(plan.user_id, plan.company_id)

    @api.model
    def _usual_capacity(self, user, company):
        """Visits a day of a salesperson: as in the latest plan, else the company's."""
        # sudo: a manager's check counts plans whoever made them; a number only
        latest = self.sudo().search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)], limit=1
        )
        return latest.capacity or company.crm_visits_per_day

    @api.depends("visit_ids.state", "unplaced_ids")
    def _compute_counts(self):
        counts = self.env["crm.visit"]._read_group(
            [("plan_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["plan_id", "state"],
            ["__count"],
        )
        for plan in self:
            own = {
                state: number
                for other, state, number in counts
                if other == plan._origin
            }
            plan.visit_count = sum(own.values())
            plan.proposed_count = own.get("proposed", 0)
            plan.unplaced_count = len(plan.unplaced_ids)

    @api.depends("user_id", "period", "date_from", "date_to")
    def _compute_display_name(self):
        for plan in self:
            if plan.period == "month" and plan.date_from:
                span = format_date(self.env, plan.date_from, date_format="MMMM yyyy")
            else:
                span = self.env._(
                    "%(start)s to %(end)s",
                    start=format_date(self.env, plan.date_from),
                    end=format_date(self.env, plan.date_to),
                )
            plan.display_name = self.env._(
                "%(user)s, %(period)s", user=plan.user_id.name or "", period=span
            )

    # CONSTRAINTS

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for plan in self:
            ahead = plan.date_from - plan.company_id._crm_today()
            if ahead.days > MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "A visit plan begins within a year: %(start)s is too far "
                        "ahead.",
                        start=format_date(self.env, plan.date_from),
                    )
                )
            if (plan.date_to - plan.date_from).days >= MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "A visit plan covers a year at most: from %(start)s to "
                        "%(end)s is longer.",
                        start=format_date(self.env, plan.date_from),
                        end=format_date(self.env, plan.date_to),
                    )
                )

    @api.constrains("capacity")
    def _check_capacity(self):
        if any(not 1 <= plan.capacity <= MAX_VISITS_PER_DAY for plan in self):
            raise ValidationError(
                self.env._(
                    "Between 1 and %(number)s visits fit into a day.",
                    number=MAX_VISITS_PER_DAY,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        kept = self.visit_ids.filtered(
            lambda visit: visit.state not in ("proposed", "cancelled")
        )
        if kept:
            raise UserError(
                self.env._(
                    "%(plan)s has visits that are confirmed or made. Cancel what is "
                    "not to take place; the plan stays as evidence.",
                    plan=kept[0].plan_id.display_name,
                )
            )

    def unlink(self):
        """Proposals go with their plan."""
        self._unlink_except_confirmed()
        # sudo: a proposal is nobody's record; whoever may delete the plan may drop it
        self.visit_ids.sudo().filtered(lambda v: v.state == "proposed").unlink()
        return super().unlink()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_measured(vals)
        plans = super().create(vals_list)
        plans._check_salesperson()
        return plans

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | MEASURED_FIELDS

    @api.model
    def _check_not_measured(self, vals):
        if not self.env.su and MEASURED_FIELDS.intersection(vals):
            raise UserError(
                self.env._("A plan is proposed and confirmed by its buttons.")
            )

    def _check_salesperson(self):
        """:raise ValidationError: for who does not work for the plan's company"""
        if self.env.su:
            return
        for plan in self:
            if not plan.user_id._crm_works_for(plan.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s.",
                        user=plan.user_id.name,
                        company=plan.company_id.name,
                    )
                )

    def write(self, vals):
        self._check_not_measured(vals)
        if {"user_id", "company_id"} & set(vals) and self.visit_ids:
            raise UserError(
                self.env._(
                    "The plan has visits. Hand them over instead of changing whose "
                    "plan it is."
                )
            )
        result = super().write(vals)
        if not self.env.su and {"user_id", "company_id"} & set(vals):
            self.check_access("create")  # nobody plans in a colleague's name
            self._check_salesperson()
        return result

    # ACTIONS

    def action_confirm(self):
        """Confirm the proposed visits: they enter the salesperson's calendar.

        Nobody but the salesperson hears of it.
        """
        self.check_access("write")
        for plan in self:
            proposed = plan.visit_ids.filtered(lambda v: v.state == "proposed")
            if not proposed:
                raise UserError(
                    self.env._(
                        "%(plan)s has no proposed visit to confirm.",
                        plan=plan.display_name,
                    )
                )
            plan._set_times(proposed)
            proposed._plan()
            plan.sudo().state = "confirmed"  # checked above; not writable by RPC
        return True

    def action_view_calendar(self):
        """The plan's visits on a calendar, where they can be dragged."""
        return self._visits_action("calendar,list,kanban,form", self.date_from)

    def action_view_visits(self):
        """The plan's visits day by day."""
        return self._visits_action("list,calendar,kanban,form", self.date_from)

    def _visits_action(self, view_mode, start):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_visit_action_all"
        )
        for key in ("id", "path"):  # by these the client would take the general name
            action.pop(key, None)
        modes = view_mode.split(",")
        return {
            **action,
            "name": self.display_name,
            "display_name": self.display_name,
            "view_mode": view_mode,
            "views": [(False, mode) for mode in modes],
            "domain": [("plan_id", "=", self.id), ("state", "!=", "cancelled")],
            "context": {
                "default_plan_id": self.id,
                "default_user_id": self.user_id.id,
                "initial_date": date.isoformat(
                    max(start, min(self.company_id._crm_today(), self.date_to))
                ),
                "group_by": ["date:day"],
            },
        }

    def _days_between(self):
        """Every date of the plan."""
        self.ensure_one()
        length = (self.date_to - self.date_from).days
        return [self.date_from + timedelta(days=day) for day in range(length + 1)]
