# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Members with points, in a program with a ledger and in one of Odoo's own.

Run inside Odoo (:mod:`dev.script`) once, before the workers that redeem.
"""

from odoo import Command

LEDGER, NATIVE, LOGIN = "Bench club", "Bench native club", "bench_counter"
MEMBERS = 8
POINTS = 10_000_000
#: of each member with a ledger, so that there is something to choose from
LOTS = 3
ACCOUNTS = """
    CREATE TABLE bm_account (id int PRIMARY KEY, partner_id int NOT NULL,
        company_id int NOT NULL, balance int NOT NULL DEFAULT 0 CHECK (balance >= 0));
    CREATE TABLE bm_entry (id bigserial PRIMARY KEY,
        account_id int NOT NULL REFERENCES bm_account,
        points int NOT NULL CHECK (points <> 0), balance_after int,
        idem_key text NOT NULL UNIQUE, at timestamp NOT NULL DEFAULT now());
    CREATE TABLE bm_idem (key text PRIMARY KEY, account_id int NOT NULL);
"""


def create_program(env, name, **values):
    """Return a program that gives a point for each unit of money."""
    return env["loyalty.program"].create(
        {
            "name": name,
            "program_type": "loyalty",
            "trigger": "auto",
            "applies_on": "both",
            "company_id": env.company.id,
            "rule_ids": [
                Command.create({"reward_point_mode": "money", "reward_point_amount": 1})
            ],
            "reward_ids": [
                Command.create(
                    {
                        "reward_type": "discount",
                        "discount_mode": "per_order",
                        "discount": 5,
                        "required_points": 100,
                    }
                )
            ],
            **values,
        }
    )


def cards(env, name):
    """Return the members' cards of a program, always in one order."""
    return env["loyalty.card"].search([("program_id.name", "=", name)], order="id")


def prepare(env):
    """Create the user at the counter, the programs and the cards, and commit."""
    groups = ("crm_loyalty.group_loyalty_manager", "sales_team.group_sale_manager")
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Bench counter",
            "login": LOGIN,
            "group_ids": [Command.link(env.ref(group).id) for group in groups],
        }
    )
    partners = env["res.partner"].create(
        [{"name": f"Bench member {number}"} for number in range(MEMBERS)]
    )
    ledger = create_program(env, LEDGER, is_ledger=True)
    native = create_program(env, NATIVE)
    for program in (ledger, native):
        env["loyalty.card"].create(
            [
                {
                    "program_id": program.id,
                    "partner_id": partner.id,
                    "points": 0 if program == ledger else POINTS,
                }
                for partner in partners
            ]
        )
    today = ledger._crm_today()
    for card in cards(env, LEDGER):
        card._post_points(
            [
                {
                    "kind": "earn",
                    "points": POINTS // LOTS,
                    "key": f"bench:{card.id}:{number}",
                    "expiry_date": today.replace(year=today.year + 2 + number),
                }
                for number in range(LOTS)
            ]
        )
    env.cr.execute(ACCOUNTS)
    env.cr.execute(
        "INSERT INTO bm_account SELECT card, card, 1, %s FROM unnest(%s) card",
        [POINTS, cards(env, LEDGER).ids],
    )
    env.cr.commit()


if __name__ == "__main__":
    prepare(globals()["env"])
