# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Members: who is found by which filter, with numbers made by hand."""

from datetime import date, timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import DAY, LoyaltyCase

TODAY = date(2026, 3, 1)


@tagged("standard", "post_install", "-at_install")
class TestMembers(LoyaltyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-03-01 10:00:00"))
        cls.gold = cls.env["crm.grade"].search([], limit=1)
        names = ("Soon", "Later", "Ever", "Past", "Debtor", "Waiting", "Spender")
        for name in names:
            setattr(cls, name.lower(), cls._member(name))
        cls._earn(cls.soon, 100, TODAY + timedelta(days=30))
        cls._earn(cls.soon, 40, TODAY + timedelta(days=90))
        cls._earn(cls.later, 70, TODAY + timedelta(days=31))
        cls._earn(cls.ever, 50, None)
        cls._earn(cls.past, 60, TODAY - timedelta(days=1))
        cls._earn(cls.past, 10, TODAY)
        bought = cls._earn(cls.debtor, 80, TODAY + timedelta(days=365))
        cls._post(cls.debtor, "redeem", 80)
        cls._post(cls.debtor, "reverse_earn", 30, reverses=bought)
        cls._post(cls.waiting, "pending", 25)
        cls._earn(cls.spender, 200, TODAY + timedelta(days=365))
        cls._post(cls.spender, "redeem", 120)
        cls.names = {getattr(cls, name.lower()): name for name in names}

    @classmethod
    def _member(cls, name):
        partner = cls.env["res.partner"].create({"name": name})
        return cls.env["loyalty.card"].create(
            {"program_id": cls.program.id, "partner_id": partner.id}
        )

    @classmethod
    def _post(cls, card, kind, points, day=DAY, **values):
        number = card.ledger_seq + 1
        move = {"kind": kind, "points": points, "key": f"{card.id}:{number}", **values}
        return card._post_points([move], as_of=day)

    @classmethod
    def _earn(cls, card, points, last, **values):
        return cls._post(
            card, "earn", points, effective_date=DAY, expiry_date=last, **values
        )

    def _found(self, *names, domain=(), user=None):
        """Whom the filters of the members' search find."""
        view = self.env["loyalty.card"].get_view(
            self.env.ref("crm_loyalty.loyalty_card_view_search_member").id, "search"
        )

        arch = etree.fromstring(view["arch"])
        terms = [("id", "in", [card.id for card in self.names]), *domain]
        for name in names:
            (node,) = arch.xpath(f"//filter[@name='{name}']")
            terms += safe_eval(node.get("domain"), {"uid": self.env.uid})
        cards = self.env["loyalty.card"].with_user(user or self.clerk).search(terms)
        return {self.names[self.env["loyalty.card"].browse(card.id)] for card in cards}

    def test_filters(self):
        """30 days from 2026-03-01 is 03-31, the last day of Soon's hundred."""
        for filters, expected in (
            (["expiring"], {"Soon", "Past"}),
            (["pending"], {"Waiting"}),
            (["negative"], {"Debtor"}),
            (["owes"], {"Debtor"}),
            (["never_redeemed"], {"Soon", "Later", "Ever", "Past", "Waiting"}),
            (["never_redeemed", "expiring"], {"Soon", "Past"}),
            (["with_points"], {"Soon", "Later", "Ever", "Past", "Spender"}),
            (["holds"], set()),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self._found(*filters), expected)
        self.soon._hold_points(10, "cart", minutes=30)
        self.assertEqual(self._found("holds"), {"Soon"})

    def test_next_expiry(self):
        """Points that have passed are no next expiry; those of today are."""
        clerk = self.clerk
        for card, day, points in (
            (self.soon, TODAY + timedelta(days=30), 100),
            (self.later, TODAY + timedelta(days=31), 70),
            (self.ever, False, 0),
            (self.past, TODAY, 10),
            (self.debtor, False, 0),
            (self.spender, TODAY + timedelta(days=365), 80),
        ):
            with self.subTest(card=self.names[card]):
                member = card.with_user(clerk)
                self.assertEqual(
                    (member.next_expiry_date, member.next_expiry_points),
                    (day, points),
                )

    def test_search_next_expiry(self):
        """The field is searched as it is computed."""
        day = TODAY + timedelta(days=30)
        for operator, value in (
            ("<", day),
            ("<=", day),
            (">", day),
            (">=", day),
            ("=", day),
            ("!=", day),
            ("=", False),
            ("!=", False),
            ("in", [day, False]),
        ):
            with self.subTest(operator=operator, value=value):
                cards = self.env["loyalty.card"].browse([c.id for c in self.names])
                expected = cards.filtered_domain(
                    [("next_expiry_date", operator, value)]
                )
                self.assertEqual(
                    self._found(domain=[("next_expiry_date", operator, value)]),
                    {self.names[card] for card in expected},
                )

    def test_search_next_expiry_in_the_zone_of_each_program(self):
        """It is 2026-03-02 in Kiritimati: what ended there on the 1st is no expiry."""
        other = self.env["res.company"].create({"name": "Line Islands"})
        other.resource_calendar_id.tz = "Pacific/Kiritimati"
        program = self.create_program(name="There", company_id=other.id)
        cards = self.card(self.soon.partner_id, program), self._member("Here")
        self._earn(cards[0], 10, TODAY)
        self._earn(cards[1], 10, TODAY)
        self.assertEqual([card.next_expiry_date for card in cards], [False, TODAY])
        found = self.env["loyalty.card"].search(
            [
                ("id", "in", [card.id for card in cards]),
                ("next_expiry_date", "<=", TODAY),
            ]
        )
        self.assertEqual(found, cards[1])

    def test_available_points(self):
        """60 of Past lapsed unsettled; 30 owed by Debtor."""
        self.assertEqual(self.past.available_points, 10)
        self.assertEqual(self.past.points, 70)
        self.assertEqual(self.debtor.available_points, -30)

    def test_grade_is_searched_and_grouped(self):
        customer = self.env["crm.customer"]._follow(self.soon.partner_id)
        customer.grade_id = self.gold
        self.assertEqual(self.soon.grade_id, self.gold)
        self.assertFalse(self.later.grade_id)
        self.assertEqual(
            self._found(domain=[("grade_id", "=", self.gold.id)]), {"Soon"}
        )
        self.assertEqual(
            self._found(domain=[("grade_id", "ilike", self.gold.name)]), {"Soon"}
        )
        self.assertNotIn("Soon", self._found("no_grade"))
        self.assertEqual(len(self._found("no_grade")), 6)
        groups = (
            self.env["loyalty.card"]
            .with_user(self.clerk)
            ._read_group(
                [("program_id", "=", self.program.id)], ["grade_id"], ["points:sum"]
            )
        )
        self.assertEqual(
            {grade.id: points for grade, points in groups},
            {self.gold.id: 140, False: 70 + 50 + 70 - 30 + 0 + 80},
        )

    def test_grade_of_another_company_is_not_that_of_this_one(self):
        customer = self.env["crm.customer"]._follow(self.soon.partner_id)
        customer.grade_id = self.gold
        other = self.env["res.company"].create({"name": "Other"})
        self.program.company_id = False
        self.assertEqual(self.soon.with_company(self.company).grade_id, self.gold)
        self.assertFalse(self.soon.with_company(other).grade_id)

    def test_a_member_is_known_by_name(self):
        self.assertEqual(self.soon.display_name, "Club: Soon")
        plain = self.create_program(is_ledger=False, name="Plain")
        card = self.card(self.soon.partner_id, plain)
        self.assertEqual(card.display_name, f"Plain: {card.code}")

    def test_every_button_opens_the_member(self):
        """Not Odoo's own form, which shows no ledger."""
        form = self.env.ref("crm_loyalty.loyalty_card_view_form_member")
        action = self.card()._get_records_action()
        self.assertEqual(action["views"], [(form.id, "form")])
        plain = self.create_program(is_ledger=False)
        action = self.card(program=plain)._get_records_action()
        self.assertEqual(action["views"], [(False, "form")])

    def test_links_open_the_member_form(self):
        form = self.env.ref("crm_loyalty.loyalty_card_view_form_member")
        self.assertEqual(self.soon.get_formview_id(), form.id)
        plain = self.create_program(is_ledger=False, name="Plain")
        self.assertNotEqual(self.card(program=plain).get_formview_id(), form.id)

    def test_manager_enrols_a_member(self):
        partner = self.env["res.partner"].create({"name": "New"})
        cards = self.env["loyalty.card"].with_user(self.manager)
        with Form(cards, "crm_loyalty.loyalty_card_view_form_member") as form:
            form.program_id = self.program
            form.partner_id = partner
        card = form.record
        self.assertEqual((card.partner_id, card.points), (partner, 0))
        self.assertTrue(card.is_ledger)

    def test_nobody_types_points_in_the_form(self):
        cards = self.soon.with_user(self.manager)
        with Form(cards, "crm_loyalty.loyalty_card_view_form_member") as form:
            with self.assertRaises(AssertionError):
                form.points = 1000

    def test_user_of_loyalty_alone_sees_members(self):
        """No seller: the first rung of Loyalty, and nothing else."""
        user = new_test_user(
            self.env,
            login="loyalty_only",
            groups="base.group_user,crm_loyalty.group_loyalty_user",
        )
        self.assertEqual(self._found("expiring", user=user), {"Soon", "Past"})
        member = self.spender.with_user(user)
        self.assertEqual(member.read(["points", "next_expiry_points"])[0]["points"], 80)
        view = "crm_loyalty.loyalty_card_view_form_member"
        self.assertEqual(Form(member, view).available_points, 80)
        with self.assertRaises(AccessError):
            member.write({"code": "mine"})
        with self.assertRaises(AccessError):
            self.env["loyalty.card"].with_user(user).create(
                {"program_id": self.program.id, "partner_id": self.partner.id}
            )

    def test_employee_sees_no_members(self):
        user = new_test_user(self.env, login="nobody", groups="base.group_user")
        for model in ("loyalty.card", "crm.loyalty.entry", "crm.loyalty.liability"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])

    def test_company_of_others_stays_hidden(self):
        other = self.env["res.company"].create({"name": "Other"})
        program = self.create_program(name="Theirs", company_id=other.id)
        card = self.card(self.ever.partner_id, program)
        self._earn(card, 500, None)
        partner = self.ever.partner_id.with_user(self.clerk)
        self.assertEqual(partner.crm_loyalty_points, 50)

    def test_badge_of_a_company_adds_its_contacts(self):
        company = self.env["res.partner"].create({"name": "ACME", "is_company": True})
        (self.soon | self.later).partner_id.parent_id = company
        self.env.invalidate_all()
        clerk = self.clerk
        self.assertEqual(company.with_user(clerk).crm_loyalty_points, 210)
        self.assertEqual(company.with_user(clerk).crm_loyalty_card_count, 2)
        contact = self.soon.partner_id.with_user(clerk)
        self.assertEqual(contact.crm_loyalty_points, 140)
        action = contact.action_view_crm_members()
        self.assertEqual(action["res_id"], self.soon.id)
        found = self.env["loyalty.card"].search(
            company.with_user(clerk).action_view_crm_members()["domain"]
        )
        self.assertEqual(found, self.soon | self.later)

    def test_badge_of_a_customer(self):
        customer = self.env["crm.customer"]._follow(self.soon.partner_id)
        customer = customer.with_user(self.manager)
        self.assertEqual(customer.crm_loyalty_points, 140)
        self.assertEqual(customer.action_view_members()["res_id"], self.soon.id)

    def test_badge_of_an_order(self):
        """140 points buy the reward of 100; 80 lack 20."""
        product = self.env["product.product"].create({"name": "Pump"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.soon.partner_id.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.user_id = self.clerk
        order = order.with_user(self.clerk)
        self.assertEqual(order.crm_loyalty_card_id, self.soon)
        self.assertEqual(order.crm_loyalty_available, 140)
        self.assertIn("for 100 points", order.crm_loyalty_reward_hint)
        order.partner_id = self.spender.partner_id
        self.assertEqual(order.crm_loyalty_available, 80)
        self.assertIn("20 points more", order.crm_loyalty_reward_hint)
        company = self.env["res.partner"].create({"name": "ACME", "is_company": True})
        self.spender.partner_id = company
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": company.id}
        )
        order.partner_id = contact
        self.assertEqual(order.crm_loyalty_card_id, self.spender)
        order.partner_id = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(order.crm_loyalty_card_id)
        self.assertFalse(order.crm_loyalty_reward_hint)

    def test_hint_leaves_out_rewards_of_other_grades(self):
        words = self.soon.with_user(self.clerk)._reward_words()
        self.assertIn("for 100 points", words)
        self.program.reward_ids.grade_ids = self.gold
        self.assertFalse(self.soon._reward_words())
        self.env["crm.customer"]._follow(self.soon.partner_id).grade_id = self.gold
        self.soon.invalidate_recordset(["grade_id"])
        self.assertIn("for 100 points", self.soon._reward_words())

    def test_source_of_an_entry(self):
        order = self.env["sale.order"].create({"partner_id": self.ever.partner_id.id})
        entry = self._earn(self.ever, 5, None, source=order)
        order.user_id = self.manager
        entry = entry.with_env(self.env(user=self.manager.id))
        self.assertEqual(entry.source_name, order.name)
        self.assertEqual(entry.action_open_source()["res_id"], order.id)
        plain = self._earn(self.ever, 5, None)
        self.assertFalse(plain.source_name)
        with self.assertRaises(UserError):
            plain.action_open_source()

    def test_source_is_shown_under_the_readers_own_rights(self):
        """A seller of own documents does not see the order of a colleague."""
        seller = new_test_user(
            self.env, login="own_seller", groups="sales_team.group_sale_salesman"
        )
        order = self.env["sale.order"].create(
            {"partner_id": self.ever.partner_id.id, "user_id": self.manager.id}
        )
        mine = self.env["sale.order"].create(
            {"partner_id": self.ever.partner_id.id, "user_id": seller.id}
        )
        entries = self._earn(self.ever, 5, None, source=order)
        entries |= self._earn(self.ever, 5, None, source=mine)
        entries = entries.with_env(self.env(user=seller.id))
        self.assertEqual(entries.mapped("source_name"), [False, mine.name])
        with self.assertRaises(AccessError):
            entries[0].action_open_source()

    def test_what_was_taken_back(self):
        entry = self.debtor.entry_ids.filtered(lambda entry: entry.kind == "earn")
        self.assertEqual(entry.reversed_points, 30)
        self.assertEqual(entry.reversal_ids.kind, "reverse_earn")
        self.assertEqual(entry.display_name, "Earned: 80 (no. 1)")
        self.assertEqual(entry.moved_points, 80)
        self.assertEqual(self.waiting.entry_ids.moved_points, 25)
