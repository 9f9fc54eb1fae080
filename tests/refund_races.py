# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refunds and paid carts on real connections, run inside Odoo by
``test_refund_races.py``.

``env`` is the superuser's. Everything is committed: the database is thrown away.
"""

from functools import partial

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.crm_service_excellence.tests.common import CareCommon

from tests.racing import race

env = globals()["env"]  # given by dev.script
DAY = "2026-06-01"


class Shop:
    """A company, a program and a product; ``env`` is of the company."""

    def __init__(self):
        self.env = env
        self.company = CareCommon._create_company.__func__(self, "Race Company")
        self.env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        self.program = self.env["loyalty.program"].create(
            {
                "name": "Refund races",
                "program_type": "loyalty",
                "applies_on": "future",
                "trigger": "auto",
                "is_ledger": True,
                "company_id": self.company.id,
                "reward_ids": [Command.create({"required_points": 100})],
            }
        )
        self.product = self.env["product.product"].create(
            {"name": "Pump", "invoice_policy": "order", "taxes_id": False}
        )

    def card(self, points=0):
        partner = self.env["res.partner"].create({"name": "Racer"})
        card = self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": partner.id}
        )
        if points:
            move = {"kind": "earn", "points": points, "key": f"begin:{card.id}"}
            card._post_points([{**move, "expiry_date": None}])
        return card

    def notes(self, card, points, parts):
        """Draft credit notes of parts of an order of 100 that earned points."""
        # of another contact: the order earns nothing by itself
        partner = self.env["res.partner"].create({"name": "Buyer"})
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 100.0})
                ],
            }
        )
        order.action_confirm()
        line = order.order_line
        part = {"line_id": line.id, "amount": "100", "quantity": "1"}
        card._post_points(
            [
                {
                    "kind": "earn",
                    "points": points,
                    "key": f"race:{order.id}",
                    "source": order,
                    "snapshot": {"lines": [{**part, "points": str(points)}]},
                }
            ]
        )
        invoice = order._create_invoices()
        invoice.action_post()
        notes = invoice._reverse_moves([{"invoice_date": DAY}])
        for _more in parts[1:]:
            notes |= invoice._reverse_moves([{"invoice_date": DAY}])
        for note, amount in zip(notes, parts, strict=True):
            note.invoice_line_ids.price_unit = amount
        return notes


def post_note(note, own):
    """Post a credit note in a transaction of its own."""
    own["account.move"].browse(note.id).action_post()


def refunds_add_up(shop):
    """F3: two halves of 0.4 of a point, at once, are one point; a third is none."""
    card = shop.card()
    notes = shop.notes(card, 4, [10, 10])
    env.cr.commit()
    results = race(env, *(partial(post_note, note) for note in notes))
    assert results == [None, None], results
    card.invalidate_recordset()
    assert card.points == 3, card.points
    assert env["loyalty.card"]._ledger_differences() == []


def never_more_than_earned(shop):
    """F6: three full refunds of one line, at once, take back what it earned."""
    card = shop.card()
    notes = shop.notes(card, 50, [100, 100, 100])
    env.cr.commit()
    results = race(env, *(partial(post_note, note) for note in notes))
    assert results == [None] * 3, results
    card.invalidate_recordset()
    assert (card.points, card.debt_points) == (0, 0), card.points
    assert len(card.entry_ids) == 2, card.entry_ids.mapped("key")
    assert env["loyalty.card"]._ledger_differences() == []


def hold(order, own):
    """Begin to pay in a transaction of its own."""
    own["sale.order"].browse(order.id)._hold_loyalty_points()
    return True


def one_cart_holds(shop):
    """H1: the last 100 points, two carts that are paid at once: one of them can be."""
    card = shop.card(100)
    reward = shop.program.reward_ids
    values = {
        "product_id": reward.discount_line_product_id.id,
        "name": "5 off",
        "price_unit": -5,
        "reward_id": reward.id,
        "coupon_id": card.id,
        "points_cost": 100,
        "reward_identifier_code": "abc",
    }
    orders = shop.env["sale.order"].create(
        [
            {
                "partner_id": card.partner_id.id,
                "company_id": shop.company.id,
                "order_line": [Command.create(values)],
            }
            for _cart in range(2)
        ]
    )
    env.cr.commit()
    results = race(env, *(partial(hold, order) for order in orders))
    assert results.count(True) == 1, results
    assert sum(isinstance(one, UserError) for one in results) == 1, results
    card.invalidate_recordset()
    assert (card.held_points, card.available_points) == (100, 0), card.held_points


def main():
    shop = Shop()
    refunds_add_up(shop)
    never_more_than_earned(shop)
    one_cart_holds(shop)


main()
