# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import Form, freeze_time, tagged

from .goodwill_common import NOON, GoodwillCommon


@tagged("post_install", "-at_install")
class TestGoodwillScreens(GoodwillCommon):
    def test_ask_on_the_form(self):
        self.voucher.write({"default_value": 150, "default_cost": 90})
        with freeze_time(NOON):
            with Form(self.goodwills.with_user(self.care_own)) as form:
                form.type_id = self.apology
                form.partner_id = self.partner
                self.assertEqual(form.budget_text, "0.00 of 2,000.00 used in 2026")
                form.type_id = self.voucher
                self.assertEqual((form.value, form.cost), (150, 90))
                self.assertEqual(
                    form.budget_text, "0.00 of 2,000.00 used in 2026, 150.00 asked"
                )
                form.note = "Twenty years a customer"
            goodwill = form.record
            self.assertEqual(goodwill.value, 150)
            self.assertTrue(goodwill.is_mine)
            goodwill.action_request()
        with Form(goodwill.with_user(self.care_manager)) as form:
            self.assertTrue(form.may_approve)
            self.assertFalse(form.would_exceed)

    def test_refuse_by_the_wizard(self):
        goodwill = self._ask(150).with_user(self.care_manager)
        action = goodwill.action_ask_refuse()
        wizard = self.env[action["res_model"]].with_user(self.care_manager)
        with Form(wizard.with_context(**action["context"])) as form:
            form.reason = "Too early"
        form.record.action_confirm()
        self.assertEqual(goodwill.state, "refused")
        self.assertEqual(goodwill.outcome_note, "Too early")

    def test_withdraw_by_the_wizard(self):
        goodwill = self._ask(50)
        action = goodwill.action_ask_withdraw()
        wizard = self.env[action["res_model"]].with_user(self.care_own)
        with Form(wizard.with_context(**action["context"])) as form:
            form.reason = "It came back"
        form.record.action_confirm()
        self.assertEqual(goodwill.state, "withdrawn")

    def test_smart_buttons(self):
        self._ask(50)
        own = self.partner.with_user(self.care_own)
        self.assertEqual(own.crm_goodwill_count, 1)
        action = own.action_view_crm_goodwill()
        found = self.goodwills.search(action["domain"])
        self.assertEqual(len(found), 1)
        customer = self.customer.with_user(self.care_own)
        self.assertEqual(customer.goodwill_count, 1)
        self.assertEqual(customer.action_view_goodwill()["domain"], action["domain"])

    def test_timeline_shows_what_was_granted(self):
        self._ask(50, description="A sun cover")
        self._ask(150)
        timeline = self.env["crm.timeline"].with_user(self.care_own)
        page = timeline._page(self.contact, kinds=["goodwill"])
        [entry] = page["entries"]
        self.assertEqual((entry["title"], entry["text"]), ("Voucher", "A sun cover"))
        self.assertEqual(entry["amount"], 50)

    def test_a_merge_keeps_gestures_and_their_budget(self):
        twin = self._create_partner("Hengda Ltd", is_company=True)
        self.customers._follow(twin)
        goodwill = self._use(300, "2026-10-07 02:00:00", partner=twin)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((twin | self.partner).ids, self.partner, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(goodwill.partner_id, self.partner)
        with freeze_time(NOON):
            amount, used = self.goodwills._budget(self.partner, self.company, 2026)
        self.assertEqual((amount, used), (2000, 300))

    def test_settings(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.crm_goodwill_manager_limit, 500)
        settings.crm_goodwill_manager_limit = 700
        self.assertEqual(self.company.crm_goodwill_manager_limit, 700)
