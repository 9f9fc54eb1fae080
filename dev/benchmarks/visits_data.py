# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customers whose visits are to be planned, their salespeople, and the empty plans."""

import datetime

from odoo.tools import SQL

from dev.benchmarks import dataset

START = datetime.date(2026, 1, 5)  # a Monday
END = datetime.date(2026, 3, 1)  # a Sunday, eight weeks later
SELLERS = 50
VISITS_PER_DAY = 500
PARTNER_BASE = 20_000_000


def fill(env, customers):
    """Create customers, salespeople and plans, and commit; graded customers go.

    :return: the plans, one for each salesperson
    """
    company = env["res.company"].search([], order="id", limit=1)
    # what falls due on the last Sunday, give or take a day, needs this Saturday
    env["resource.calendar.makeup"].create(
        {
            "name": "Worked",
            "company_id": company.id,
            "date": END - datetime.timedelta(days=1),
            "weekday": "4",
        }
    )
    users = _create_sellers(env, company)
    fill_customers(env, company, users, customers)
    plans = _create_plans(env, company, users)
    env.flush_all()
    env.cr.commit()
    return plans


def _create_sellers(env, company):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Bench visitor {number}",
                    "login": f"bench_visitor_{number}",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                }
                for number in range(SELLERS)
            ]
        )
    )


def fill_customers(env, company, users, customers):
    """Customers due in the first week, then every 7, 14 or 28 days; by SQL."""
    prototype = env["res.partner"].create({"name": "Bench prototype"})
    env.flush_all()
    cr = env.cr
    cr.execute("TRUNCATE crm_customer RESTART IDENTITY CASCADE")
    cr.execute("SET LOCAL session_replication_role = replica")
    cr.execute(
        SQL(
            """CREATE TEMPORARY TABLE bm_visited ON COMMIT DROP AS
               SELECT %(prototype)s AS prototype_id, %(base)s + g AS id,
                      %(base)s + g AS commercial_partner_id, 'BM' || g AS name,
                      'BM' || g AS complete_name, NULL::int AS parent_id,
                      %(company)s AS company_id
                 FROM generate_series(1, %(customers)s) g""",
            prototype=prototype.id,
            base=PARTNER_BASE,
            company=company.id,
            customers=customers,
        )
    )
    dataset.copy_rows(cr, "res_partner", "bm_visited")
    cr.execute(
        SQL(
            """INSERT INTO crm_customer (partner_id, company_id, user_id, active,
                      grade_id, next_visit_date, visit_interval)
               SELECT %(base)s + g, %(company)s, (%(users)s)[1 + g %% %(sellers)s],
                      TRUE, (%(grades)s)[1 + g %% %(grade_count)s],
                      %(start)s::date + g %% 7, (ARRAY[7, 14, 28])[1 + g %% 3]
                 FROM generate_series(1, %(customers)s) g""",
            base=PARTNER_BASE,
            company=company.id,
            users=users.ids,
            sellers=len(users),
            grades=env["crm.grade"].search([]).ids,
            grade_count=len(env["crm.grade"].search([])),
            start=START,
            customers=customers,
        )
    )


def _create_plans(env, company, users):
    # visits of a minute, so that hundreds fit into a day as they do in the floor
    kind = env["crm.visit.type"].create(
        {"name": "Bench", "code": "bench", "kind": "regular", "duration": 1 / 60}
    )
    return env["crm.visit.plan"].create(
        [
            {
                "user_id": user.id,
                "company_id": company.id,
                "period": "custom",
                "date_from": START,
                "date_to": END,
                "capacity": VISITS_PER_DAY,
                "start_partner_id": False,
                "type_id": kind.id,
            }
            for user in users
        ]
    )


def keep_customers(env, plan, customers):
    """Leave a plan's salesperson the first customers only, and commit."""
    env.cr.execute(
        """UPDATE crm_customer SET user_id = NULL
            WHERE user_id = %(user)s AND partner_id NOT IN (
                SELECT partner_id FROM crm_customer WHERE user_id = %(user)s
                 ORDER BY partner_id LIMIT %(customers)s)""",
        {"user": plan.user_id.id, "customers": customers},
    )
    env.cr.commit()


def locate(env, plan, spread):
    """Put a plan's customers into a square by hash, and commit.

    :param spread: its side in degrees; None for customers without coordinates
    """
    env.cr.execute(
        """UPDATE res_partner
              SET partner_latitude = 48 + %(spread)s * (hashint4(id) & 1023) / 1024.0,
                  partner_longitude = 11 + %(spread)s * (hashint4(-id) & 1023) / 1024.0
            WHERE id IN (SELECT partner_id FROM crm_customer WHERE user_id = %(user)s)
        """,
        {"user": plan.user_id.id, "spread": spread},
    )
    env.cr.commit()
