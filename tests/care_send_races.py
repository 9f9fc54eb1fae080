# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care sent on real connections, run inside Odoo by ``test_care_send_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
``kill`` sends batch by batch until somebody kills it, ``after_kill`` goes on.
"""

import sys
import time
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import fields

from odoo.addons.crm_service_excellence.models import crm_care_task_dispatch

from tests.racing import race, say

env = globals()["env"]  # given by dev.script
TASKS = 60
#: whose rules still ask for what is the planning's business
patch.object(
    type(env["crm.care.task"]),
    "_care_mismatches",
    lambda tasks: {},
    create=True,
).start()


def fixture():
    """A company that writes at any hour, and a rule with a written text."""
    company = env.company
    company.write(
        {
            "email": "office@race.example.com",
            "crm_care_window_start": 0,
            "crm_care_window_end": 24,
        }
    )
    occasion = env["crm.occasion"].create(
        {"name": "Race", "kind": "solar", "month": 5, "day": 5}
    )
    rule = env["crm.care.rule"].create(
        {"name": "Race", "company_id": company.id, "occasion_id": occasion.id}
    )
    rule.state = "active"
    env.cr.commit()
    return rule


def contacts(name, count, **values):
    partners = env["res.partner"].create(
        [
            {
                "name": f"{name} {number}",
                "email": f"{name.lower()}.{number}@race.example.com",
                **values,
            }
            for number in range(count)
        ]
    )
    for partner in partners.commercial_partner_id:
        env["crm.customer"]._follow(partner)
    env.cr.commit()
    return partners


def planned(partners, key="race"):
    """A task for each contact that is due."""
    now = fields.Datetime.now()
    tasks = env["crm.care.task"].create(
        [
            {
                "rule_id": RULE.id,
                "occasion_id": RULE.occasion_id.id,
                "kind": "solar",
                "company_id": RULE.company_id.id,
                "partner_id": partner.id,
                "commercial_partner_id": partner.commercial_partner_id.id,
                "occurrence_key": f"{key}-{number}",
                "occasion_date": now.date(),
                "due_date": now.date(),
                "not_before": now - timedelta(hours=1),
                "not_after": now + timedelta(days=5),
                "purpose": "greeting",
                "priority": "3",
                "subject": "Hello",
                "body": "<p>Hello</p>",
                "is_edited": True,
            }
            for number, partner in enumerate(partners)
        ]
    )
    env.cr.commit()
    return tasks


def job():
    """What the scheduler gives a job so that it may commit; one for each run."""
    cron = env.ref("crm_service_excellence.ir_cron_care_dispatch")
    progress = env["ir.cron.progress"].create({"cron_id": cron.id})
    env.cr.commit()
    return {"ir_cron_progress_id": progress.id, "cron_id": cron.id}


def run(own, context):
    own["crm.care.task"].with_context(**context)._cron_dispatch()


def send_now(task, own):
    own["crm.care.task"].browse(task.id).action_send_now()


def mails(tasks):
    """How many e-mails each task queued."""
    env.invalidate_all()
    queued = env["mail.mail"].search([("model", "=", "crm.care.task")])
    return [len(queued.filtered(lambda m, t=task: m.res_id == t.id)) for task in tasks]


def check_once(tasks):
    """Done and queued, or neither; one touchpoint for each that is done."""
    for task, number in zip(tasks, mails(tasks), strict=True):
        assert number == (1 if task.state == "done" else 0), (task.state, number)
        assert bool(task.mail_id) == (task.state == "done"), task.state
        touchpoints = env["crm.touchpoint"].search_count(
            [("source", "=", f"crm.care.task,{task.id}")]
        )
        assert touchpoints == number, touchpoints


def no_errors(results):
    errors = [repr(one) for one in results if isinstance(one, Exception)]
    assert not errors, errors


def small_batches():
    return patch.object(crm_care_task_dispatch, "BATCH_SIZE", 7)


def race_dispatchers():
    """Three at once on sixty tasks: each is sent once, and all are."""
    tasks = planned(contacts("Many", TASKS))
    with small_batches():
        no_errors(race(env, *(partial(run, context=job()) for _n in range(3))))
    with small_batches():
        run(env, job())  # whoever gave way five times left it to the next run
    check_once(tasks)
    assert set(tasks.mapped("state")) == {"done"}, tasks.mapped("state")


def race_one_contact():
    """Five tasks of one contact, sent at once: one goes, four wait for tomorrow."""
    partner = contacts("Single", 1)
    tasks = planned([partner] * 5, "single")
    results = race(env, *(partial(send_now, task) for task in tasks))
    no_errors(results)
    check_once(tasks)
    states = sorted(tasks.mapped("state"))
    assert states == ["done"] + ["planned"] * 4, states
    assert set(tasks.mapped("wait_code")) == {False, "fatigue"}


def race_one_customer():
    """Eight people of one company with a cap of two a day: two are written to."""
    env.company.crm_care_customer_cap = 2
    firm = contacts("Firm", 1, is_company=True)
    tasks = planned(contacts("Person", 8, parent_id=firm.id), "firm")
    results = race(env, *(partial(send_now, task) for task in tasks[:4]))
    no_errors(results)
    with patch.object(crm_care_task_dispatch, "BATCH_SIZE", 1):
        no_errors(race(env, *(partial(run, context=job()) for _n in range(3))))
        run(env, job())
    check_once(tasks)
    assert tasks.mapped("state").count("done") == 2, tasks.mapped("state")
    env.company.crm_care_customer_cap = 0
    env.cr.commit()


def race_one_hour():
    """Ten customers, three more an hour: three are written to."""
    hour_ago = fields.Datetime.now() - timedelta(hours=1)
    sent = env["crm.care.task"].search_count(
        [("state", "=", "done"), ("done_date", ">", hour_ago)]
    )
    env.company.crm_care_hourly_limit = sent + 3
    tasks = planned(contacts("Hourly", 10), "hour")
    results = race(env, *(partial(send_now, task) for task in tasks[:5]))
    with small_batches():
        results += race(env, *(partial(run, context=job()) for _n in range(2)))
        run(env, job())
    check_once(tasks)
    assert tasks.mapped("state").count("done") == 3, (tasks.mapped("state"), results)
    env.company.crm_care_hourly_limit = 0
    env.cr.commit()


def race_button_and_job():
    """A colleague presses the button while the job runs: sent once."""
    tasks = planned(contacts("Button", 10), "button")
    results = race(env, partial(send_now, tasks[4]), partial(run, context=job()))
    assert all("nothing to send" in str(one) for one in results if one), results
    run(env, job())
    check_once(tasks)
    assert set(tasks.mapped("state")) == {"done"}


def kill():
    """Send batches of five, slowly; say so when e-mails are queued, not committed."""
    planned(contacts("Killed", TASKS), "kill")
    model = type(env["crm.care.task"])
    mark_done = model._mark_done

    def slowly(tasks, *arguments, **options):
        say("QUEUED")
        time.sleep(0.5)
        mark_done(tasks, *arguments, **options)

    with (
        patch.object(crm_care_task_dispatch, "BATCH_SIZE", 5),
        patch.object(model, "_mark_done", slowly),
    ):
        run(env, job())


def after_kill():
    """Batches of five are there or not, and the next run does the rest."""
    tasks = env["crm.care.task"].search([("occurrence_key", "=like", "kill-%")])
    assert len(tasks) == TASKS, len(tasks)
    check_once(tasks)
    done = tasks.mapped("state").count("done")
    assert done == 10, done
    run(env, job())
    check_once(tasks)
    assert set(tasks.mapped("state")) == {"done"}


if sys.argv[1:] == ["after_kill"]:
    after_kill()
else:
    RULE = fixture()
    if sys.argv[1:] == ["kill"]:
        kill()
    else:
        race_dispatchers()
        race_one_contact()
        race_one_customer()
        race_one_hour()
        race_button_and_job()
