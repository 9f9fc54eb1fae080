# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Races on real connections, run inside Odoo by ``test_grading_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

import sys
from datetime import date, timedelta
from functools import partial
from unittest.mock import patch

from tests.racing import race, say

AS_OF = date(2026, 3, 1)
REFRESH = "odoo.addons.crm_service_excellence.models.crm_customer_refresh"
env = globals()["env"]  # given by dev.script


def fixture():
    """Twelve opportunities' customers and an active policy for their company."""
    env["res.partner"].create(
        [
            {
                "name": f"Racer {number}",
                "customer_rank": 1,
                "company_id": env.company.id,
            }
            for number in range(12)
        ]
    )
    env.cr.commit()


def doubles():
    """Customers that are there twice, and first grades that were recorded twice."""
    env.cr.execute(
        """SELECT COUNT(*) - COUNT(DISTINCT (partner_id, company_id))
             FROM crm_customer"""
    )
    [customers] = env.cr.fetchone()
    env.cr.execute(
        """SELECT COUNT(*) - COUNT(DISTINCT customer_id)
             FROM crm_grade_change WHERE kind = 'first'"""
    )
    [changes] = env.cr.fetchone()
    return customers, changes


def grade(own):
    run = own["crm.grade.policy"]._run(as_of=AS_OF)
    return run.state


def race_two_runs():
    """One grades; the other is told, or finds all done. Nothing is doubled."""
    results = race(env, grade, grade)
    states = [result for result in results if result == "done"]
    refused = [r for r in results if type(r).__name__ == "GradingUnderWay"]
    assert states and len(states) + len(refused) == 2, results
    assert doubles() == (0, 0), doubles()
    ungraded = env["crm.customer"].search_count([("grade_id", "=", False)])
    assert not ungraded, ungraded


def race_refreshes():
    """Two people press Refresh on new customers at one moment."""
    partners = env["res.partner"].create(
        [{"name": f"Late {n}", "customer_rank": 1} for n in range(3)]
    )
    env.cr.commit()

    def refresh(own):
        return own["crm.customer"]._refresh(partner_ids=partners.ids, as_of=AS_OF)

    results = race(env, refresh, refresh, refresh)
    assert all(isinstance(result, int) for result in results), results
    assert doubles() == (0, 0), doubles()


def race_override_and_run():
    """A manager overrides while the night's run writes: the decision is not lost."""
    customer = env["crm.customer"].search([("grade_id", "!=", False)], limit=1)
    best = env["crm.grade"].search([], limit=1)
    until = env.company._crm_today() + timedelta(days=30)

    def override(own):
        own["crm.customer"].browse(customer.id)._set_override(
            own["crm.grade"].browse(best.id), "Race", until
        )
        return "overridden"

    def grade_next_day(own):
        # a new first order for everybody would be slow to make: tenure is not measured,
        # so move the score by hand to let the run write each row
        own.cr.execute("UPDATE crm_customer SET score = 1 WHERE score = 0")
        return own["crm.grade.policy"]._run(as_of=AS_OF).state

    results = race(env, override, grade_next_day)
    assert results == ["overridden", "done"], results
    assert customer.grade_id == best, customer.grade_id.name
    assert customer.override_reason == "Race"
    kinds = customer.change_ids.mapped("kind")
    assert kinds.count("override") == 1, kinds


def race_activations():
    """Two drafts activated at one moment: one is active in the end."""
    active = env["crm.grade.policy"]._get_active(env.company)
    drafts = [
        env["crm.grade.policy"].browse(active.action_new_version()["res_id"])
        for _number in range(2)
    ]
    env.cr.commit()

    def activate(draft, own):
        return own["crm.grade.policy"].browse(draft.id).action_activate()

    race(env, *(partial(activate, draft) for draft in drafts))
    active = env["crm.grade.policy"].search([("state", "=", "active")])
    assert len(active) == 1, active.mapped("display_name")


def killed():
    """Grade in batches of one, saying so after each: the parent kills us midway."""
    runs = type(env["crm.grade.run"])
    add_batch = runs._add_batch

    def add_and_say(run, result, columns, upto_id):
        add_batch(run, result, columns, upto_id)
        say(f"batch {upto_id}")

    with (
        patch.object(runs, "_add_batch", add_and_say),
        patch(f"{REFRESH}.BATCH_SIZE", 1),
    ):
        env["crm.grade.policy"]._run(as_of=AS_OF + timedelta(days=1))


def resumed():
    """The next run does the rest, under the same run."""
    runs = env["crm.grade.run"]
    left = runs.search([("state", "=", "running")])
    assert len(left) == 1, left
    assert left.last_partner_id, "nothing had been committed"
    with patch(f"{REFRESH}.BATCH_SIZE", 1):
        run = env["crm.grade.policy"]._run(as_of=left.as_of)
    env.cr.commit()
    assert run == left and run.state == "done", (run, left, run.state)
    assert not runs.search_count([("state", "=", "running")])
    assert doubles() == (0, 0), doubles()


def main(step):
    if step == "races":
        fixture()
        race_two_runs()
        race_refreshes()
        race_override_and_run()
        race_activations()
    elif step == "killed":
        killed()
    else:
        resumed()


main(sys.argv[1])
