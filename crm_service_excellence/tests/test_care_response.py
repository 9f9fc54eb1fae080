# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models import crm_care_task_response
from .care_effect_common import CareEffectCommon

NOVEMBER_1 = date(2026, 11, 1)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01 06:00:00")
class TestCareResponse(CareEffectCommon):
    def _respond(self, as_of=NOVEMBER_1):
        return self.tasks._cron_respond(as_of=as_of)

    def _assert_response(self, task, kind, day=None):
        task.invalidate_recordset()
        self.assertEqual(
            (task.response, task.response_date),
            (kind, date.fromisoformat(day) if day else False),
        )

    # WHAT COUNTS

    def test_order_of_the_customer_is_a_response_of_its_contact(self):
        task = self._create_task(self.contact, self.done)
        self._order(datetime(2026, 10, 12, 3), self.colleague)
        self._respond()
        self._assert_response(task, "order", "2026-10-12")

    def test_only_confirmed_orders_count(self):
        task = self._create_task(done=self.done)
        for state in ("draft", "sent", "cancel"):
            self._order(datetime(2026, 10, 12, 3), state=state)
        self._respond()
        self._assert_response(task, False)

    def test_reply_of_the_contact_and_not_of_a_colleague(self):
        task = self._create_task(self.contact, self.done)
        self._touch(datetime(2026, 10, 9, 3), self.colleague)
        self._respond()
        self._assert_response(task, False)
        self._touch(datetime(2026, 10, 10, 3), self.contact)
        self._respond()
        self._assert_response(task, "reply", "2026-10-10")

    def test_whoever_replies_answers_what_went_to_the_customer(self):
        task = self._create_task(self.partner, self.done)
        self._touch(datetime(2026, 10, 9, 3), self.colleague)
        self._respond()
        self._assert_response(task, "reply", "2026-10-09")

    def test_reply_filed_under_the_customer_alone(self):
        task = self._create_task(self.contact, self.done)
        self._touch(datetime(2026, 10, 9, 3), self.partner)
        self._respond()
        self._assert_response(task, "reply", "2026-10-09")

    def test_what_we_sent_is_no_reply(self):
        task = self._create_task(done=self.done)
        self._touch(datetime(2026, 10, 9, 3), direction="out")
        self._respond()
        self._assert_response(task, False)

    def test_rating_of_a_document_of_the_company(self):
        if "rating.rating" not in self.env:
            self.skipTest("no app that rates is installed")
        task = self._create_task(self.contact, self.done)
        elsewhere = self._create_company("Elsewhere")
        model = self.env["ir.model"]._get("sale.order")
        orders = self._order(datetime(2026, 1, 5)) | self._order(
            datetime(2026, 1, 5), company_id=elsewhere.id
        )
        own, foreign = orders
        for order, day, consumed in ((own, 9, False), (foreign, 10, True)):
            self.env["rating.rating"].create(
                {
                    "res_model_id": model.id,
                    "res_id": order.id,
                    "partner_id": self.contact.id,
                    "rating": 5,
                    "consumed": consumed,
                    "rated_on": datetime(2026, 10, day, 3),
                }
            )
        self._respond()
        self._assert_response(task, False)
        self.env["rating.rating"].search(
            [("res_id", "=", own.id), ("res_model", "=", "sale.order")]
        ).write({"consumed": True, "rated_on": datetime(2026, 10, 11, 3)})
        self._respond()
        self._assert_response(task, "rating", "2026-10-11")

    # WHEN

    def test_until_the_end_of_the_fourteenth_day_in_the_zone_of_the_company(self):
        """Done on the 8th: until the 22nd at midnight in Shanghai, 16:00 UTC."""
        for moment, kind in (
            (self.done - timedelta(seconds=1), False),
            (self.done, "order"),
            (datetime(2026, 10, 22, 15, 59, 59), "order"),
            (datetime(2026, 10, 22, 16), False),
        ):
            partner = self._create_partner(f"{moment}")
            task = self._create_task(partner, self.done)
            self._order(moment, partner)
            self._respond()
            task.invalidate_recordset()
            self.assertEqual(task.response, kind, moment)

    def test_the_date_is_the_one_at_the_company(self):
        task = self._create_task(done=self.done)
        self._order(datetime(2026, 10, 12, 17))  # 01:00 on the 13th in Shanghai
        self._respond()
        self._assert_response(task, "order", "2026-10-13")

    def test_first_of_several(self):
        task = self._create_task(done=self.done)
        self._order(datetime(2026, 10, 12))
        self._touch(datetime(2026, 10, 11))
        self._order(datetime(2026, 10, 10, 23))
        self._touch(datetime(2026, 10, 20))
        self._respond()
        self._assert_response(task, "order", "2026-10-11")  # 07:00 there

    def test_what_is_found_stays(self):
        task = self._create_task(done=self.done)
        self._order(datetime(2026, 10, 12))
        self.assertEqual(self._respond(), 1)
        self._order(datetime(2026, 10, 9))
        self.assertEqual(self._respond(), 0)
        self._assert_response(task, "order", "2026-10-12")

    def test_nothing_later_than_the_date_it_is(self):
        task = self._create_task(done=self.done)
        self._order(datetime(2026, 10, 12))
        self._respond(date(2026, 10, 11))
        self._assert_response(task, False)
        self._respond(date(2026, 10, 12))
        self._assert_response(task, "order", "2026-10-12")

    def test_late_after_an_outage_and_not_for_ever(self):
        """Looked at for 45 days: until 22 November."""
        task = self._create_task(done=self.done)
        self._order(datetime(2026, 10, 12))
        self._respond(date(2026, 11, 23))
        self._assert_response(task, False)
        self._respond(date(2026, 11, 22))
        self._assert_response(task, "order", "2026-10-12")

    # WHO

    def test_held_out_from_when_the_others_could_be_written_to(self):
        """The window opens on the 8th at 09:00 in Shanghai, 01:00 UTC."""
        held = self._hold_out()
        self._order(datetime(2026, 10, 8, 0, 59))
        self._respond()
        self._assert_response(held, False)
        self._order(datetime(2026, 10, 8, 1))
        self._respond()
        self._assert_response(held, "order", "2026-10-08")
        self.assertEqual((held.state, held.reason_code), ("skipped", "holdout"))

    def test_only_what_was_done_or_held_out(self):
        tasks = self.tasks.concat(
            *(
                self._create_task(state=state)
                for state in ("planned", "approved", "by_hand", "expired", "skipped")
            )
        )
        failed = self._create_task(done=self.done, state="failed")
        self._order(datetime(2026, 10, 12))
        self.assertEqual(self._respond(), 0)
        (tasks | failed).invalidate_recordset()
        self.assertEqual((tasks | failed).mapped("response"), [False] * 6)

    def test_other_company_and_other_customer(self):
        task = self._create_task(done=self.done)
        elsewhere = self._create_company("Elsewhere")
        self._order(datetime(2026, 10, 12), company_id=elsewhere.id)
        self._touch(datetime(2026, 10, 12), company_id=elsewhere.id)
        self._order(datetime(2026, 10, 12), self._create_partner("Other"))
        self._respond()
        self._assert_response(task, False)

    # HOW

    def test_one_by_one_as_all_at_once(self):
        """Five tasks of the same moment, two in a batch: each is looked at once."""
        partners = [self._create_partner(f"Customer {n}") for n in range(5)]
        tasks = self.tasks.concat(
            *(self._create_task(partner, self.done) for partner in partners)
        )
        for partner in partners[1:]:
            self._order(datetime(2026, 10, 12), partner)
        with patch.object(crm_care_task_response, "BATCH", 2):
            self.assertEqual(self._respond(), 4)
            self.assertEqual(self._respond(), 0)
        tasks.invalidate_recordset()
        self.assertEqual(tasks.mapped("response"), [False] + ["order"] * 4)

    def test_by_default_today(self):
        task = self._create_task(done=self.done)
        self._order(datetime(2026, 10, 12))
        self.tasks._cron_respond()
        self._assert_response(task, "order", "2026-10-12")
