# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Play a ticket log as complaints, each event at its historic time.

Run by ``replay`` inside Odoo (:mod:`dev.script`): ``play_helpdesk.py LOG RESULT``. A
complaint handler of a company of their own does with the actions of the addon what the
log says; the moment is set by freezegun, no deadline is written. What became of the
clocks goes to RESULT as JSON, to be compared by those who have computed it otherwise.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from freezegun import freeze_time

from odoo import Command, fields

from dev import helpdesk

COMPANY = "Help desk (ticket log)"
LOGIN = "replay_agent"
HOURS = (9, 18)
#: working minutes promised
PROMISES = {"first_response": 4 * 60, "resolution": 27 * 60}
#: no wait of the log is longer than this, so that no pause ends by itself
LONGEST_WAIT = 10**6
#: events between two commits
BATCH = 200
#: events between two runs of the job that watches deadlines
WATCH = 500
#: nothing of a replay leaves the machine
QUIET = {"mail_notify_force_send": False, "no_reset_password": True}


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - a script for the terminal


class Player:
    """Does what an event means with the complaint of its case.

    :param env: of the superuser
    """

    def __init__(self, env):
        company = ensure_company(env)
        context = {**env.context, **QUIET, "allowed_company_ids": company.ids}
        self.root = env(context=context)
        agent = ensure_agent(self.root, company)
        self.env = self.root(user=agent)
        self.team = ensure_team(self.root, company, agent)
        self.customer = self.root["res.partner"].create(
            {"name": "Customers of the help desk", "email": "customer@example.com"}
        )
        self.category = self.root["crm.complaint.category"].search([], limit=1)
        self.reason = ensure_promise(self.root, company)
        self.complaints = {}
        self.waiting = set()
        self.counts = Counter()

    def play(self, event: helpdesk.Event) -> None:
        """Have one event happen, now."""
        if event.case not in self.complaints:
            self._receive(event)
        complaint = self.env["crm.complaint"].browse(self.complaints[event.case])
        if complaint.state == "closed":
            complaint.action_reopen(f"Activity {event.activity} after it was closed")
            self.counts["reopened"] += 1
        getattr(self, f"_{event.meaning}")(complaint, event)

    def watch(self, moment) -> None:
        """Run the job that watches deadlines."""
        self.root["crm.sla.clock"]._cron_process(as_of=moment)
        self.counts["runs of the job"] += 1

    # WHAT THE EVENTS MEAN

    def _receive(self, event):
        complaint = self.env["crm.complaint"].create(
            {
                "name": f"Case {event.case}",
                "channel": "phone",
                "company_id": self.team.company_id.id,
                "team_id": self.team.id,
                "user_id": self.env.uid,
                "partner_id": self.customer.id,
                "category_id": self.category.id,
                "severity": "general",
                "date_received": fields.Datetime.now(),
            }
        )
        self.complaints[event.case] = complaint.id
        complaint._confirm_receipt(automatic=True)
        complaint.action_assess()

    def _received(self, complaint, event):
        self._goes_on(complaint, event)
        self._note(complaint, event)

    def _work(self, complaint, event):
        self._goes_on(complaint, event)
        self._note(complaint, event)

    def _taken(self, complaint, event):
        self._goes_on(complaint, event)
        complaint.message_post(
            body="We have taken your case in hand.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        if complaint.state == "assessed":
            complaint.action_investigate()

    def _waiting(self, complaint, event):
        if event.case in self.waiting:
            self._note(complaint, event)
        else:
            complaint.action_pause(self.reason.id)
            self.waiting.add(event.case)

    def _closed(self, complaint, event):
        # a wait is left to end by the closing itself
        self.waiting.discard(event.case)
        if complaint.state == "assessed":
            complaint.action_investigate()
        complaint.write(
            {
                "solution": "Solved.",
                "decision": "justified",
                "decision_text": "Solved.",
            }
        )
        complaint._tell_decision(channel="phone")
        complaint.action_resolve()
        complaint._customer_accepts()
        if complaint.state != "closed":
            complaint.action_close()

    def _goes_on(self, complaint, event):
        if event.case in self.waiting:
            complaint.action_resume()
            self.waiting.discard(event.case)

    def _note(self, complaint, event):
        complaint.message_post(
            body=f"Activity {event.activity}",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    # WHAT BECAME OF IT

    def results(self) -> list[list]:
        """Return ``[case, metric, cycle, state, overdue seconds]`` of every clock."""
        self.root.flush_all()
        cases = {number: case for case, number in self.complaints.items()}
        clocks = self.root["crm.sla.clock"].search(
            [("complaint_id", "in", list(cases))]
        )
        found = []
        for clock in clocks:
            # a clock that ran out is late, but an outcome only once it was reached
            state = "open"
            if clock.reached_at:
                state = {"met": "met", "breached": "late"}.get(clock.state, clock.state)
            elif clock.state not in ("running", "paused", "breached"):
                state = clock.state
            overdue = round(clock.overdue_minutes * 60) if clock.reached_at else 0
            found.append(
                [
                    cases[clock.complaint_id.id],
                    clock.metric,
                    clock.cycle,
                    state,
                    overdue,
                ]
            )
        return found


# THE COMPANY


def ensure_company(env):
    """Return the company, whose working hours are Monday to Friday, 9 to 18."""
    company = env["res.company"].create(
        {"name": COMPANY, "currency_id": env.ref("base.EUR").id}
    )
    company.resource_calendar_id = env["resource.calendar"].create(
        {
            "name": COMPANY,
            "tz": helpdesk.ZONE.key,
            "company_id": company.id,
            "attendance_ids": [Command.clear()]
            + [
                Command.create(
                    {
                        "name": f"{COMPANY} {weekday}",
                        "dayofweek": str(weekday),
                        "hour_from": HOURS[0],
                        "hour_to": HOURS[1],
                        "day_period": "full_day",
                    }
                )
                for weekday in range(5)
            ],
        }
    )
    # whoever looks at it afterwards
    env.ref("base.user_admin").company_ids = [Command.link(company.id)]
    return company


def ensure_agent(env, company):
    """Return who handles the complaints, with no more rights than that takes."""
    return env["res.users"].create(
        {
            "name": "Replay",
            "login": LOGIN,
            "tz": helpdesk.ZONE.key,
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [
                Command.set(
                    [
                        env.ref("base.group_user").id,
                        env.ref("crm_complaints.group_complaint_own").id,
                    ]
                )
            ],
        }
    )


def ensure_team(env, company, agent):
    """Return the team."""
    return env["crm.complaint.team"].create(
        {
            "name": COMPANY,
            "company_id": company.id,
            "leader_id": agent.id,
            "member_ids": [Command.set(agent.ids)],
            "assignment": "manual",
        }
    )


def ensure_promise(env, company):
    """Promise what the log is measured by; return the reason of its waits."""
    # other promises would only cost time: each has clocks of its own
    env["crm.sla.policy"].search([]).active = False
    env["crm.sla.policy"].create(
        {
            "name": COMPANY,
            "company_id": company.id,
            "reopen_mode": "continue",
            "target_ids": [
                Command.create({"metric": metric, "target_minutes": minutes})
                for metric, minutes in PROMISES.items()
            ],
        }
    )
    return env["crm.sla.pause.reason"].create(
        {
            "name": "Waiting (ticket log)",
            "pauses_resolution": True,
            "limit_minutes": LONGEST_WAIT,
        }
    )


def replay(env, events, clock, commit, watch=WATCH) -> Player:
    """Play events in their order.

    :param clock: freezegun's factory, whose ``move_to`` sets the time
    :param commit: called after every batch
    :return: the player, which knows the results
    """
    player = Player(env)
    for number, event in enumerate(events, start=1):
        clock.move_to(event.moment)
        player.play(event)
        if watch and number % watch == 0:
            player.watch(event.moment)
        if number % BATCH == 0:
            player.root.flush_all()
            commit()
            player.root.invalidate_all()
    player.root.flush_all()
    if watch and events:
        player.watch(events[-1].moment)
    commit()
    return player


def main(env, path, result):
    """Read the log, play it, tell what it took and what came of it."""
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    events, bad = helpdesk.split(helpdesk.parse(text.split("\n")))
    events = helpdesk.in_order(events)
    queries = env.cr.sql_log_count
    start = time.perf_counter()
    with freeze_time(events[0].moment, real_asyncio=True) as clock:
        player = replay(env, events, clock, env.cr.commit)
    # perf_counter was frozen as well in there
    seconds = time.perf_counter() - start
    outcome = {
        "cases": len(player.complaints),
        "events": len(events),
        "bad": [str(line) for line in bad],
        "seconds": seconds,
        "queries": env.cr.sql_log_count - queries,
        "counts": dict(player.counts),
        "results": player.results(),
    }
    Path(result).write_text(json.dumps(outcome), encoding="utf-8")


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
