# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deadlines on real connections, run inside Odoo by ``test_sla_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
Called with ``kill``, it notes what is due batch by batch until somebody kills it.
"""

import sys
import time
from datetime import datetime, timedelta
from functools import partial
from unittest.mock import patch

from odoo.addons.crm_complaints.models import crm_sla_clock_process as process

from tests.racing import race, say

env = globals()["env"]  # given by dev.script
START = datetime(2026, 3, 2, 9)
HOUR = timedelta(hours=1)
DUE = START + HOUR
COMPLAINTS = 60


def fixture():
    """Complaints with an answer due within an hour round the clock, and a chain."""
    calendar = env["resource.calendar"].create(
        {
            "name": "Always",
            "tz": "UTC",
            "attendance_ids": [(5, 0, 0)]
            + [
                (
                    0,
                    0,
                    {
                        "name": "Day",
                        "dayofweek": str(day),
                        "hour_from": 0,
                        "hour_to": 24,
                        "day_period": "morning",
                    },
                )
                for day in range(7)
            ],
        }
    )
    env["crm.sla.policy"].search([]).active = False
    policy = env["crm.sla.policy"].create(
        {
            "name": "Races",
            "calendar_id": calendar.id,
            "target_ids": [
                (0, 0, {"metric": metric, "target_minutes": 60})
                for metric in ("first_response", "resolution")
            ],
            "step_ids": [
                (0, 0, {"anchor": "before", "percent": 90}),
                (0, 0, {"anchor": "after", "offset_minutes": 0}),
            ],
        }
    )
    team = env["crm.complaint.team"].create({"name": "Races", "assignment": "manual"})
    env.cr.commit()
    return policy, team


def complaints(team, count):
    found = env["crm.complaint"].create(
        [
            {
                "name": f"Race {number}",
                "team_id": team.id,
                "severity": "general",
                "date_received": START,
            }
            for number in range(count)
        ]
    )
    found._sla_start()
    env.cr.commit()
    return found


def job():
    """What the scheduler gives a job so that it may commit; one for each run."""
    cron = env.ref("crm_complaints.ir_cron_sla")
    progress = env["ir.cron.progress"].create({"cron_id": cron.id})
    env.cr.commit()
    return {"ir_cron_progress_id": progress.id, "cron_id": cron.id}


def run(own, as_of, context=None):
    clocks = own["crm.sla.clock"].with_context(**(context or job()))
    clocks._cron_process(as_of=as_of)


def picture(found):
    """What became of complaints, without ids."""
    return sorted(
        (
            clock.complaint_id.name,
            clock.metric,
            clock.state,
            clock.breached_at,
            clock.escalation_level,
            tuple(clock.event_ids.mapped("kind")),
        )
        for clock in found.clock_ids
    )


def check_once(found):
    """No event twice, one notice for each step, nobody told of what was met."""
    for clock in found.clock_ids:
        kinds = clock.event_ids.mapped("kind")
        for kind in ("start", "warn", "breach", "reach"):
            assert kinds.count(kind) <= 1, (clock.metric, kinds)
        assert not clock.error, clock.error
        if "notice_ids" in clock._fields:
            steps = clock.notice_ids.mapped("step_id.id")
            assert len(clock.notice_ids) == len(set(steps)), steps
            assert len(clock.notice_ids) == clock.escalation_level, clock.metric
    assert not found.clock_ids._verify()


def race_two_workers_and_a_user(team):
    """S1: at the instant of the escalation somebody resolves: one or the other."""
    found = complaints(team, COMPLAINTS)
    resolved = found[: COMPLAINTS // 2]

    def resolve(own):
        mine = own["crm.complaint"].browse(resolved.ids)
        mine._sla_reach("resolution", DUE)
        own.cr.commit()

    workers = [partial(run, as_of=DUE, context=job()) for _number in range(2)]
    results = race(env, *workers, resolve)
    assert results == [None, None, None], results
    # what a worker met a conflict on is the next run's
    run(env, DUE)
    check_once(found)
    ends = resolved.clock_ids.filtered(lambda one: one.metric == "resolution")
    # reached at the deadline is met, whoever was faster (S5)
    assert set(ends.mapped("state")) == {"met"}, ends.mapped("state")
    assert all(not one.breached_at and not one.next_event_at for one in ends)
    rest = (found - resolved).clock_ids
    assert set(rest.mapped("state")) == {"breached"}, rest.mapped("state")
    assert set(rest.mapped("breached_at")) == {DUE}


def race_pauses(team):
    """Two people pause, a third resumes: counted as they were committed."""
    found = complaints(team, 1)
    reasons = env["crm.sla.pause.reason"].search([], limit=2)

    def pause(number, own):
        own["crm.complaint"].browse(found.id)._sla_pause(
            own["crm.sla.pause.reason"].browse(reasons[number].id),
            START + HOUR / 4,
        )

    def resume(own):
        own["crm.complaint"].browse(found.id)._sla_resume(moment=START + HOUR / 2)

    results = race(env, partial(pause, 0), partial(pause, 0), partial(pause, 1), resume)
    assert not [one for one in results if isinstance(one, Exception)], results
    still = found.pause_ids.filtered(lambda pause: not pause.date_to)
    clock = found.clock_ids.filtered(lambda one: one.metric == "resolution")
    assert clock.pause_count == len(still), (clock.pause_count, still)
    assert len(still.reason_id) == len(still)
    assert not found.clock_ids._verify()


def race_start(team):
    """Started twice at once: one clock for each metric."""
    found = env["crm.complaint"].create(
        {"name": "Twice", "team_id": team.id, "severity": "general", "state": "closed"}
    )
    found.write({"state": "received"})
    env.cr.commit()

    def start(own):
        own["crm.complaint"].browse(found.id)._sla_start()

    results = race(env, start, start)
    assert results == [None, None], results
    assert len(found.clock_ids) == 2, found.clock_ids
    assert found.clock_ids.event_ids.mapped("kind") == ["start", "start"]


def killed():
    """Prepare, say so, and note what is due slowly until killed."""
    _policy, team = fixture()
    found = complaints(team, COMPLAINTS)
    cron = type(env["ir.cron"])
    original = cron._commit_progress

    def slowly(self, *args, **kwargs):
        result = original(self, *args, **kwargs)
        say("BATCH")
        time.sleep(0.5)
        return result

    with (
        patch.object(process, "BATCH", 10),
        patch.object(cron, "_commit_progress", slowly),
    ):
        run(env, DUE + HOUR)
    return found


def after_kill():
    """The next run takes up where the other was killed: as if nothing had been."""
    found = env["crm.complaint"].search([("name", "=like", "Race %")])
    states = found.clock_ids.mapped("state")
    assert set(states) == {"running", "breached"}, states  # in the middle
    run(env, DUE + HOUR)
    check_once(found)
    done = picture(found)
    twin = complaints(found.team_id, COMPLAINTS)
    run(env, DUE + HOUR)
    assert picture(twin) == done
    run(env, DUE + HOUR)
    assert picture(twin) == done


def main():
    _policy, team = fixture()
    race_two_workers_and_a_user(team)
    race_pauses(team)
    race_start(team)


{"killed": killed, "after_kill": after_kill}.get(sys.argv[-1], main)()
