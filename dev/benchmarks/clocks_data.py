# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Complaints with open clocks: a million by SQL, those of a re-plan by the ORM."""

from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.tools import SQL

from dev.benchmarks import dataset

#: a Monday on which the company works
AS_OF = datetime(2026, 3, 2, 8)
METRICS = ("ack", "first_response", "update", "resolution")
#: working minutes: long enough that a holiday in three days meets every clock
TARGETS = (4800, 5760, 6720, 7680)
BASE = 20_000_000
BATCH = 1000


def ensure_promise(env):
    """Return a policy of four promises without escalation; the shipped ones end."""
    policies = env["crm.sla.policy"]
    policies.search([("name", "!=", "Bench")]).active = False
    return policies.search([("name", "=", "Bench")]) or policies.create(
        {
            "name": "Bench",
            "target_ids": [
                Command.create({"metric": metric, "target_minutes": minutes})
                for metric, minutes in zip(METRICS, TARGETS, strict=True)
            ],
        }
    )


def create(env, count, received):
    """Create complaints by the ORM; return them."""
    ensure_promise(env)
    team = env["crm.complaint.team"].search([("name", "=", "Bench")], limit=1) or env[
        "crm.complaint.team"
    ].create({"name": "Bench", "assignment": "manual"})
    customer = env["res.partner"].create({"name": "Bench customer"})
    return env["crm.complaint"].create(
        [
            {
                "name": f"Bench {number}",
                "partner_id": customer.id,
                "team_id": team.id,
                "severity": "general",
                "date_received": received(number),
            }
            for number in range(count)
        ]
    )


def create_running(env, clocks):
    """Create so many running clocks, received over the last six hours.

    :return: their ids
    """
    now = fields.Datetime.now()
    ids = []
    for _start in range(0, clocks // len(METRICS), BATCH):
        complaints = create(
            env, BATCH, lambda number: now - timedelta(seconds=number * 21)
        )
        ids += complaints.clock_ids.ids
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    return ids


def fill(env, clocks, due):
    """Empty the tables, then fill them with so many open clocks, by SQL.

    Each complaint has one clock of each metric. The first ``due`` complaints have one
    that falls due at :data:`AS_OF`, or within the hour before it; all others do so in
    the 40 days after it.
    """
    cr = env.cr
    cr.execute("TRUNCATE crm_complaint RESTART IDENTITY CASCADE")
    cr.commit()
    env.invalidate_all()
    complaint = create(env, 1, lambda _number: AS_OF - timedelta(days=5))
    env.flush_all()
    prototypes = dict(
        env["crm.sla.clock"]._read_group(
            [("complaint_id", "=", complaint.id)], ["metric"], ["id:max"]
        )
    )
    cr.execute("SET LOCAL session_replication_role = replica")
    cr.execute(
        SQL(
            """CREATE TEMPORARY TABLE bm_case ON COMMIT DROP AS
               SELECT %(complaint)s AS prototype_id, %(base)s + g AS id,
                      'BM' || g AS number, NULL::varchar AS access_token
                 FROM generate_series(1, %(count)s) g""",
            complaint=complaint.id,
            base=BASE,
            count=clocks // len(METRICS),
        )
    )
    dataset.copy_rows(cr, "crm_complaint", "bm_case")
    cr.execute(
        SQL(
            """CREATE TEMPORARY TABLE bm_clock ON COMMIT DROP AS
               SELECT prototype_id, %(base)s + n * 4 + m AS id,
                      %(base)s + n AS complaint_id, metric,
                      deadline, deadline AS next_event_at,
                      deadline - interval '1 hour' AS warn_at, TRUE AS is_warned,
                      -- as after a pause that ended when nothing was left
                      deadline AS running_since, target_minutes AS consumed_minutes
                 FROM (SELECT n, m, metric, prototype_id, target_minutes,
                              CASE WHEN n <= %(due)s AND m = 0
                                   THEN %(as_of)s - (n %% 3600) * interval '1 second'
                                   ELSE %(as_of)s + interval '1 second'
                                        * (1 + (hashint8(n * 4 + m) & 4194303) * 0.8)
                              END::timestamp(0) AS deadline
                         FROM generate_series(1, %(count)s) n
                        CROSS JOIN UNNEST(%(metrics)s, %(prototypes)s, %(targets)s)
                              WITH ORDINALITY
                              p (metric, prototype_id, target_minutes, nth)
                        CROSS JOIN LATERAL (SELECT (nth - 1)::int AS m) x) clock""",
            base=BASE,
            due=due,
            as_of=AS_OF,
            count=clocks // len(METRICS),
            metrics=list(prototypes),
            prototypes=list(prototypes.values()),
            targets=[dict(zip(METRICS, TARGETS, strict=True))[m] for m in prototypes],
        )
    )
    dataset.copy_rows(cr, "crm_sla_clock", "bm_clock")
    cr.execute(
        """UPDATE crm_complaint complaint
              SET sla_state = 'warned', sla_metric = soonest.metric,
                  sla_deadline = soonest.deadline, sla_warn_at = soonest.warn_at
             FROM (SELECT DISTINCT ON (complaint_id)
                          complaint_id, metric, deadline, warn_at
                     FROM crm_sla_clock WHERE complaint_id > %(base)s
                    ORDER BY complaint_id, deadline) soonest
            WHERE soonest.complaint_id = complaint.id""",
        {"base": BASE},
    )
    # the prototype is no case of the benchmark
    cr.execute("DELETE FROM crm_sla_event WHERE clock_id < %s", [BASE])
    cr.execute("DELETE FROM crm_sla_clock WHERE id < %s", [BASE])
    cr.commit()


def due_ids(due):
    """Return the ids of the clocks that fall due."""
    return [BASE + number * 4 for number in range(1, due + 1)]


def due_complaints(due):
    """Return the ids of their complaints."""
    return [BASE + number for number in range(1, due + 1)]


def reset(env):
    """Make what fell due open again, and commit."""
    cr = env.cr
    cr.execute(
        """WITH late AS (
               UPDATE crm_sla_clock SET state = 'running', breached_at = NULL,
                      next_event_at = deadline
                WHERE state = 'breached' RETURNING complaint_id)
           UPDATE crm_complaint SET sla_state = 'warned'
             FROM late WHERE late.complaint_id = crm_complaint.id"""
    )
    cr.execute("DELETE FROM crm_sla_event")
    cr.commit()
