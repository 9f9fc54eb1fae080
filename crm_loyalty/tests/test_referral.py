# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From word of mouth to points for both sides, and back."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .referral_common import ReferralCase


@tagged("standard", "post_install", "-at_install")
@freeze_time("2026-01-05 09:00:00")
class TestReferral(ReferralCase):
    # QUALIFIES

    def test_pending_until_the_first_order_is_old_enough(self):
        """Ordered and paid on 01-06: counts from 01-20 on, not on 01-19."""
        referral = self.refer()
        self.assertEqual(referral.state, "pending")
        order = self.order("2026-01-06")
        self.run_job("2026-01-19")
        self.assertEqual((referral.state, referral.order_id), ("pending", order))
        self.assertEqual(referral.due_date, date(2026, 1, 20))
        self.assertEqual(self.points_of(self.partner), 0)
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "rewarded")
        self.assertEqual(referral.qualified_date, date(2026, 1, 20))
        self.assertEqual(self.points_of(self.partner), 200)
        self.assertEqual(self.points_of(self.friend), 50)
        self.assertEqual(referral.referrer_entry_id.kind, "event")
        self.assertEqual(referral.referrer_entry_id.qualifying_points, 0)
        self.assert_whole()

    def test_the_job_runs_again(self):
        referral = self.refer()
        self.order("2026-01-06")
        for day in ("2026-01-20", "2026-01-20", "2026-02-01"):
            self.run_job(day)
        self.assertEqual(self.points_of(self.partner), 200)
        self.assertEqual(referral.rewarded_date, date(2026, 1, 20))

    def test_an_unpaid_order_does_not_count(self):
        referral = self.refer()
        order = self.order("2026-01-06", pay=False)
        self.run_job("2026-03-01")
        self.assertEqual(referral.state, "pending")
        self.pay(order)
        self.run_job("2026-03-02")
        self.assertEqual(referral.state, "rewarded")

    def test_the_day_is_that_of_the_company(self):
        """Ordered at 23:30 UTC on 01-06: in Tokyo that is the 7th."""
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        referral = self.refer()
        self.order("2026-01-06").date_order = "2026-01-06 23:30:00"
        self.run_job("2026-01-10")
        self.assertEqual(referral.due_date, date(2026, 1, 21))

    def test_an_order_by_another_contact_of_the_company(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": firm.id})
        self.friend.parent_id = firm
        referral = self.refer()
        self.order("2026-01-06", partner=buyer)
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "rewarded")

    def test_a_refunded_order_waits_for_another(self):
        referral = self.refer()
        first = self.order("2026-01-06")
        self.refund(first.invoice_ids)
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "pending")
        second = self.order("2026-01-21")
        self.run_job("2026-02-04")
        self.assertEqual((referral.state, referral.order_id), ("rewarded", second))

    def test_who_cannot_get_points_holds_up_nobody(self):
        referral = self.refer()
        self.order("2026-01-06")
        self.partner.active = False
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "rewarded")
        self.assertEqual(self.points_of(self.friend), 50)
        self.assertFalse(referral.referrer_entry_id)
        self.assertIn("archived", referral.reason)

    def test_without_an_event_it_stays_qualified(self):
        self.events.action_archive()
        referral = self.refer()
        self.order("2026-01-06")
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "qualified")
        self.events.action_unarchive()
        self.run_job("2026-01-21")
        self.assertEqual(referral.state, "rewarded")
        self.assertEqual(referral.qualified_date, date(2026, 1, 20))

    # REVERSED

    def test_a_full_refund_takes_it_back(self):
        """At once, from both; what was spent since is owed."""
        referral = self.rewarded()
        card = referral.referrer_entry_id.card_id
        self.post(card, "redeem", 150, "spent")
        self.refund(referral.order_id.invoice_ids)
        self.assertEqual(
            (referral.state, referral.reason_kind), ("reversed", "refunded")
        )
        self.assertIn(referral.order_id.name, referral.reason)
        self.assertEqual(self.points_of(self.partner), 0)
        self.assertEqual(self.points_of(self.friend), 0)
        self.assertEqual(card.debt_points, 150)
        self.run_job("2026-02-01")
        self.assertEqual(referral.state, "reversed")
        self.assert_whole()

    def test_a_partial_refund_does_not(self):
        referral = self.rewarded()
        invoice = referral.order_id.invoice_ids
        self.refund(invoice, quantity=0.4)
        self.assertEqual(referral.state, "rewarded")
        self.refund(invoice, quantity=0.6)
        self.assertEqual(referral.state, "reversed")

    def test_a_cancelled_order_takes_it_back(self):
        referral = self.rewarded()
        self.refund(referral.order_id.invoice_ids, quantity=0)
        referral.order_id._action_cancel()
        self.assertEqual(
            (referral.state, referral.reason_kind), ("reversed", "cancelled")
        )
        self.assertEqual(self.points_of(self.partner), 0)

    def test_the_job_finds_what_no_hook_did(self):
        referral = self.rewarded()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET state = 'cancel' WHERE id = %s",
            [referral.order_id.id],
        )
        self.env.invalidate_all()
        self.run_job("2026-01-21")
        self.assertEqual(referral.state, "reversed")

    def test_a_merged_member_owes_on_its_new_card(self):
        referral = self.rewarded()
        card = referral.referrer_entry_id.card_id
        other = self.env["res.partner"].create({"name": "Ms Member (new)"})
        kept = self.card(other)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((other | self.partner).ids, other, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(kept.points, 200)
        self.assertEqual(referral.referrer_id, other)
        self.refund(referral.order_id.invoice_ids)
        self.assertEqual((card.points, kept.points, kept.debt_points), (0, 0, 0))
        self.assert_whole()

    # REJECTED

    def test_one_person_under_two_names(self):
        country = self.env.ref("base.de")
        bank = {"acc_number": "DE89 3704 0044 0532 0130 00"}
        for values, same, words in (
            (
                {"email": "Ann.Lee@gmail.com"},
                {"email": "annlee+x@googlemail.com"},
                "e-mail",
            ),
            (
                {"phone": "+49 30 123456", "country_id": country.id},
                {"phone": "030/123456", "country_id": country.id},
                "phone",
            ),
            ({"vat": "DE811569869"}, {"vat": "de 811569869"}, "tax"),
            (
                {"bank_ids": [Command.create(bank)]},
                {
                    "bank_ids": [
                        Command.create({"acc_number": "DE89370400440532013000"})
                    ]
                },
                "bank",
            ),
            (
                {"street": "Main St. 1", "zip": "10115"},
                {"street": "main st 1", "zip": "10 115"},
                "address",
            ),
        ):
            with self.subTest(words):
                partners = self.env["res.partner"].create(
                    [{"name": "Ann", **values}, {"name": "Lee", **same}]
                )
                referral = self.refer(partners[0], partners[1])
                self.assertEqual(referral.state, "rejected")
                self.assertEqual(referral.reason_kind, "same_person")
                self.assertIn(words, referral.reason)

    def test_a_colleague_of_the_same_customer(self):
        self.friend.parent_id = self.partner
        self.assertEqual(self.refer().reason_kind, "same_person")
        self.assertEqual(
            self.refer(self.partner, self.partner).reason_kind, "same_person"
        )

    def test_found_out_before_it_is_rewarded(self):
        referral = self.refer()
        self.order("2026-01-06")
        (self.partner | self.friend).write({"email": "one@example.com"})
        self.run_job("2026-01-20")
        self.assertEqual(referral.reason_kind, "same_person")
        self.assertEqual(self.points_of(self.partner), 0)

    def test_accepted_by_a_manager(self):
        """A household, two customers."""
        (self.partner | self.friend).write({"street": "Main St. 1", "city": "Berlin"})
        referral = self.refer()
        with self.assertRaises(AccessError):
            referral.with_user(self.clerk).action_accept()
        referral.with_user(self.manager).action_accept()
        self.assertEqual(referral.state, "pending")
        self.order("2026-01-06")
        self.run_job("2026-01-20")
        self.assertEqual(referral.state, "rewarded")
        with self.assertRaises(UserError):
            referral.with_user(self.manager).action_accept()
        with self.assertRaises(UserError):
            referral.with_user(self.manager).action_reject()

    def test_a_customer_already(self):
        self.order("2025-06-01", pay=False)
        referral = self.refer()
        self.assertEqual(
            (referral.state, referral.reason_kind), ("rejected", "customer")
        )
        self.assertIn("2025-06-01", referral.reason)

    def test_the_first_one_wins(self):
        first = self.refer()
        self.assertEqual(self.refer(), first)
        other = self.env["res.partner"].create({"name": "Somebody"})
        second = self.refer(other)
        self.assertEqual((second.state, second.reason_kind), ("rejected", "second"))
        self.assertIn(self.partner.name, second.reason)
        with self.assertRaises(UserError):
            second.with_user(self.manager).action_accept()

    def test_no_program_rewards_it(self):
        self.program.referral_enabled = False
        with self.assertRaisesRegex(UserError, "No loyalty program"):
            self.refer()

    # WHO SEES, WHAT FOLLOWS

    def test_who_sees_it(self):
        referral = self.refer()
        own = new_test_user(
            self.env,
            login="own",
            groups="base.group_user,sales_team.group_sale_salesman",
        )
        portal = new_test_user(self.env, login="portal_r", groups="base.group_portal")
        self.assertFalse(self.referrals.with_user(own).search([]) & referral)
        self.partner.user_id = own
        self.assertIn(referral, self.referrals.with_user(own).search([]))
        self.assertIn(referral, self.referrals.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            referral.with_user(portal).read(["state"])
        for user in (own, self.manager):
            with self.assertRaises(AccessError):
                referral.with_user(user).write({"state": "rewarded"})
            with self.assertRaises(AccessError):
                referral.with_user(user).unlink()

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self.manager.company_ids = [Command.link(company.id)]
        program = self.create_program(
            name="Theirs", company_id=company.id, referral_enabled=True
        )
        theirs = self.refer(company=company)
        ours = self.refer()
        self.assertEqual(theirs.program_id, program)
        self.assertNotEqual(theirs, ours)
        seen = (
            self.referrals.with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids)
            .search([])
        )
        self.assertIn(ours, seen)
        self.assertNotIn(theirs, seen)

    def test_counts_for_the_grade_and_the_rate(self):
        """Two new customers in January, one recommended: 50 %."""
        self.order("2026-01-02", partner=self.partner)
        referral = self.rewarded()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.order("2026-01-07", partner=stranger)
        self.env["crm.customer"]._refresh(as_of="2026-01-31")
        customer = self.env["crm.customer"].search(
            [("partner_id", "=", self.partner.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(customer.referral_count, 1)
        self.env.flush_all()
        people = self.friend | stranger
        rows = self.env["crm.referral.report"]._read_group(
            [("partner_id", "in", people.ids)],
            ["date:month"],
            ["customer_count:sum", "referred_count:sum", "referral_rate:avg"],
        )
        self.assertEqual([row[1:] for row in rows], [(2, 1, 0.5)])
        self.refund(referral.order_id.invoice_ids)
        customer.invalidate_recordset()
        self.assertEqual(customer.referral_count, 0)
