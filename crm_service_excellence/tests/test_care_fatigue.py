# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""C11 at the gateway: caps over all channels, priorities, customers, hours."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .care_send_common import DAY, NOW, CareTaskCommon

LATER = datetime(2026, 9, 25, 12)  # a week to go
TOMORROW_9 = datetime(2026, 9, 19, 1)  # 9:00 in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareFatigue(CareTaskCommon):
    def test_one_a_day_by_priority(self):
        """Three for one contact: the warranty goes, the others wait for tomorrow."""
        ann = self._create_contact()
        promotion = self._create_task(ann, priority="5", not_after=LATER)
        birthday = self._create_task(ann, priority="3", not_after=LATER)
        warranty = self._create_task(ann, priority="2", not_after=LATER)
        self._send(promotion | birthday | warranty)
        self.assertEqual(warranty.state, "done")
        self._assert_waits(birthday, "fatigue", TOMORROW_9)
        self._assert_waits(promotion, "fatigue", TOMORROW_9)

    def test_loser_of_its_only_day(self):
        """Of two that matter the same the one that was due at 9:00, not at 10:00."""
        ann = self._create_contact()
        second = self._create_task(ann, not_before=NOW)
        first = self._create_task(ann)
        self.assertEqual(self._send(first | second), ["done", "expired"])
        self._assert_ended(second, "expired", "fatigue", "heard enough")

    def test_second_batch_sees_the_first(self):
        ann = self._create_contact()
        self._send(self._create_task(ann, priority="5"))
        birthday = self._create_task(ann, priority="3", not_after=LATER)
        self._send(birthday)
        self._assert_waits(birthday, "fatigue", TOMORROW_9)

    def test_two_in_seven_days(self):
        """Sent on Saturday 11:00 and Tuesday: the next Saturday at 11:00."""
        ann = self._create_contact()
        self._done(ann, NOW - datetime(2026, 9, 12, 3), channel="sms")
        self._done(ann, NOW - datetime(2026, 9, 15, 3), channel="phone")
        task = self._create_task(ann, not_after=LATER)
        self._send(task)
        self._assert_waits(task, "fatigue", datetime(2026, 9, 19, 3))
        self.assertEqual(self._send(task, datetime(2026, 9, 19, 3)), ["done"])

    def test_day_of_the_contact(self):
        """In Los Angeles (UTC-7) it is Thursday 19:00, and was 8:30 at the last one;
        in Shanghai that was 23:30 of the day before."""
        ann = self._create_contact(tz="America/Los_Angeles")
        self._done(ann, NOW - datetime(2026, 9, 17, 15, 30))
        task = self._create_task(ann, not_after=LATER)
        self._send(task)
        self._assert_waits(task, "fatigue", datetime(2026, 9, 18, 16))

    def test_room_in_the_evening_is_the_next_morning(self):
        """Room at 22:00 of Saturday means Sunday, 9:00."""
        ann = self._create_contact()
        for _number in range(2):
            self._done(ann, NOW - datetime(2026, 9, 12, 14))
        task = self._create_task(ann, not_after=LATER)
        self._send(task)
        self._assert_waits(task, "fatigue", datetime(2026, 9, 20, 1))

    def test_no_limits(self):
        self.company.write({"crm_care_daily_cap": 0, "crm_care_weekly_cap": 0})
        ann = self._create_contact()
        tasks = self.tasks.concat(*(self._create_task(ann) for _n in range(4)))
        self.assertEqual(set(self._send(tasks)), {"done"})

    def test_each_limit_holds_without_the_others(self):
        """One a day, one in seven days, one contact of a customer a day."""
        limits = ("crm_care_daily_cap", "crm_care_weekly_cap", "crm_care_customer_cap")
        for limit in limits:
            self.company.write({**dict.fromkeys(limits, 0), limit: 1})
            firm = self._create_contact(f"Firm {limit}", is_company=True)
            ann = self._create_contact(parent_id=firm.id)
            second = self._create_contact("Bo", parent_id=firm.id)
            if limit != "crm_care_customer_cap":
                second = ann
            tasks = self._create_task(ann) | self._create_task(second)
            with self.subTest(limit):
                self.assertEqual(self._send(tasks), ["done", "expired"])
                self._assert_ended(tasks[1], "expired", "fatigue")

    def test_two_a_day(self):
        self.company.crm_care_daily_cap = 2
        ann = self._create_contact()
        tasks = self.tasks.concat(*(self._create_task(ann) for _n in range(3)))
        self.assertEqual(self._send(tasks), ["done", "done", "expired"])

    def test_service_is_exempt_and_not_counted(self):
        ann = self._create_contact()
        services = self.tasks.concat(
            *(self._create_task(ann, purpose="service") for _n in range(3))
        )
        self.assertEqual(set(self._send(services)), {"done"})
        greeting = self._create_task(ann)
        self.assertEqual(self._send(greeting), ["done"])
        self.assertEqual(
            self._send(self._create_task(ann, purpose="service")), ["done"]
        )

    def test_service_by_hand_is_not_counted(self):
        """Neither a call that somebody is to make, nor what a colleague got."""
        self.company.crm_care_customer_cap = 1
        firm = self._create_contact("Firm", is_company=True)
        ann, bo = (self._create_contact(name, parent_id=firm.id) for name in "AB")
        call = self._create_task(ann, self._create_rule(("phone",)), purpose="service")
        mail = self._create_task(bo, purpose="service")
        self.assertEqual(self._send(call | mail), ["by_hand", "done"])
        self.assertEqual(self._send(self._create_task(ann)), ["done"])

    def test_offers_count_like_greetings(self):
        self.company.crm_marketing_opt_in = False
        ann, bo = self._create_contact(), self._create_contact("Bo")
        for partner, first, second in (
            (ann, "marketing", "greeting"),
            (bo, "greeting", "marketing"),
        ):
            self._send(self._create_task(partner, purpose=first))
            task = self._create_task(partner, purpose=second, not_after=LATER)
            self._send(task)
            self._assert_waits(task, "fatigue", TOMORROW_9)

    def test_calls_to_make_count(self):
        """What a colleague was asked to do counts before it is done."""
        ann = self._create_contact()
        call = self._create_task(ann, self._create_rule(("phone",)))
        self._send(call)
        self.assertEqual(call.state, "by_hand")
        task = self._create_task(ann, not_after=LATER)
        self._send(task)
        self._assert_waits(task, "fatigue", TOMORROW_9)

    def test_what_failed_does_not_count(self):
        ann = self._create_contact()
        done = self._done(ann, timedelta(hours=1))
        done._fail_delivery("Refused")
        self.assertEqual(self._send(self._create_task(ann)), ["done"])

    def test_contacts_of_one_customer(self):
        """Two a day: the third of six waits; somebody else's contact does not."""
        self.company.crm_care_customer_cap = 2
        firm = self._create_contact("Firm", is_company=True)
        people = [
            self._create_contact(f"Person {number}", parent_id=firm.id)
            for number in range(3)
        ]
        tasks = self.tasks.concat(
            *(self._create_task(one, not_after=LATER) for one in people)
        )
        other = self._create_task()
        self._send(tasks | other)
        self.assertEqual(
            (tasks | other).mapped("state"), ["done", "done", "planned", "done"]
        )
        self._assert_waits(tasks[2], "fatigue", TOMORROW_9)
        self.assertIn("contacts of this customer", tasks[2].wait_reason)
        self.company.crm_care_customer_cap = 0
        self.assertEqual(self._send(tasks[2]), ["done"])

    def test_contacts_who_got_something_before(self):
        """Yesterday's do not count, today's do, even of a batch before."""
        self.company.crm_care_customer_cap = 1
        firm = self._create_contact("Firm", is_company=True)
        ann, bo, cy, di = (
            self._create_contact(name, parent_id=firm.id) for name in "ABCD"
        )
        self._done(ann, DAY - timedelta(hours=1))
        # 11:00 yesterday in Shanghai is another day there
        self.assertEqual(self._send(self._create_task(bo)), ["done"])
        self.company.crm_care_customer_cap = 2
        self._done(di, timedelta(hours=9))  # 1:00 there
        task = self._create_task(cy, not_after=LATER)
        self._send(task)
        self._assert_waits(task, "fatigue", TOMORROW_9)

    def test_companies_count_apart(self):
        other = self._create_company("Other company")
        other.write({"email": "office@other.example.com"})
        self.care_own.company_ids = [Command.link(other.id)]
        ann = self._create_contact()
        self.env["crm.customer"].with_company(other)._follow(ann)
        rule = self._create_rule(company_id=other.id)
        self._send(self._create_task(ann))
        self.assertEqual(self._send(self._create_task(ann, rule)), ["done"])

    def test_mass_mailings_count(self):
        """Odoo's mailings to the contact are greetings like ours."""
        ann, bo = self._create_contact(), self._create_contact("Bo")
        tasks = self._create_task(ann, not_after=LATER) | self._create_task(bo)
        rows = [(ann.id, NOW - timedelta(hours=1))]
        with patch.object(type(tasks), "_count_mailings", lambda tasks, now: rows):
            self._send(tasks)
        self._assert_waits(tasks[0], "fatigue", TOMORROW_9)
        self.assertEqual(tasks[1].state, "done")

    def _traces(self, *rows):
        """Stand in for the table of Odoo's mass mailing, installed or not."""
        self.env.cr.execute(
            """CREATE TEMPORARY TABLE mailing_trace (
                   id serial, model varchar, res_id int, email varchar,
                   sms_number varchar, is_test_trace boolean, trace_status varchar,
                   sent_datetime timestamp, create_date timestamp) ON COMMIT DROP"""
        )
        self.env.cr.executemany(
            """INSERT INTO mailing_trace
                      (model, res_id, email, sms_number, is_test_trace, trace_status,
                       sent_datetime, create_date)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
            rows,
        )
        self._patch_task("_has_mailings", return_value=True)

    def test_traces_of_mass_mailings(self):
        """By address or by contact, within a week; neither tests nor failures."""
        ann = self._create_contact()
        task = self._create_task(ann)
        to_address = ("mailing.contact", 1, ann.email_normalized, None)
        to_contact = ("res.partner", ann.id, "x@y.example.com", None)
        to_both = ("res.partner", ann.id, ann.email_normalized, None)
        another = ("res.partner", ann.id + 1, "x@y.example.com", None)
        yesterday, last_week = NOW - DAY, NOW - 8 * DAY
        self._traces(
            (*to_address, None, "sent", yesterday, yesterday),
            (*to_both, None, "reply", yesterday, yesterday),  # once
            (*to_contact, False, "open", NOW, NOW),
            (*to_address, False, "outgoing", None, yesterday),
            (*to_address, True, "sent", yesterday, yesterday),
            (*to_address, False, "bounce", yesterday, yesterday),
            (*to_address, False, "sent", last_week, last_week),
            (*to_address, False, "outgoing", None, last_week),
            (*another, False, "sent", NOW, NOW),
        )
        self._patch_task("_has_sms_mailings", return_value=False)
        self.assertEqual(
            sorted(task._count_mailings(NOW)),
            [(ann.id, yesterday), (ann.id, yesterday), (ann.id, NOW), (ann.id, NOW)],
        )

    def test_traces_of_mass_sms(self):
        """By number too. Until the provider reports it has arrived, it is pending."""
        ann = self._create_contact()
        task = self._create_task(ann)
        to_number = ("mailing.contact", 1, None, ann.phone_sanitized, None)
        hour_ago = NOW - timedelta(hours=1)
        self._traces(
            (*to_number, "pending", hour_ago, hour_ago),
            ("res.partner", ann.id, None, "+4930000", None, "process", None, NOW),
            (*to_number, "error", hour_ago, hour_ago),
            ("mailing.contact", 2, None, "+4930000", None, "pending", NOW, NOW),
        )
        self._patch_task("_has_sms_mailings", return_value=True)
        self.assertEqual(
            sorted(task._count_mailings(NOW)), [(ann.id, hour_ago), (ann.id, NOW)]
        )

    # PER HOUR

    def test_so_many_an_hour(self):
        """Three an hour, one sent 40 minutes ago: two go, others 20 minutes later."""
        self.company.crm_care_hourly_limit = 3
        self._done(self._create_contact("Zoe"), timedelta(minutes=40))
        tasks = self.tasks.concat(
            *(
                self._create_task(self._create_contact(f"P{number}"), priority=priority)
                for number, priority in enumerate("5343")
            )
        )
        self._send(tasks)
        self.assertEqual(tasks.mapped("state"), ["planned", "done", "planned", "done"])
        self.assertEqual(tasks[0].wait_code, "delivery")
        # three are an hour old, or none: the first of them was sent 40 minutes ago
        for task in (tasks[0], tasks[2]):
            self.assertGreater(task.not_before, NOW)
            self.assertLessEqual(task.not_before, NOW + timedelta(hours=1))

    def test_full_hour(self):
        """Room in twenty minutes, which is the last moment that is good enough."""
        self.company.crm_care_hourly_limit = 1
        self._done(self._create_contact("Zoe"), timedelta(minutes=40))
        task = self._create_task(not_after=NOW + timedelta(minutes=20))
        self._send(task)
        self._assert_waits(task, "delivery", NOW + timedelta(minutes=20))
        self.assertEqual(self._send(task, NOW + timedelta(minutes=20)), ["done"])

    def test_calls_take_no_room(self):
        self.company.crm_care_hourly_limit = 1
        self._done(self._create_contact("Zoe"), timedelta(minutes=40))
        task = self._create_task(rule=self._create_rule(("phone",)))
        self.assertEqual(self._send(task), ["by_hand"])
