# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""People with rights to sell, who try to make or move points by RPC."""

from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .sale_common import NOW, SaleLoyaltyCase


@tagged("standard", "post_install", "-at_install")
@freeze_time(NOW)
class TestHostilePoints(SaleLoyaltyCase):
    """Whatever a client sends, the ledger is whole, and nobody got points for it."""

    def setUp(self):
        super().setUp()
        self.victim = self.env["res.partner"].create({"name": "Victim"})
        self.theirs = self.member(1000, partner=self.victim)
        self.mine = self.member(200)

    def tearDown(self):
        self.assert_whole()
        super().tearDown()

    # THE CARD

    def test_nobody_types_what_the_ledger_says(self):
        for user in (self.salesman, self.manager):
            card = self.mine.with_user(user)
            for name, value in (
                ("is_ledger", False),
                ("ledger_seq", 0),
                ("pending_points", 500),
                ("debt_points", 5),
                ("merged_into_id", self.theirs.id),
                ("program_id", self.create_program(name="Other").id),
                ("company_id", False),
            ):
                for write in ("write", "web_save"):
                    with (
                        self.subTest(user=user.login, name=name, write=write),
                        self.assertRaises(UserError),
                    ):
                        options = {"specification": {}} if write == "web_save" else {}
                        getattr(card, write)({name: value}, **options)

    def test_a_salesperson_gives_no_card_away(self):
        """Not to another member, nor to nobody: a card is its member's money."""
        for name, value in (
            ("partner_id", self.partner.id),
            ("active", False),
            ("expiration_date", "2020-01-01"),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.theirs.with_user(self.salesman).write({name: value})
        with self.assertRaises(UserError):  # points move by entries
            self.theirs.with_user(self.manager).partner_id = self.partner
        self.mine.with_user(self.manager).active = False

    def test_points_do_not_come_in_with_a_card_of_another_program(self):
        plain = self.create_program(name="Plain", is_ledger=False)
        card = self.card(self.env["res.partner"].create({"name": "New"}), plain)
        card.with_user(self.salesman).points = 5000  # Odoo's own: no ledger
        with self.assertRaises(UserError):
            card.with_user(self.salesman).program_id = self.program

    def test_points_do_not_come_in_with_defaults(self):
        """Neither from the context of a call, nor from defaults of one's own."""
        partner = self.env["res.partner"].create({"name": "New"})
        forged = {
            "default_points": 5000,
            "default_debt_points": 7,
            "default_pending_points": 9,
            "default_ledger_seq": 3,
        }
        program = self.program.with_user(self.salesman)
        card = program.with_context(**forged)._member_card(partner)
        self.env["ir.default"].with_user(self.manager).set(
            "loyalty.card", "points", 5000, user_id=True
        )
        second = self.env["res.partner"].create({"name": "Second"})
        card |= self.program.with_user(self.manager)._member_card(second)
        third = self.env["res.partner"].create({"name": "Third"})
        card |= (
            self.env["loyalty.card"]
            .with_user(self.manager)
            .with_context(**forged)
            .create({"program_id": self.program.id, "partner_id": third.id})
            .sudo()
        )
        for name in ("points", "debt_points", "pending_points", "ledger_seq"):
            self.assertEqual(set(card.mapped(name)), {0}, name)
        for name in ("debt_points", "pending_points", "ledger_seq"):
            with self.assertRaises(AccessError):
                self.env["loyalty.card"].with_user(self.manager).create(
                    {"program_id": self.program.id, name: 3}
                )

    def test_no_commands_on_what_hangs_on_a_card(self):
        card = self.mine.with_user(self.manager)
        for name in ("entry_ids", "lot_ids", "pending_ids", "hold_ids"):
            record = self.env[card._fields[name].comodel_name].search([], limit=1)
            for command in (
                Command.create({"points": 5, "key": "x"}),
                Command.update(record.id or 1, {"points": 5}),
                Command.delete(record.id or 1),
                Command.set([]),
                Command.link(record.id or 1),
            ):
                with self.subTest(name=name, command=command):
                    before = self.mine.read(["points", "entry_ids", "lot_ids"])
                    with (
                        suppress(AccessError, UserError),
                        self.env.cr.savepoint(),
                    ):
                        card.write({name: [command]})
                        self.env.flush_all()
                    self.mine.invalidate_recordset()
                    after = self.mine.read(["points", "entry_ids", "lot_ids"])
                    self.assertEqual(before, after)

    # THE ORDER

    def test_state_is_not_typed(self):
        """Confirming and cancelling move points: the steps that do are the buttons."""
        order, card = self.quotation()
        with self.assertRaises(AccessError):
            order.write({"state": "sale"})
        order.action_confirm()
        for state in ("draft", "sent", "cancel"):
            with self.subTest(state=state), self.assertRaises(AccessError):
                order.write({"state": state})
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(card.points, 200)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(card.points, 300)  # Odoo takes the reward off with the cancel

    def test_the_round_of_an_order_is_not_typed(self):
        order = self.confirmed(self.plain)
        with self.assertRaises(AccessError):
            order.write({"loyalty_round": 5})
        with self.assertRaises(AccessError):
            self.order(self.plain, loyalty_round=5)

    def test_nobody_spends_the_points_of_another_member(self):
        reward = self.five_off
        line = {
            "product_id": reward.discount_line_product_id.id,
            "name": "Mine",
            "price_unit": -5,
            "reward_id": reward.id,
            "coupon_id": self.theirs.id,
            "reward_identifier_code": "x",
            "points_cost": 100,
        }
        order = self.order(self.plain)
        order.write({"order_line": [Command.create(line)]})
        order.write({"applied_coupon_ids": [Command.link(self.theirs.id)]})
        order.action_confirm()
        self.assertEqual(self.theirs.points, 1000)
        done = self.confirmed(self.plain)
        with self.assertRaises(UserError):
            done.write({"order_line": [Command.create(line)]})
        own = self.order(self.plain)
        own._update_programs_and_rewards()
        self.claim(own)
        own.action_confirm()
        reward_line = own.order_line.filtered("coupon_id")
        with self.assertRaises(AccessError):
            reward_line.write({"coupon_id": self.theirs.id})
        self.assertEqual(self.theirs.points, 1000)

    def test_what_a_reward_costs_is_computed(self):
        order, card = self.quotation()
        order.order_line.filtered("reward_id").write({"points_cost": -500})
        order.action_confirm()
        self.assertEqual(card.points, 195)  # 200 - 100 + 95 for the valve less 5
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(card.points, 200)

    def test_a_reward_does_not_move_to_another_order(self):
        """What was not posted on a quotation would be given back on the other one."""
        done = self.confirmed(self.plain)
        points = self.mine.points
        order, _card = self.quotation()
        reward_line = order.order_line.filtered("reward_id")
        with self.assertRaises(AccessError):
            reward_line.write({"order_id": done.id})
        self.assertEqual(self.mine.points, points)

    def test_history_of_odoo_moves_nothing(self):
        order = self.confirmed(self.plain)
        history = self.env["loyalty.history"].with_user(self.salesman)
        row = history.create(
            {
                "card_id": self.mine.id,
                "order_model": "sale.order",
                "order_id": order.id,
                "issued": 5000,
                "used": 0,
                "description": "Forged",
            }
        )
        row.write({"issued": 9000})
        self.assertEqual(self.mine.points, 300)
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(self.mine.points, 200)

    def test_coupon_points_are_odoos_to_write(self):
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        with self.assertRaises(AccessError):
            order.write(
                {
                    "coupon_point_ids": [
                        Command.update(order.coupon_point_ids.id, {"points": 9000})
                    ]
                }
            )
