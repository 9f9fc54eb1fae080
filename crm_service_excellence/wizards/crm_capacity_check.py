# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ..tools.cadence import fitting_interval

MAX_MONTHS = 12
MAX_AHEAD = timedelta(days=366)


class CrmCapacityCheck(models.TransientModel):
    """Whether what the frequencies promise can be kept at all, before planning it."""

    _name = "crm.capacity.check"
    _description = "Capacity Check"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="First month",
        required=True,
        default=lambda self: self.env.company._crm_today().replace(day=1),
    )
    months = fields.Integer(default=3, required=True)
    line_ids = fields.One2many(
        comodel_name="crm.capacity.check.line",
        inverse_name="check_id",
        compute="_compute_line_ids",
        compute_sudo=False,  # of the customers that the reader may see
        store=True,
    )

    @api.constrains("months")
    def _check_months(self):
        if any(not 1 <= check.months <= MAX_MONTHS for check in self):
            raise ValidationError(
                self.env._(
                    "The check looks at 1 to %(months)s months.", months=MAX_MONTHS
                )
            )

    @api.constrains("date_from")
    def _check_date_from(self):
        if not all(check._is_in_reach() for check in self):
            raise ValidationError(
                self.env._("The check begins within a year from today.")
            )

    def _is_in_reach(self):
        today = self.company_id._crm_today()
        return bool(self.date_from) and self.date_from <= today + MAX_AHEAD

    @api.depends("company_id", "date_from", "months")
    def _compute_line_ids(self):
        for check in self:
            is_sound = 1 <= check.months <= MAX_MONTHS and check._is_in_reach()
            lines = check._measure() if is_sound else []
            check.line_ids = [Command.clear(), *map(Command.create, lines)]

    def _measure(self):
        """Values of a line for each salesperson and month."""
        first = self.date_from.replace(day=1)
        plans = self.env["crm.visit.plan"]
        capacities, lines = {}, []
        for number in range(self.months):
            start = first + relativedelta(months=number)
            end = start + relativedelta(months=1, days=-1)
            start = max(start, self.company_id._crm_today())
            if start > end:
                continue
            for user, asked in self._asked_for(start, end).items():
                worked, _away = user._crm_workdays(self.company_id, start, end)
                if user not in capacities:
                    capacities[user] = plans._usual_capacity(user, self.company_id)
                lines.append(
                    {
                        "user_id": user.id,
                        "month": start.replace(day=1),
                        "customer_count": asked["customers"],
                        "contact_count": asked["contacts"],
                        "visit_count": asked["visits"],
                        "working_days": len(worked),
                        "capacity": len(worked) * capacities[user],
                    }
                )
        return lines

    def _asked_for(self, start, end):
        """What falls due between two dates, in one statement; once if overdue.

        :return: ``{user: {"customers", "contacts", "visits"}}``
        """
        customers = self.env["crm.customer"]
        # under the reader's own rights: whoever sees own customers checks own work
        query = customers._search(
            [("company_id", "=", self.company_id.id), ("user_id", "!=", False)]
        )

        def count(due, interval):
            return SQL(
                """COALESCE(SUM((%(end)s::date - GREATEST(%(due)s, %(start)s))
                       / %(interval)s + 1)
                   FILTER (WHERE %(due)s <= %(end)s AND %(interval)s > 0), 0)""",
                due=due,
                interval=interval,
                start=start,
                end=end,
            )

        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT customer.user_id, COUNT(*), %(contacts)s, %(visits)s
                     FROM crm_customer customer
                     JOIN (%(grades)s) grade ON grade.id = customer.grade_id
                      AND grade.company_id = customer.company_id
                    WHERE customer.id IN %(query)s AND customer.active
                    GROUP BY customer.user_id""",
                contacts=count(
                    SQL("customer.next_contact_date"),
                    SQL(
                        "COALESCE(NULLIF(customer.contact_interval, 0), "
                        "grade.contact_days)"
                    ),
                ),
                visits=count(
                    SQL("customer.next_visit_date"),
                    SQL(
                        "COALESCE(NULLIF(customer.visit_interval, 0), grade.visit_days)"
                    ),
                ),
                grades=customers._grade_terms_sql([self.company_id.id]),
                query=query.subselect(),
            )
        )
        users = self.env["res.users"]
        asked = defaultdict(dict)
        for user_id, number, contacts, visits in self.env.cr.fetchall():
            asked[users.browse(user_id)] = {
                "customers": number,
                "contacts": int(contacts),
                "visits": int(visits),
            }
        return asked


class CrmCapacityCheckLine(models.TransientModel):
    _name = "crm.capacity.check.line"
    _description = "Capacity of a Salesperson in a Month"
    _order = "month, load desc, id"

    check_id = fields.Many2one(
        comodel_name="crm.capacity.check", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", ondelete="cascade"
    )
    month = fields.Date()
    month_name = fields.Char(string="In", compute="_compute_month_name")
    customer_count = fields.Integer(string="Customers")
    contact_count = fields.Integer(string="Contacts", help="Asked for in the month.")
    visit_count = fields.Integer(string="Visits", help="Asked for in the month.")
    working_days = fields.Integer(string="Days", help="Days worked in the month.")
    capacity = fields.Integer(string="Possible", help="Visits that there is time for.")
    load = fields.Float(compute="_compute_load", store=True, aggregator="avg")
    advice = fields.Text(compute="_compute_advice")

    @api.depends("month")
    def _compute_month_name(self):
        for line in self:
            line.month_name = format_date(self.env, line.month, date_format="MMM yyyy")

    @api.depends("visit_count", "capacity")
    def _compute_load(self):
        for line in self:
            line.load = line.visit_count / line.capacity if line.capacity else 0.0

    @api.depends("visit_count", "capacity", "working_days")
    def _compute_advice(self):
        for line in self:
            line.advice = line._advise()

    def _advise(self):
        """What would make it fit, in words; nothing where it does."""
        if self.visit_count <= self.capacity:
            return False
        if not self.capacity:
            return self.env._("No working day: hand the visits over.")
        a_day = -(-self.visit_count // self.working_days)
        cadences = self.env["crm.cadence"]._terms(self.check_id.company_id)
        fits = [
            self.env._(
                "%(grade)s every %(days)s days",
                grade=grade.name,
                days=fitting_interval(
                    cadence.interval_days, self.visit_count, self.capacity
                ),
            )
            for (grade, kind), cadence in sorted(
                cadences.items(), key=lambda item: item[0][0].sequence
            )
            if kind == "visit"
        ]
        return self.env._(
            "%(asked)s visits, time for %(possible)s. It would fit with %(a_day)s "
            "visits a day, or with %(intervals)s.",
            asked=self.visit_count,
            possible=self.capacity,
            a_day=a_day,
            intervals=", ".join(fits),
        )
