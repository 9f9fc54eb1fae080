# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Plan a quarter of visits for all customers of the CDNOW log, over five salespeople.

The log ends in 1998, the plan begins today: customers are followed since some day of
the interval that has just passed, spread evenly, as in a company that has always
visited them.  Run again, nothing is planned twice.
"""

import math
from dataclasses import dataclass

from odoo import fields
from odoo.tools import SQL

#: those who make the visits, and log in with the first word of their name
SALESPEOPLE = ("Anna", "Boris", "Carla", "David", "Elena")
#: a grade that the shipped cadences leave without visits gets one a quarter
QUARTERLY = 90
#: hours of a visit: hundreds of customers a month are called on in passing
DURATION = 0.05
#: more room than the visits need on average: the best grades fill some days first
SLACK = 1.5
MODULE = "crm_service_excellence"


@dataclass(frozen=True)
class Result:
    """What planning came to."""

    customers: int
    visits: int
    unplaced: int
    new: int
    capacity: int

    def __str__(self) -> str:
        return (
            f"{self.visits} visits to {self.customers} customers ({self.new} planned "
            f"now), {self.unplaced} unplaced, at most {self.capacity} a day"
        )


def ensure_salespeople(env, company):
    """Return the five salespeople of the company, created where missing."""
    users = env["res.users"].with_context(no_reset_password=True, active_test=False)
    groups = env.ref("sales_team.group_sale_salesman") | (
        env.ref(f"{MODULE}.group_care_own", raise_if_not_found=False)
        or env["res.groups"]
    )
    found = {
        user.login: user for user in users.search([("login", "=like", "cdnow\\_%")])
    }
    missing = [name for name in SALESPEOPLE if login(name) not in found]
    created = users.create(
        [
            {
                "name": f"{name} ({company.name})",
                "login": login(name),
                "password": login(name),
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(6, 0, groups.ids)],
            }
            for name in missing
        ]
    )
    found.update((user.login, user) for user in created)
    return users.browse(found[login(name)].id for name in SALESPEOPLE)


def login(name: str) -> str:
    """Return the login, and password, of a salesperson."""
    return f"cdnow_{name.lower()}"


def share(env, partners: dict[int, int], salespeople) -> int:
    """Share the customers out evenly; return how many changed hands."""
    changed = 0
    for position, user in enumerate(salespeople):
        theirs = [
            partner
            for customer, partner in partners.items()
            if customer % len(salespeople) == position
        ]
        others = env["res.partner"].search(
            [("id", "in", theirs), ("user_id", "!=", user.id)]
        )
        others.write({"user_id": user.id})
        changed += len(others)
    return changed


def plan(env, salespeople) -> Result:
    """Plan the visits of a quarter, from today, for each of the salespeople."""
    company = env.company
    ensure_cadences(env)
    followed = follow(env)
    today = company._crm_today()
    plans = ensure_plans(env, salespeople, today)
    before = count(env, plans)
    if followed or any(each.state == "draft" for each in plans):
        capacity = fit(env, plans)
        plans.write({"capacity": capacity})
        plans.action_generate()
    visits = count(env, plans)
    env.cr.execute(
        "SELECT count(*) FROM crm_visit_plan_unplaced WHERE plan_id = ANY(%s)",
        [plans.ids],
    )
    [unplaced] = env.cr.fetchone()
    env.cr.execute(
        "SELECT count(DISTINCT partner_id) FROM crm_visit WHERE plan_id = ANY(%s)",
        [plans.ids],
    )
    [customers] = env.cr.fetchone()
    capacity = max(plans.mapped("capacity"))
    return Result(customers, visits, unplaced, visits - before, capacity)


def count(env, plans) -> int:
    """Return how many visits the plans have."""
    return env["crm.visit"].search_count([("plan_id", "in", plans.ids)])


def ensure_cadences(env) -> None:
    """Have every grade visited in this company."""
    terms = env["crm.cadence"]._terms(env.company)
    env["crm.cadence"].create(
        [
            {
                "grade_id": grade.id,
                "kind": "visit",
                "interval_days": QUARTERLY,
                "company_id": env.company.id,
            }
            for grade in env["crm.grade"].search([])
            if (grade, "visit") not in terms
        ]
    )


def follow(env) -> int:
    """Let visits fall due over the coming interval of each grade, not all in 1998.

    :return: customers that were followed since the days of the log until now
    """
    env.flush_all()
    terms = env["crm.cadence"]._terms(env.company)
    today = env.company._crm_today()
    followed = 0
    for grade in env["crm.grade"].search([]):
        interval = terms[grade, "visit"].interval_days
        env.cr.execute(
            SQL(
                """UPDATE crm_customer
                      SET cadence_start = %(today)s::date - partner_id %% %(interval)s
                    WHERE company_id = %(company)s AND grade_id = %(grade)s
                      AND last_touch_date IS NULL
                      AND cadence_start < %(today)s::date - 366""",
                today=today,
                interval=interval,
                company=env.company.id,
                grade=grade.id,
            )
        )
        followed += env.cr.rowcount
    if followed:
        env["crm.customer"]._move_due_dates(env.company)
        env.cr.execute("ANALYZE crm_customer")
    return followed


def ensure_plans(env, salespeople, today):
    """Return each salesperson's plan of the quarter that today lies in."""
    plans = env["crm.visit.plan"]
    kind = ensure_type(env)
    for user in salespeople:
        current = plans.search(
            [
                ("user_id", "=", user.id),
                ("company_id", "=", env.company.id),
                ("period", "=", "quarter"),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ],
            limit=1,
        )
        plans |= current or plans.create(
            {
                "user_id": user.id,
                "company_id": env.company.id,
                "period": "quarter",
                "date_from": today,
                "type_id": kind.id,
            }
        )
    return plans


def ensure_type(env):
    """Return the type of a visit in passing."""
    kind = env["crm.visit.type"].with_context(active_test=False)
    return kind.search([("code", "=", "cdnow")]) or kind.create(
        {
            "name": "Call in passing",
            "code": "cdnow",
            "sequence": 90,
            "duration": DURATION,
            "purpose": "Ask how the last purchase is liked",
        }
    )


def fit(env, plans) -> int:
    """Return the visits a day that the busiest salesperson needs, with some slack."""
    capacities = [1]
    for each in plans:
        env.cr.execute(
            SQL(
                """SELECT COALESCE(SUM(1 + (%(end)s - GREATEST(
                              customer.next_visit_date, %(start)s)) / grade.visit_days),
                                   0)
                     FROM crm_customer customer
                     JOIN (%(grades)s) grade ON grade.id = customer.grade_id
                      AND grade.company_id = customer.company_id
                    WHERE customer.company_id = %(company)s
                      AND customer.user_id = %(user)s AND customer.active
                      AND customer.next_visit_date <= %(end)s""",
                grades=env["crm.customer"]._grade_terms_sql(env.company.ids),
                company=env.company.id,
                user=each.user_id.id,
                start=fields.Date.to_date(each.date_from),
                end=fields.Date.to_date(each.date_to),
            )
        )
        [needed] = env.cr.fetchone()
        worked, _away = each.user_id._crm_workdays(
            env.company, each.date_from, each.date_to
        )
        if worked:
            capacities.append(math.ceil(int(needed) * SLACK / len(worked)))
    return max(capacities)
