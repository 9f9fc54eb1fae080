# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What strangers do at once, on real connections; run by ``test_intake_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

from functools import partial

from odoo import fields

from tests.racing import race

env = globals()["env"]  # given by dev.script
CROWD, LIMIT = 12, 5
QUIET = {"mail_notify_force_send": False}


def limits():
    """Of a crowd, exactly as many come through as may; each try is counted."""

    def knock(env):
        throttle = env["crm.intake.throttle"]
        return throttle._allow("race", "192.0.2.1", [(86400, LIMIT)], moment=1e9)

    results = race(env, *[knock] * CROWD)
    assert sorted(results) == [False] * (CROWD - LIMIT) + [True] * LIMIT, results
    row = env["crm.intake.throttle"].search([("kind", "=", "race")])
    assert row.count == CROWD, row.count


def confirmations():
    """Two complaints of one address in the same instant: one confirmation."""
    complaints = env["crm.complaint"].create(
        [{"name": "Twice", "email_from": "twice@example.com"} for _number in range(2)]
    )
    env.cr.commit()

    def confirm(complaint_id, env):
        complaint = env["crm.complaint"].with_context(**QUIET).browse(complaint_id)
        complaint._acknowledge_once_a_day()

    results = race(env, *[partial(confirm, one.id) for one in complaints])
    assert results == [None, None], results
    states = sorted(complaints.mapped("state"))
    assert states == ["acknowledged", "received"], states


def forms():
    """The same form twice in the same instant is one complaint."""

    def send(env):
        complaints = env["crm.complaint"].with_context(**QUIET)
        found = complaints.search([("intake_key", "=", "race")])
        return (found or complaints._portal_create(
            {
                "name": "Form",
                "company_id": env.company.id,
                "channel": "web",
                "email_from": "form@example.com",
                "intake_key": "race",
            }
        )).id  # fmt: skip

    results = race(env, send, send)
    assert results[0] == results[1] and isinstance(results[0], int), results


def answers():
    """Of two answers in the same instant one counts."""
    complaint = env["crm.complaint"].create(
        {"name": "Asked", "email_from": "asked@example.com"}
    )
    requests = env["crm.complaint.satisfaction"]
    request = requests._ask(complaint, fields.Datetime.now())
    env.cr.commit()

    def answer(score, env):
        return env["crm.complaint.satisfaction"].browse(request.id)._answer(score, 0)

    results = race(env, partial(answer, 4), partial(answer, 5))
    assert sorted(results) == [False, True], results
    assert request.outcome == (4 if results[0] else 5)
    ratings = env["rating.rating"].search_count(
        [("res_model", "=", "crm.complaint"), ("res_id", "=", complaint.id)]
    )
    assert ratings == 1, ratings


limits()
confirmations()
forms()
answers()
