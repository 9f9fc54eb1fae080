# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Members of a program with a ledger, and what they are to be credited with.

Raw SQL from prototypes that the ORM created: a million members take it hours.
"""

from dev.benchmarks import redeem_data

#: scale -> (cards, entries)
SCALES = {"S": (10_000, 100_000), "M": (100_000, 1_000_000), "L": (1_000_000, 10**7)}
BASE = 10_000_000
#: days over which the purchases are spread; a year, or some points would have expired
DAYS = 330

MEMBERS = """
INSERT INTO res_partner
SELECT copy.* FROM res_partner prototype CROSS JOIN generate_series(1, %(cards)s) g
 CROSS JOIN LATERAL jsonb_populate_record(prototype, jsonb_build_object(
    'id', %(base)s + g, 'name', 'BM' || g, 'complete_name', 'BM' || g,
    'commercial_partner_id', %(base)s + g)) copy
 WHERE prototype.id = %(partner)s;
INSERT INTO crm_customer
SELECT copy.* FROM crm_customer prototype CROSS JOIN generate_series(1, %(cards)s) g
 CROSS JOIN LATERAL jsonb_populate_record(prototype, jsonb_build_object(
    'id', %(base)s + g, 'partner_id', %(base)s + g,
    'grade_id', (%(grades)s::int[])[1 + g %% 4])) copy
 WHERE prototype.id = %(customer)s;
INSERT INTO loyalty_card
SELECT copy.* FROM loyalty_card prototype CROSS JOIN generate_series(1, %(cards)s) g
 CROSS JOIN LATERAL jsonb_populate_record(prototype, jsonb_build_object(
    'id', %(base)s + g, 'partner_id', %(base)s + g, 'code', 'bm' || g,
    'points', 0, 'pending_points', 0, 'debt_points', 0)) copy
 WHERE prototype.id = %(card)s;
"""
# Ten a member on average, few of most and many of some; the same in every run.
FACTS = """
CREATE TABLE bm_fact AS
SELECT %(base)s + 1 + floor(%(cards)s * power(h.u, 1.5))::int AS card_id,
       (1 + (hashint8(g * 31) & 255))::numeric AS points, 'bm:' || g AS key,
       %(today)s::date - h.day AS day,
       (date_trunc('month', %(today)s::date - h.day + interval '13 months')
        - interval '1 day')::date AS last_day,
       %(partner)s AS res_id
  FROM generate_series(1::bigint, %(entries)s) g
 CROSS JOIN LATERAL (SELECT (hashint8(g) & 2147483647) / 2147483648.0::float8 AS u,
                            (hashint8(g * 7919) & 2147483647) %% %(days)s AS day) h
"""
#: the one member with as many entries as all the others, and one with ten
BIG, SMALL = "bm-big", "bm-small"


def fill(env, scale):
    """Create program, members and facts, and commit.

    :return: the program
    """
    cards, entries = SCALES[scale]
    env["res.company"].search([]).resource_calendar_id.tz = "UTC"
    program = redeem_data.create_program(env, redeem_data.LEDGER, is_ledger=True)
    partner = env["res.partner"].create({"name": "Bench prototype"})
    customer = env["crm.customer"].create(
        {"partner_id": partner.id, "company_id": env.company.id}
    )
    card = env["loyalty.card"].create(
        {"program_id": program.id, "partner_id": partner.id}
    )
    grades = env["crm.grade"].search([], limit=3).ids
    env.flush_all()
    parameters = {
        "cards": cards,
        "entries": entries,
        "base": BASE,
        "days": DAYS,
        "today": program._crm_today(),
        "partner": partner.id,
        "customer": customer.id,
        "card": card.id,
        "grades": grades,
    }
    env.cr.execute(MEMBERS, parameters)
    env.cr.execute(FACTS, parameters)
    env.invalidate_all()
    env["loyalty.card"].create(
        [
            {"program_id": program.id, "code": code}  # of nobody yet
            for code in (BIG, SMALL)
        ]
    )
    env.cr.commit()
    return program
