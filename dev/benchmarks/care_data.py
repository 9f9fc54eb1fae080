# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contacts with mixed birthdays in several zones, and the rules they are greeted by."""

import datetime

from dev.benchmarks import visits_data

TODAY = datetime.date(2026, 1, 5)
FESTIVALS = {  # kind -> (month, day) of each
    "solar": ((1, 1), (3, 8), (5, 1), (10, 1), (12, 25)),
    "lunar": ((1, 1), (1, 15), (5, 5), (8, 15), (9, 9)),
}


def fill(env, contacts):
    """Create contacts, ten festival rules and one for birthdays, and commit.

    Of ten contacts four have a solar birthday, three a lunar one and three none. Eight
    say that they live in Shanghai, one in Paris, and one has only a country.

    :return: the rules
    """
    company = env["res.company"].search([], order="id", limit=1)
    user = env["res.users"].browse(2)
    visits_data.fill_customers(env, company, user, contacts)
    env.cr.execute(
        """UPDATE res_partner
              SET crm_birth_calendar = CASE WHEN id %% 10 < 4 THEN 'solar'
                                            WHEN id %% 10 < 7 THEN 'lunar' END,
                  crm_birth_month = CASE WHEN id %% 10 < 7
                                         THEN 1 + (hashint4(id) & 1023) %% 12 END,
                  crm_birth_day = CASE WHEN id %% 10 < 7
                                       THEN 1 + (hashint4(-id) & 1023) %% 28 END,
                  tz = CASE WHEN id / 10 %% 10 < 8 THEN 'Asia/Shanghai'
                            WHEN id / 10 %% 10 < 9 THEN 'Europe/Paris' END,
                  country_id = CASE WHEN id / 10 %% 10 = 9 THEN %(country)s END
            WHERE id IN (SELECT partner_id FROM crm_customer)""",
        {"country": env.ref("base.nz").id},
    )
    env.cr.commit()
    env.invalidate_all()
    rules = _create_rules(env, company)
    env.cr.commit()
    return rules


def _create_rules(env, company):
    values = [
        {"name": f"{kind} {month}/{day}", "kind": kind, "month": month, "day": day}
        for kind, days in FESTIVALS.items()
        for month, day in days
    ]
    occasions = env["crm.occasion"].create(
        [*values, {"name": "Birthday", "kind": "birthday"}]
    )
    return env["crm.care.rule"].create(
        [
            {
                "name": f"Bench {occasion.name}",
                "company_id": company.id,
                "occasion_id": occasion.id,
                "state": "active",
            }
            for occasion in occasions
        ]
    )
