# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Visit plans on real connections, run inside Odoo by ``test_plan_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

import sys
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import Command

from tests.racing import race, say_and_wait

CUSTOMERS = 12
STORE = "_store_visits"
env = globals()["env"]  # given by dev.script


def fixture():
    """A salesperson with customers of the best grade, due every 30 days."""
    seller = env["res.users"].create(
        {
            "name": "Racer",
            "login": "plan_racer",
            "group_ids": [
                Command.set(
                    [
                        env.ref("base.group_user").id,
                        env.ref("crm_service_excellence.group_care_own").id,
                    ]
                )
            ],
        }
    )
    partners = env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "customer_rank": 1,
                "company_id": env.company.id,
                "user_id": seller.id,
            }
            for number in range(CUSTOMERS)
        ]
    )
    customers = env["crm.customer"]
    customers._refresh(partner_ids=partners.ids)
    rows = customers.search([("partner_id", "in", partners.ids)])
    rows.grade_id = env["crm.grade"].search([], limit=1)
    customers._refresh(partner_ids=partners.ids)
    env.cr.commit()
    return seller


def make_plan(seller, **values):
    """A plan of the next 60 days."""
    today = env.company._crm_today()
    plan = env["crm.visit.plan"].create(
        {
            "user_id": seller.id,
            "period": "custom",
            "date_from": today,
            "date_to": today + timedelta(days=60),
            "capacity": 4,
            **values,
        }
    )
    env.cr.commit()
    return plan


def generate(plan_id, own):
    """Generate a plan in a transaction of its own."""
    return own["crm.visit.plan"].browse(plan_id).action_generate()


def check_once(seller):
    """Each need is served by one visit, and no day takes more than fits."""
    visits = env["crm.visit"].search([("user_id", "=", seller.id)])
    needs = [(visit.partner_id, visit.due_date) for visit in visits]
    assert len(needs) == len(set(needs)), "a need is booked twice"
    # due today and thirty days on, and sixty days on
    by_partner = visits.grouped("partner_id")
    assert len(by_partner) == CUSTOMERS, len(by_partner)
    for partner, theirs in by_partner.items():
        dates = sorted(theirs.mapped("date"))
        gaps = [(two - one).days for one, two in zip(dates, dates[1:], strict=False)]
        assert all(gap >= 18 for gap in gaps), (partner.name, dates)
    for day, theirs in visits.grouped("date").items():
        assert len(theirs) <= 4, (day, len(theirs))
    return visits


def races():
    """Two generations of one plan, then two plans of one salesperson, at one moment."""
    seller = fixture()
    plan = make_plan(seller)
    results = race(env, partial(generate, plan.id), partial(generate, plan.id))
    assert results == [True, True], results
    first = check_once(seller)
    assert first.plan_id == plan

    first.unlink()
    env.cr.commit()
    plans = [make_plan(seller), make_plan(seller)]
    results = race(env, *(partial(generate, one.id) for one in plans))
    assert results == [True, True], results
    check_once(seller)

    # somebody confirms while the plan is generated again: no visit is lost or doubled
    plan = plans[0] if plans[0].visit_ids else plans[1]

    def confirm(own):
        return own["crm.visit.plan"].browse(plan.id).action_confirm()

    results = race(env, confirm, partial(generate, plan.id))
    assert True in results, results
    visits = check_once(seller)
    planned = visits.filtered(lambda visit: visit.state == "planned")
    assert planned, results
    assert len(planned.calendar_event_id) == len(planned)


def killed():
    """Generate, and say so with all visits written but nothing committed."""
    seller = env["res.users"].search([("login", "=", "plan_racer")])
    env["crm.visit"].search([("state", "=", "proposed")]).unlink()
    plan = make_plan(seller, capacity=3)
    plans = type(plan)
    store = getattr(plans, STORE)

    def say(self, *arguments):
        result = store(self, *arguments)
        say_and_wait("written")  # the parent kills us here
        return result

    with patch.object(plans, STORE, say):
        plan.action_generate()


def resumed():
    """A clean re-run after the kill: all visits, each once."""
    seller = env["res.users"].search([("login", "=", "plan_racer")])
    plan = env["crm.visit.plan"].search([("capacity", "=", 3)])
    assert plan and not plan.visit_ids and plan.state == "draft"
    plan.action_generate()
    env.cr.commit()
    check_once(seller)


def main(step):
    {"races": races, "killed": killed, "resumed": resumed}[step]()


main(sys.argv[1])
