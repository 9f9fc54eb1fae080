# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From what is due to a proposal: needs, working days, schedule, tours, rows.

One plan is a handful of statements whatever the number of customers. It can be
generated again at any time: only proposals that nobody has touched move.
"""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools.geo import as_place, gcj02_to_wgs84
from ..tools.route import order_stops
from ..tools.visit_scheduler import Day, Demand, schedule

OPEN_STATES = ("proposed", "planned", "in_progress", "done")


class Customer(NamedTuple):
    """What the planner needs to know of a customer whose visits are due."""

    partner_id: int
    next_visit: object
    interval: int
    tolerance: int
    rank: int
    grade_id: int
    place: tuple | None
    city: str
    paused_until: object


class CrmVisitPlan(models.Model):
    _inherit = "crm.visit.plan"

    def action_generate(self):
        """Propose the visits that are due in the period; again, to plan anew.

        Confirmed, started and pinned visits stay; untouched proposals move or go.

        :raise UserError: archived salesperson, period over, no working day in it
        """
        self.check_access("write")
        for plan in self:
            plan._generate()
        return True

    def _generate(self):
        """Plan once; safe to repeat, and to run twice at once: one plan results."""
        self.ensure_one()
        self.env.flush_all()
        # Written first: of two generations at once the second meets a conflict, is
        # tried again by Odoo, and finds what the first has planned
        self.env.cr.execute(
            SQL(
                "UPDATE crm_visit_plan SET generated_at = %s WHERE id = %s",
                fields.Datetime.now(),
                self.id,
            )
        )
        start = self._first_day()
        worked, away = self._worked_days(start)
        customers = self._due_customers()
        closed = self._closed_weekdays(customers, worked)
        demands, raw_dues = self._demands(customers, closed, start, min(worked))
        placed, unplaced = schedule(demands, self._days(worked))
        by_partner = {customer.partner_id: customer for customer in customers}
        rows = self._ordered_rows(placed, by_partner, raw_dues)
        changes = self._store_visits(rows, by_partner)
        self._store_unplaced(unplaced, by_partner, raw_dues, away)
        # sudo: state and changes are written by this method alone; checked above
        self.sudo().write({"state": "proposed", "changes": changes})
        self.env["crm.visit"].invalidate_model()
        self.invalidate_recordset(["visit_ids", "unplaced_ids"])

    # WHEN

    def _first_day(self):
        """The first day that can still be planned.

        :raise UserError: archived salesperson; the period is over
        """
        if not self.user_id.active:
            raise UserError(
                self.env._(
                    "%(user)s is archived. Hand the customers over, "
                    "and plan for their new account manager.",
                    user=self.user_id.name,
                )
            )
        start = max(self.date_from, self.company_id._crm_today())
        if start > self.date_to:
            raise UserError(
                self.env._(
                    "The period ended on %(date)s: there is nothing left to plan.",
                    date=format_date(self.env, self.date_to),
                )
            )
        return start

    def _worked_days(self, start):
        worked, away = self.user_id._crm_workdays(self.company_id, start, self.date_to)
        if not worked:
            raise UserError(
                self.env._(
                    "%(user)s has no working time from %(start)s to %(end)s. "
                    "Check working hours, closures and leaves.",
                    user=self.user_id.name,
                    start=format_date(self.env, start),
                    end=format_date(self.env, self.date_to),
                )
            )
        return worked, away

    def _days(self, worked):
        """Working days with what they take and what is booked on them already."""
        booked = dict(
            self.env["crm.visit"]
            .sudo()  # what fills a day counts, whoever may see it
            ._read_group(
                [
                    ("user_id", "=", self.user_id.id),
                    ("date", "in", list(worked)),
                    ("state", "in", [*OPEN_STATES, "reported"]),
                    "!",
                    *self._movable_domain(),
                ],
                ["date:day"],
                ["__count"],
            )
        )
        minutes = max(self.type_id.duration * 60, 1)
        days = []
        for day, intervals in worked.items():
            fits = sum(
                int((end - start).total_seconds() // 60 // minutes)
                for start, end in intervals
            )
            days.append(Day(day, min(self.capacity, fits), booked.get(day, 0)))
        return days

    def _movable_domain(self):
        """Proposals of this plan that nobody has touched, as one domain term."""
        return [
            "&",
            "&",
            ("plan_id", "=", self.id),
            ("state", "=", "proposed"),
            ("is_pinned", "=", False),
        ]

    # WHO

    def _due_customers(self):
        """Customers of the salesperson to whom a visit is due at some time."""
        cadences = self.env["crm.cadence"]
        tolerances = {
            grade.id: cadence.tolerance_days
            for (grade, kind), cadence in cadences._terms(self.company_id).items()
            if kind == "visit"
        }
        customers = self.env["crm.customer"]
        self.env.cr.execute(
            SQL(
                """SELECT customer.partner_id, customer.next_visit_date,
                          COALESCE(NULLIF(customer.visit_interval, 0),
                                   grade.visit_days),
                          customer.visit_interval > 0, grade.position,
                          customer.grade_id, partner.partner_latitude,
                          partner.partner_longitude, partner.crm_coordinate_system,
                          COALESCE(partner.city, ''), customer.cadence_paused_until
                     FROM crm_customer customer
                     JOIN (%(grades)s) grade ON grade.id = customer.grade_id
                      AND grade.company_id = customer.company_id
                     JOIN res_partner partner ON partner.id = customer.partner_id
                    WHERE customer.company_id = %(company)s
                      AND customer.user_id = %(user)s AND customer.active
                      AND customer.next_visit_date <= %(end)s
                    ORDER BY customer.partner_id""",
                grades=customers._grade_terms_sql([self.company_id.id]),
                company=self.company_id.id,
                user=self.user_id.id,
                end=self.date_to,
            )
        )
        return [
            Customer(
                partner_id,
                due,
                interval,
                cadences._default_tolerance(interval)
                if is_own
                else tolerances.get(grade_id, 0),
                rank,
                grade_id,
                _place(latitude, longitude, system),
                city,
                paused_until,
            )
            for (
                partner_id, due, interval, is_own, rank, grade_id,
                latitude, longitude, system, city, paused_until,
            ) in self.env.cr.fetchall()
        ]  # fmt: skip

    def _demands(self, customers, closed, start, first_worked):
        """Each visit that falls due in the period and is not booked yet.

        An overdue visit is due when planning starts; if nothing is worked for longer
        than its tolerance, on the first day that is: it is late anyhow. What is booked
        serves the need it was planned for, wherever it has been moved, or else the due
        date that it lies before or within the tolerance of.

        :return: demands, and ``{key: date the visit was really due}``
        """
        booked = self._booked(customers)
        nobody = frozenset()
        demands, raw_dues = [], {}
        end = self.date_to
        for customer in customers:
            partner_id, due, interval, tolerance, rank = customer[:5]
            receives = closed.get(partner_id, nobody)
            visits = booked.get(partner_id)
            if customer.paused_until:
                # the window must not open before the pause ends
                earliest = customer.paused_until + timedelta(days=tolerance + 1)
                target = max(due, start, earliest)
            else:
                target = due if due > start else start
            step = timedelta(days=interval)
            leeway = timedelta(days=tolerance)
            if due < start and target + leeway < first_worked:
                target = first_worked
            raw = due
            while target <= end:
                number = _serving(visits, raw, target + leeway) if visits else None
                if number is not None:
                    _day, aimed, _due = visits.pop(number)
                    target = max(aimed, start - step) + step
                    raw = target
                    continue
                key = (partner_id, raw)
                demands.append(Demand(key, rank, target, tolerance, receives))
                raw_dues[key] = raw
                target += step
                raw = target
        return demands, raw_dues

    def _booked(self, customers):
        """Visits that will serve a need; confidential ones serve none.

        A proposal of another plan whose day went by unconfirmed goes: it would keep
        its customer out of every plan.

        :return: ``{partner id: [(date, date aimed at, due date)]}``
        """
        self.env.cr.execute(
            SQL(
                """SELECT state = 'proposed' AND is_pinned IS NOT TRUE
                              AND date < %(today)s AS is_lapsed,
                          id, partner_id, date, COALESCE(target_date, date), due_date
                     -- by customer alone (OFFSET 0): without statistics, as when many
                     -- plans are generated at once, each would read the whole company
                     FROM (SELECT * FROM crm_visit
                            WHERE partner_id = ANY(%(partners)s) OFFSET 0) visit
                    WHERE company_id = %(company)s
                      AND active AND state = ANY(%(states)s)
                      AND NOT EXISTS (SELECT FROM crm_visit_type type
                                       WHERE type.id = type_id
                                         AND type.is_confidential)
                      AND NOT (plan_id IS NOT DISTINCT FROM %(plan)s
                               AND state = 'proposed'
                               AND is_pinned IS NOT TRUE)
                    ORDER BY partner_id, date, id""",
                company=self.company_id.id,
                partners=[customer.partner_id for customer in customers],
                states=list(OPEN_STATES),
                plan=self.id,
                today=self.company_id._crm_today(),
            )
        )
        booked, lapsed_ids = defaultdict(list), []
        for is_lapsed, visit_id, partner_id, *visit in self.env.cr.fetchall():
            if is_lapsed:
                lapsed_ids.append(visit_id)
            else:
                booked[partner_id].append(tuple(visit))
        self._drop_lapsed(lapsed_ids)
        return booked

    def _closed_weekdays(self, customers, worked):
        """Weekdays on which a customer receives nobody while the salesperson works.

        :return: ``{partner id: frozenset of weekdays}``, of who has contact hours
        """
        hours = (
            self.env["crm.contact.hours"]
            .sudo()  # when the customer receives, not who they are
            .search([("partner_id", "in", [row.partner_id for row in customers])])
        )
        # the longest day of each weekday: one shortened Monday is not all of them
        longest = sorted(worked, key=lambda day: _length(worked[day]))
        samples = {day.weekday(): (day, worked[day]) for day in longest}
        needed = timedelta(hours=self.type_id.duration)
        return {
            partner.id: frozenset(
                weekday
                for weekday, (day, intervals) in samples.items()
                if not windows._admit(day, intervals, needed, self.company_id)
            )
            for partner, windows in hours.grouped("partner_id").items()
        }

    # TOURS

    def _ordered_rows(self, placed, by_partner, raw_dues):
        """Rows to store, each day's stops in the order of its tour.

        :return: ``[(partner id, date, sequence, raw due, target, tolerance, grade)]``
        """
        by_day = defaultdict(list)
        for demand, day in placed:
            by_day[day].append(demand)
        start = _partner_place(self.start_partner_id)
        rows = []
        for day in sorted(by_day):
            stops = []
            for demand in by_day[day]:
                customer = by_partner[demand.key[0]]
                stops.append((demand.key, customer.place, customer.city))
            targets = {demand.key: demand for demand in by_day[day]}
            for number, stop in enumerate(order_stops(stops, start), start=1):
                key = stop[0]
                demand = targets[key]
                rows.append(
                    (
                        key[0],
                        day,
                        10 * number,
                        raw_dues[key],
                        demand.due,
                        demand.tolerance,
                        by_partner[key[0]].grade_id,
                    )
                )
        return rows


def _serving(visits, raw, latest):
    """Number of the booked visit that serves a need, None if none does.

    :param visits: ``[(date, date aimed at, due date)]``, sorted
    :param raw: when the need is due, latest: last day on which it is served in time
    """
    for number, (_day, _aimed, due) in enumerate(visits):
        if due == raw:
            return number
    return 0 if visits and visits[0][0] <= latest else None


def _length(intervals):
    return sum((end - start for start, end in intervals), timedelta())


def _place(latitude, longitude, system):
    """Where a customer is, as a satellite would say; None if that is unknown."""
    place = as_place(latitude, longitude)
    return gcj02_to_wgs84(place) if place and system == "gcj02" else place


def _partner_place(partner):
    return _place(
        partner.partner_latitude,
        partner.partner_longitude,
        partner.crm_coordinate_system,
    )
