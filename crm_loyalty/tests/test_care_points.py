# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points that come with care: through goodwill, once, and not for what was not done."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_service_excellence.tests.care_send_common import (
    NOW,
    CareTaskCommon,
)

from .common import LoyaltyCase, limit_goodwill

LATER = NOW + timedelta(hours=1)


@tagged("standard", "post_install", "-at_install")
@freeze_time(NOW)
class TestCarePoints(CareTaskCommon):
    """0.05 a point; 20 of money alone (400 points), a budget of 200.

    Who looks after the customer has no right on loyalty.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).action_archive()
        cls.program = LoyaltyCase.create_program.__func__(cls, point_value=0.05)
        limit_goodwill(cls.company)
        cls.type = cls.env["crm.goodwill.type"].create(
            {
                "name": "Birthday points",
                "kind": "points",
                "program_id": cls.program.id,
                "default_points": 400,
            }
        )

    def sent(self, channel="email", **values):
        """A task of a rule with points, after the gateway has looked at it."""
        rule = self._create_rule((channel,), goodwill_type_id=self.type.id)
        task = self._create_task(rule=rule, **values)
        self._send(task)
        return task

    def entries(self, task):
        return self.env["crm.loyalty.entry"].search(
            [("partner_id", "=", task.partner_id.id)], order="id"
        )

    def points(self, task):
        self.env.invalidate_all()
        return sum(self.entries(task).mapped("points"))

    def boss(self, goodwill):
        return goodwill.with_user(self.care_manager)

    # WITH A GREETING

    def test_points_with_a_greeting(self):
        task = self.sent()
        self.assertEqual((task.state, task.goodwill_id.state), ("done", "granted"))
        entry = self.entries(task)
        self.assertEqual(
            (entry.kind, entry.points, entry.key),
            ("goodwill", 400, f"goodwill:{task.goodwill_id.id}"),
        )
        self.assertEqual(task.goodwill_id.requested_by_id, self.care_own)
        self._send(task)
        task._ask_goodwill()
        self.assertEqual(self.points(task), 400)

    def test_points_that_wait_for_a_yes(self):
        self.type.default_points = 401
        task = self.sent()
        self.assertEqual((task.state, task.goodwill_id.state), ("done", "requested"))
        self.assertEqual(self.points(task), 0)
        self.boss(task.goodwill_id).action_approve()
        self.assertEqual(self.points(task), 401)

    def test_refused_points_take_back_no_greeting(self):
        self.type.default_points = 401
        task = self.sent()
        self.boss(task.goodwill_id)._refuse("Too many")
        self.assertEqual((task.state, self.points(task)), ("done", 0))

    def test_points_of_a_contact_go_to_the_card_in_use(self):
        company = self._create_contact("Hengda", is_company=True)
        contact = self._create_contact("Li", parent_id=company.id)
        task = self.sent(partner=contact)
        self.assertEqual(self.entries(task).partner_id, self.env["res.partner"])
        card = self.env["loyalty.card"].search([("partner_id", "=", company.id)])
        self.assertEqual(card.points, 400)

    def test_interrupted(self):
        """Neither the greeting nor its points, then both."""
        rule = self._create_rule(goodwill_type_id=self.type.id)
        task = self._create_task(rule=rule)
        with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
            task._dispatch(NOW)
            self.assertEqual(self.points(task), 400)
            raise KeyboardInterrupt
        self.env.invalidate_all()
        self.assertEqual((task.state, self.points(task)), ("planned", 0))
        self._send(task)
        self.assertEqual((task.state, self.points(task)), ("done", 400))

    def test_given_up_while_points_wait_for_a_yes(self):
        self.type.default_points = 401
        task = self.sent()
        task._fail_delivery("No such address")
        self.assertEqual(task.goodwill_id.state, "withdrawn")
        with self.assertRaises(UserError):
            self.boss(task.goodwill_id).action_approve()
        self.assertEqual(self.points(task), 0)

    # ONCE MORE

    def again(self, task):
        new = task.with_user(self.care_manager)._send_again("It came back").sudo()
        with freeze_time(LATER):
            self.assertEqual(self._send(new, max(LATER, new.not_before)), ["done"])
        return new

    def test_sent_again_brings_no_second_points(self):
        self.company.write({"crm_care_daily_cap": 0, "crm_care_weekly_cap": 0})
        task = self.sent()
        task._fail_delivery("No such address")
        self.assertEqual(self.points(task), 400)  # who got them keeps them
        new = self.again(task)
        self.assertEqual(new.goodwill_id, task.goodwill_id)
        self.assertEqual(self.points(task), 400)

    def test_sent_again_asks_again_for_what_was_withdrawn(self):
        self.company.write({"crm_care_daily_cap": 0, "crm_care_weekly_cap": 0})
        self.type.default_points = 401
        task = self.sent()
        task._fail_delivery("No such address")
        new = self.again(task)
        self.assertNotEqual(new.goodwill_id, task.goodwill_id)
        self.boss(new.goodwill_id).action_approve()
        self.assertEqual(self.points(task), 401)

    def test_repetition_given_up_leaves_the_gift_of_the_first(self):
        self.type.default_points = 401
        task = self.sent()
        new = task.with_user(self.care_manager)._send_again("Lost").sudo()
        new.with_user(self.care_manager)._skip("Found")
        self.assertEqual(new.goodwill_id.state, "requested")
        self.boss(task.goodwill_id).action_approve()
        self.assertEqual(self.points(task), 401)

    # BY HAND

    def test_call_given_up(self):
        task = self.sent("phone")
        self.assertFalse(task.goodwill_id)
        task.with_user(self.care_own)._skip("Was in the shop yesterday")
        self.assertEqual((self.points(task), len(task.goodwill_id)), (0, 0))

    def test_call_done(self):
        task = self.sent("phone")
        task.with_user(self.care_own).action_done()
        self.assertEqual(self.points(task), 400)
        with self.assertRaises(UserError):
            task.with_user(self.care_own).action_done()
        self.assertEqual(self.points(task), 400)

    def test_gift_has_its_points_when_it_is_done(self):
        """Agreed to when it is handed to the colleague, who then tells the customer."""
        task = self.sent("gift")
        self.assertEqual((task.state, task.goodwill_id.state), ("by_hand", "approved"))
        self.assertEqual(self.points(task), 0)
        task.with_user(self.care_own).action_done()
        self.assertEqual((task.state, task.goodwill_id.state), ("done", "granted"))
        self.assertEqual(self.points(task), 400)

    def test_gift_given_up_gives_no_points(self):
        task = self.sent("gift")
        task.with_user(self.care_own)._skip("Was in the shop yesterday")
        self.assertEqual((task.state, task.goodwill_id.state), ("skipped", "withdrawn"))
        self.assertFalse(self.entries(task))

    def test_gift_that_waits_for_a_yes(self):
        self.type.default_points = 401
        task = self.sent("gift")
        self.assertEqual(task.goodwill_id.state, "requested")
        with self.assertRaisesRegex(UserError, "has to approve the gift"):
            task.with_user(self.care_own).action_done()
        self.boss(task.goodwill_id).action_approve()
        self.assertEqual(self.points(task), 0)
        task.with_user(self.care_own).action_done()
        self.assertEqual(self.points(task), 401)

    def test_gift_that_is_not_given(self):
        self.type.default_points = 401
        for decide, words in (("_refuse", "refused"), ("_withdraw", "withdrawn")):
            with self.subTest(decide):
                task = self.sent("gift")
                getattr(self.boss(task.goodwill_id), decide)("Too many")
                self._assert_ended(task, "skipped", "refused", f"{words}: Too many")
                with self.assertRaises(UserError):
                    task.with_user(self.care_own).action_done()
                self.assertFalse(self.entries(task))

    def test_gift_that_cannot_be_given_any_more(self):
        """Done says so, and nothing is done."""
        task = self.sent("gift")
        self.program.active = False
        with (
            self.assertRaisesRegex(UserError, "gives no points any more"),
            self.env.cr.savepoint(),
        ):
            task.with_user(self.care_own).action_done()
        self.env.invalidate_all()
        self.assertEqual((task.state, self.points(task)), ("by_hand", 0))

    # RULES

    def test_rules_with_points(self):
        """What each greeting would note as an error is said when the rule is saved."""
        with self.assertRaisesRegex(ValidationError, "follows from them"):
            self._create_rule(goodwill_type_id=self.type.id, goodwill_value=20)
        self.type.default_points = 0
        with self.assertRaisesRegex(ValidationError, "how many points"):
            self._create_rule(goodwill_type_id=self.type.id)
        self.type.write({"default_points": 400, "program_id": False})
        self.assertTrue(self._create_rule(goodwill_type_id=self.type.id))
        LoyaltyCase.create_program.__func__(type(self), name="Second")
        with self.assertRaisesRegex(ValidationError, "of which program"):
            self._create_rule(goodwill_type_id=self.type.id)
