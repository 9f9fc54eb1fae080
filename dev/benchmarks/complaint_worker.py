# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Create cases in a batch, with all their deadlines, when told to.

Run inside Odoo (:mod:`dev.script`), once in our database and once in that of OCA's help
desk. Reads a number of cases per line on standard input, creates so many in one call,
writes the seconds and the number of queries, and takes them back.
"""

import gc
import sys
import time

from odoo import Command

#: what a worker's answer begins with (dev.benchmarks.workers)
ANSWER = "BENCH "
CUSTOMERS = 50
#: working minutes of the four promises; the peer gets as many hours for three
PROMISES = {"ack": 60, "first_response": 240, "update": 960, "resolution": 1440}
HOURS = (1, 4, 24)


class Ours:
    """Complaints with four clocks each."""

    model, deadlines, per_case = "crm.complaint", "crm.sla.clock", len(PROMISES)

    def __init__(self, env):
        self.env = env
        env["crm.sla.policy"].search([]).active = False
        env["crm.sla.policy"].create(
            {
                "name": "Bench",
                "target_ids": [
                    Command.create({"metric": metric, "target_minutes": minutes})
                    for metric, minutes in PROMISES.items()
                ],
            }
        )
        users = create_users(env, "crm_complaints.group_complaint_own")
        self.team = env["crm.complaint.team"].create(
            {"name": "Bench", "member_ids": [Command.set(users.ids)]}
        )
        self.category = env["crm.complaint.category"].search([], limit=1)
        self.customers = create_customers(env)

    def values(self, number):
        """What is known of a case when it comes in."""
        return {
            "name": f"Bench {number}",
            "channel": "phone",
            "partner_id": self.customers[number % CUSTOMERS].id,
            "team_id": self.team.id,
            "category_id": self.category.id,
            "severity": "general",
            "description": "<p>It does not work.</p>",
        }


class Peer:
    """Tickets of helpdesk_mgmt_sla with three service levels each."""

    model, deadlines, per_case = "helpdesk.ticket", "helpdesk.ticket.sla", len(HOURS)

    def __init__(self, env):
        self.env = env
        users = create_users(env, "helpdesk_mgmt.group_helpdesk_user")
        self.team = env["helpdesk.ticket.team"].create(
            {
                "name": "Bench",
                "use_sla": True,
                "user_ids": [Command.set(users.ids)],
                "resource_calendar_id": env.company.resource_calendar_id.id,
            }
        )
        stage = env["helpdesk.ticket.stage"].search([], order="sequence desc", limit=1)
        env["helpdesk.sla"].create(
            [
                {
                    "name": f"Bench {hours}",
                    "hours": hours,
                    "stage_id": stage.id,
                    "team_ids": [Command.set(self.team.ids)],
                }
                for hours in HOURS
            ]
        )
        self.category = env["helpdesk.ticket.category"].create({"name": "Bench"})
        self.customers = create_customers(env)

    def values(self, number):
        """The same of a ticket."""
        return {
            "name": f"Bench {number}",
            "partner_id": self.customers[number % CUSTOMERS].id,
            "team_id": self.team.id,
            "category_id": self.category.id,
            "description": "<p>It does not work.</p>",
        }


def create_users(env, group):
    """Return three members for a team."""
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Bench {number}",
                    "login": f"bench_handler_{number}",
                    "group_ids": [Command.link(env.ref(group).id)],
                }
                for number in range(3)
            ]
        )
    )


def create_customers(env):
    """Return the customers."""
    return env["res.partner"].create(
        [
            {"name": f"Bench {number}", "email": f"bench{number}@example.com"}
            for number in range(CUSTOMERS)
        ]
    )


def measure(arm, number):
    """Create cases; return the seconds and the queries."""
    env = arm.env
    values = [arm.values(each) for each in range(number)]
    env.invalidate_all()
    gc.collect()
    gc.disable()
    try:
        queries, start = env.cr.sql_log_count, time.perf_counter()
        cases = env[arm.model].create(values)
        env.flush_all()
        seconds = time.perf_counter() - start
        queries = env.cr.sql_log_count - queries
        check(arm, cases)
        return seconds, queries
    finally:
        gc.enable()
        env.cr.rollback()
        env.invalidate_all()


def check(arm, cases):
    """Every case has its deadlines, or the comparison would be worth nothing."""
    link = "complaint_id" if isinstance(arm, Ours) else "ticket_id"
    rows = arm.env[arm.deadlines].search([(link, "in", cases.ids)])
    wanted = arm.per_case * len(cases)
    if len(rows) != wanted or not all(rows.mapped("deadline")):
        raise SystemExit(f"{len(rows)} deadlines instead of {wanted}")


def main(env, name):
    """Prepare, then measure whenever told to."""
    # as the administrator, whom access rules do apply to
    arm = {"ours": Ours, "peer": Peer}[name](env(user=env.ref("base.user_admin")))
    env.cr.commit()
    for line in sys.stdin:
        if not line.strip():
            break
        seconds, queries = measure(arm, int(line))
        print(f"{ANSWER}{seconds} {queries}", flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
