# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an order earns: base, grade, campaigns, caps, currency (E1, R1-R4, T2-T4)."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time, tagged

from .sale_common import NOW, SaleLoyaltyCase


@freeze_time(NOW)
@tagged("standard", "post_install", "-at_install")
class TestSaleEarn(SaleLoyaltyCase):
    def test_e1(self):
        """Gold 1.5, double points on the pump: 575.275 -> 575 = 500 + 75 + 0."""
        self.make_gold()
        self.campaign(product_ids=[Command.set(self.pump.ids)])
        order = self.confirmed(self.pump, self.hose, self.clip)
        self.assertEqual(self.entries(order), [("earn", 575)])
        entry = self.card_of(order).entry_ids
        self.assertEqual(entry.key, f"so:{order.id}:earn:{entry.card_id.id}")
        self.assertEqual(entry.grade_id, self.gold)
        self.assertEqual(entry.effective_date, date(2026, 5, 11))
        self.assertEqual(entry.expiry_date, date(2027, 5, 31))
        self.assertEqual(entry.qualifying_points, 575)
        snapshot = entry.snapshot
        self.assertEqual(
            (snapshot["raw"], snapshot["points"], snapshot["factor"], snapshot["rate"]),
            ("575.275", "575", "1.50", "1"),
        )
        self.assertEqual(
            [(line["amount"], line["points"]) for line in snapshot["lines"]],
            [("199.90", "500"), ("50.05", "75"), ("0.30", "0")],
        )
        self.assertEqual(
            snapshot["lines"][0]["terms"][1],
            {
                "kind": "campaign",
                "label": "Double points in May",
                "base": "199.90",
                "factor": "1",
                "points": "199.90",
            },
        )
        self.assertEqual(
            entry._arithmetic(), "250.25 x 1.5 Gold + 199.90 Double points in May"
        )
        self.assertEqual(order.coupon_point_ids.points, 575)
        self.assertEqual(order.loyalty_data["issued"], 575)
        self.assert_whole()

    def test_compounding_campaign(self):
        """199.90 x 1.5 x 2 + 50.35 x 1.5 = 675.225"""
        self.make_gold()
        self.campaign(product_ids=[Command.set(self.pump.ids)], is_compounding=True)
        order = self.confirmed(self.pump, self.hose, self.clip)
        self.assertEqual(self.earned(order), 675)

    def test_grade_is_fixed_when_posted(self):
        """R4: nothing that changes later rates an entry anew."""
        self.make_gold()
        order = self.confirmed(self.plain)
        self.assertEqual(self.earned(order), 150)
        self.program.multiplier_ids.factor = 3
        self.program.rule_ids.reward_point_amount = 7
        self.gold.name = "Silver"
        order._update_programs_and_rewards()
        self.assertEqual(self.entries(order), [("earn", 150)])
        self.assertEqual(self.card_of(order).entry_ids.snapshot["grade"], "Gold")
        self.assertEqual(order.coupon_point_ids.points, 150)

    def test_member_without_card_has_a_grade(self):
        self.make_gold()
        self.assertFalse(self.card_of(self.order(self.clip)))
        contact = self.env["res.partner"].create(
            {"name": "Her buyer", "parent_id": self.partner.id}
        )
        order = self.confirmed(self.plain, partner_id=contact.id)
        self.assertEqual(self.earned(order), 150)

    def test_rule_amount_multiplies_first(self):
        """R3: 2 points per unit of money: 100 x 2 x 1.5, plus 200 of the campaign."""
        self.make_gold()
        self.campaign()
        self.program.rule_ids.reward_point_amount = 2
        self.assertEqual(self.earned(self.confirmed(self.plain)), 500)

    def test_units_and_orders(self):
        """3 points a unit, and 10 for the order, for gold: (4 x 3 + 10) x 1.5 = 33."""
        self.make_gold()
        self.program.rule_ids = [
            Command.clear(),
            Command.create({"reward_point_mode": "unit", "reward_point_amount": 3}),
            Command.create({"reward_point_mode": "order", "reward_point_amount": 10}),
        ]
        order = self.confirmed((self.plain, 3), self.hose)
        self.assertEqual(self.earned(order), 33)
        lines = self.card_of(order).entry_ids.snapshot["lines"]
        self.assertEqual(sum(Decimal(line["points"]) for line in lines), 33)

    def test_minimum_amount_and_quantity(self):
        self.program.rule_ids.minimum_amount = 150
        self.assertEqual(self.entries(self.confirmed(self.plain)), [])
        self.assertEqual(self.earned(self.confirmed((self.plain, 2))), 200)
        self.program.rule_ids.write({"minimum_amount": 0, "minimum_qty": 3})
        self.assertEqual(self.entries(self.confirmed((self.plain, 2))), [])
        self.assertEqual(self.earned(self.confirmed((self.plain, 3))), 300)

    def test_rule_for_products(self):
        self.program.rule_ids.product_ids = self.hose
        order = self.confirmed(self.pump, (self.hose, 2))
        self.assertEqual(self.earned(order), 100)  # 100.10

    def test_rounding_of_the_program(self):
        self.program.rounding_mode = "up"
        self.assertEqual(self.earned(self.confirmed(self.hose)), 51)
        self.program.write({"rounding_step": 5, "rounding_mode": "half_up"})
        self.assertEqual(self.earned(self.confirmed(self.pump)), 200)
        self.program.write({"rounding_step": 0.01, "rounding_mode": "down"})
        self.assertEqual(self.earned(self.confirmed(self.pump)), 199.9)

    def test_foreign_currency(self):
        """T2: 100 units of a currency of which 4 are one of the program's: 25."""
        foreign = self.env["res.currency"].create(
            {"name": "XFO", "symbol": "F", "rounding": 0.01}
        )
        self.env["res.currency.rate"].create(
            [
                {"name": day, "rate": rate, "currency_id": foreign.id}
                for day, rate in (("2026-01-01", 2), ("2026-05-11", 4))
            ]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self.order(self.plain, pricelist_id=pricelist.id)
        order.order_line.price_unit = 100
        order.action_confirm()
        self.assertEqual(self.earned(order), 25)
        snapshot = self.card_of(order).entry_ids.snapshot
        self.assertEqual(
            (snapshot["rate"], snapshot["lines"][0]["base"]), ("0.25", "25")
        )
        self.assertEqual(snapshot["lines"][0]["amount"], "100")

    def test_coarse_currency_keeps_points(self):
        """T3: half points stay, in a currency that is rounded to tens."""
        coarse = self.env["res.currency"].create(
            {"name": "XCO", "symbol": "C", "rounding": 10}
        )
        program = self.create_program(name="Coarse", currency_id=coarse.id)
        card = self.member(104.5, program)
        order = self.order(self.plain)
        self.assertEqual(order._get_real_points_for_coupon(card), 104.5)

    # CAMPAIGNS

    def test_campaign_days_are_the_programs(self):
        """At 22:30 on 30 April it is May in Shanghai."""
        self.campaign()
        with freeze_time("2026-04-30 22:30:00"):
            self.assertEqual(self.earned(self.confirmed(self.plain)), 100)
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        with freeze_time("2026-04-30 22:30:00"):
            self.assertEqual(self.earned(self.confirmed(self.plain)), 200)
        with freeze_time("2026-05-31 16:30:00"):
            self.assertEqual(self.earned(self.confirmed(self.plain)), 100)

    def test_campaign_for_grades_and_categories(self):
        parent = self.env["product.category"].create({"name": "Tools"})
        child = self.env["product.category"].create(
            {"name": "Hand tools", "parent_id": parent.id}
        )
        self.plain.categ_id = child
        campaign = self.campaign(product_category_ids=[Command.set(parent.ids)])
        self.assertEqual(self.earned(self.confirmed(self.plain)), 200)
        self.assertEqual(self.earned(self.confirmed(self.hose)), 50)
        campaign.grade_ids = self.gold
        self.assertEqual(self.earned(self.confirmed(self.plain)), 100)
        self.make_gold(factor=1)
        self.assertEqual(self.earned(self.confirmed(self.plain)), 200)
        campaign.active = False
        self.assertEqual(self.earned(self.confirmed(self.plain)), 100)

    # CAPS

    def test_order_cap(self):
        self.program.order_cap = 120
        order = self.confirmed(self.pump, self.hose)
        entry = self.card_of(order).entry_ids
        self.assertEqual(entry.points, 120)
        self.assertEqual(entry.snapshot["caps"], ["order"])
        # 199.90 : 50.05 of 120 are 95.97 and 24.03
        self.assertEqual(
            [line["points"] for line in entry.snapshot["lines"]], ["96", "24"]
        )
        self.assertEqual(entry._arithmetic(), "249.95, at most 120 for an order")

    def test_month_cap_counts_net(self):
        """Cap 250: 100, then 150 of 200, then none; what is cancelled frees its own."""
        self.program.month_cap = 250
        first = self.confirmed(self.plain)
        self.assertEqual(self.earned(first), 100)
        self.assertEqual(self.earned(self.confirmed((self.plain, 2))), 150)
        self.assertEqual(self.entries(self.confirmed(self.plain)), [])
        first._action_cancel()
        self.assertEqual(self.earned(self.confirmed((self.plain, 3))), 100)
        with freeze_time("2026-06-01 09:00:00"):
            self.assertEqual(self.earned(self.confirmed((self.plain, 3))), 250)
        self.assert_whole()

    def test_month_cap_counts_promises(self):
        self.program.write({"month_cap": 150, "earn_on": "payment"})
        order = self.confirmed(self.plain)
        self.assertEqual(self.entries(order), [("pending", 100)])
        card = self.card_of(order)
        card.pending_ids.sudo()._release(date(2026, 5, 12))
        self.assertEqual(card.points, 100)
        self.assertEqual(self.entries(self.confirmed(self.plain)), [("pending", 50)])

    def test_month_cap_after_a_merge(self):
        """A member of merged contacts has one month, not one for each card."""
        self.program.month_cap = 150
        self.confirmed(self.plain)
        card = self.card_of(self.order(self.plain)).sudo()
        twin = self.env["res.partner"].create({"name": "Ms Member again"})
        heir = self.card(twin)
        heir._absorb(card)
        card.partner_id = twin
        self.assertEqual(
            self.earned(self.confirmed(self.plain, partner_id=twin.id)), 50
        )
        self.assert_whole()

    # WHEN

    def test_pending_until_documents(self):
        for moment in ("invoice", "payment", "delivery"):
            self.program.earn_on = moment
            order = self.confirmed(self.plain)
            entry = self.env["crm.loyalty.entry"].search(
                [("res_id", "=", order.id), ("res_model", "=", "sale.order")]
            )
            self.assertEqual((entry.kind, entry.pending), ("pending", 100))
            self.assertEqual(entry.key, f"so:{order.id}:pending:{entry.card_id.id}")
        card = self.card_of(order)
        self.assertEqual((card.points, card.pending_points), (0, 300))
        self.assertFalse(any(card.pending_ids.mapped("release_date")))
        self.assert_whole()

    def test_pending_for_days(self):
        self.program.earn_delay_days = 14
        order = self.confirmed(self.plain)
        card = self.card_of(order)
        self.assertEqual((card.points, card.pending_points), (0, 100))
        self.assertEqual(card.pending_ids.release_date, date(2026, 5, 25))

    def test_hint(self):
        self.make_gold()
        order = self.order(self.plain)
        self.assertEqual(
            order.crm_loyalty_hint, "Club: earns 150 points (100.00 x 1.5 Gold)."
        )
        self.assertFalse(self.card_of(order), "a hint changes nothing")
        self.member(30)
        order.invalidate_recordset()
        self.assertIn("30 points can be redeemed.", order.crm_loyalty_hint)
        self.program.rule_ids.minimum_amount = 500
        order.invalidate_recordset()
        self.assertIn("as no rule of the program is met", order.crm_loyalty_hint)
        self.program.rule_ids.minimum_amount = 0
        self.program.month_cap = 10
        self.confirmed(self.plain)
        order.invalidate_recordset()
        self.assertIn("the 10 points of the month are earned", order.crm_loyalty_hint)
        self.program.month_cap = 0
        self.program.earn_on = "delivery"
        order.invalidate_recordset()
        self.assertIn("earns 150 points, pending at first", order.crm_loyalty_hint)
        order.action_confirm()
        self.assertFalse(order.crm_loyalty_hint)

    def test_program_that_ended_in_its_zone(self):
        """It is June in Shanghai, and May for Odoo: the order is confirmed, without."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.company.partner_id.tz = "UTC"
        self.program.date_to = date(2026, 5, 31)
        order = self.order(self.plain)
        order._update_programs_and_rewards()
        self.assertEqual(order.coupon_point_ids.points, 100)
        with freeze_time("2026-05-31 16:30:00"):
            order.action_confirm()
        self.assertEqual((order.state, self.entries(order)), ("sale", []))
        order = self.order(self.plain)
        with freeze_time("2026-05-31 15:30:00"):
            order.action_confirm()
        self.assertEqual(self.earned(order), 100)

    def test_paid_in_may_is_of_may(self):
        """A payment before midnight, the order confirmed after it (Odoo's own rule)."""
        self.campaign()
        order = self.order(self.plain)
        provider = self.env["payment.provider"].create({"name": "Provider"})
        method = self.env["payment.method"].create({"name": "Card", "code": "card_x"})
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": 100,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.partner.id,
                "reference": "paid in May",
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = '2026-05-31 23:50:00' "
            "WHERE id = %s",
            [payment.id],
        )
        payment.invalidate_recordset()
        with freeze_time("2026-06-01 00:05:00"):
            self.assertEqual(order._loyalty_earning(self.program).points, 200)
            self.assertEqual(
                self.order(self.plain)._loyalty_earning(self.program).points, 100
            )
            order.action_confirm()
            self.assertEqual(self.earned(order), 200, "as it was when it was paid")
        entry = self.env["crm.loyalty.entry"].search([("res_id", "=", order.id)])
        self.assertEqual(entry.effective_date, date(2026, 5, 31))
        with freeze_time("2026-06-02 09:00:00"):
            order._update_programs_and_rewards()
        self.assertEqual(self.earned(order), 200)
        self.assert_whole()
