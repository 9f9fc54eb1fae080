# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a contact or a visit falls due: service.md C5, with its dates."""

from ast import literal_eval
from datetime import date

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import CareCommon

TODAY = "2026-10-01 02:00:00"  # ten in the morning at the company


@tagged("post_install", "-at_install")
class TestCadence(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_score_policy()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.diamond_customer = cls._graded("Diamond", 90)
        cls.gold_customer = cls._graded("Gold", 75)
        cls.silver_customer = cls._graded("Silver", 55)
        cls.regular_customer = cls._graded("Regular", 10)
        cls.policies._run(as_of=date(2026, 9, 1))

    @classmethod
    def _graded(cls, name, spend):
        return cls._create_customer(
            name, [("2026-08-01", spend)], as_of="2026-08-02", user_id=cls.care_own.id
        )

    def _touch(self, customer, day, channel="phone", **values):
        return self.env["crm.touchpoint"].create(
            {
                "partner_id": customer.partner_id.id,
                "date": f"{day} 03:00:00",
                "channel": channel,
                "user_id": self.care_own.id,
                **values,
            }
        )

    # DUE DATES

    def test_due_dates_by_grade(self):
        """The table of C5: last contact and due date of each grade."""
        for customer, last, due in (
            (self.diamond_customer, "2026-09-21", date(2026, 10, 5)),
            (self.gold_customer, "2026-09-05", date(2026, 10, 5)),
            (self.silver_customer, "2026-08-03", date(2026, 10, 2)),
            (self.regular_customer, "2026-07-06", date(2026, 10, 31)),
        ):
            self._touch(customer, last)
            self.assertEqual(customer.next_contact_date, due, customer.display_name)
        # the regular one has been followed since 2 August only: 90 days from then

    def test_due_at_once_when_a_touchpoint_is_written_and_taken_back(self):
        touch = self._touch(self.gold_customer, "2026-09-05")
        self.assertEqual(self.gold_customer.last_touch_date, date(2026, 9, 5))
        touch.is_effective = False  # did not answer
        self.assertFalse(self.gold_customer.last_touch_date)
        touch.is_effective = True
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 5))
        touch.unlink()
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 9, 1))

    def test_never_contacted_counts_from_when_we_follow_the_customer(self):
        self.assertEqual(self.gold_customer.cadence_start, date(2026, 8, 2))
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 9, 1))
        self.assertEqual(self.gold_customer.next_visit_date, date(2026, 10, 1))

    def test_a_contact_is_dated_at_the_company(self):
        """Ten to midnight in London is the next morning in Shanghai."""
        self._touch(self.gold_customer, "2026-09-05", date="2026-09-05 16:30:00")
        self.assertEqual(self.gold_customer.last_touch_date, date(2026, 9, 6))

    def test_only_visits_count_for_the_visit(self):
        self._touch(self.gold_customer, "2026-09-05")
        self.assertEqual(self.gold_customer.next_visit_date, date(2026, 10, 1))
        self._touch(self.gold_customer, "2026-09-10", channel="visit")
        self.assertRecordValues(
            self.gold_customer,
            [
                {
                    "last_visit_date": date(2026, 9, 10),
                    "next_visit_date": date(2026, 11, 9),  # 60 days
                    "last_touch_date": date(2026, 9, 10),
                    "next_contact_date": date(2026, 10, 10),  # 30 days
                }
            ],
        )

    def test_regular_customers_are_not_visited(self):
        self.assertFalse(self.regular_customer.next_visit_date)

    def test_a_cadence_of_one_channel(self):
        cadence = self.env.ref("crm_service_excellence.crm_cadence_gold_contact")
        cadence.channel = "phone"
        self._touch(self.gold_customer, "2026-09-05")
        self._touch(self.gold_customer, "2026-09-20", channel="email")
        self.assertEqual(self.gold_customer.last_touch_date, date(2026, 9, 20))
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 5))

    def test_rerun_changes_nothing(self):
        self._touch(self.gold_customer, "2026-09-05")
        self.customers._refresh()
        self.assertEqual(self.customers._refresh(), 0)

    def test_archived_customers_are_never_due(self):
        self.gold_customer.partner_id.active = False
        self.customers._refresh(partner_ids=self.gold_customer.partner_id.ids)
        self.assertFalse(self.gold_customer.next_contact_date)

    # GRADES

    def test_a_better_grade_never_moves_a_date_later(self):
        """Even if the better grade is contacted more seldom."""
        self.env.ref(
            "crm_service_excellence.crm_cadence_diamond_contact"
        ).interval_days = 45
        self._touch(self.gold_customer, "2026-09-05")
        manager = self.care_manager
        self.gold_customer.with_user(manager)._set_override(
            self.diamond, "Framework contract", date(2026, 12, 31)
        )
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 5))
        self.customers._refresh()
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 5))
        # from the next contact on the frequency of the new grade counts
        self._touch(self.gold_customer, "2026-09-30")
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 11, 14))

    def test_a_better_grade_moves_the_date_forward(self):
        self._touch(self.gold_customer, "2026-09-25")
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 25))
        self.gold_customer.with_user(self.care_manager)._set_override(
            self.diamond, "Framework contract", date(2026, 12, 31)
        )
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 9))

    def test_the_run_that_upgrades_moves_the_date(self):
        self._touch(self.silver_customer, "2026-08-20")
        self.assertEqual(self.silver_customer.next_contact_date, date(2026, 10, 19))
        self._set_spend(self.silver_customer.partner_id, 90, "2026-09-20")
        self.policies._run(as_of=date(2026, 10, 1))
        self.assertEqual(self.silver_customer.grade_id, self.diamond)
        self.assertEqual(self.silver_customer.next_contact_date, date(2026, 9, 3))

    # WHAT PEOPLE DECIDE

    def test_changing_a_frequency_moves_the_dates_at_once(self):
        self._touch(self.gold_customer, "2026-09-05")
        cadence = self.env.ref("crm_service_excellence.crm_cadence_gold_contact")
        cadence.with_user(self.care_manager).interval_days = 20
        self.assertEqual(cadence.tolerance_days, 4)
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 9, 25))
        cadence.active = False
        self.assertFalse(self.gold_customer.next_contact_date)

    def test_the_companys_own_frequency_goes_first(self):
        self._touch(self.gold_customer, "2026-09-05")
        self.env["crm.cadence"].create(
            {
                "grade_id": self.gold.id,
                "kind": "contact",
                "interval_days": 10,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 9, 15))

    def _wizard(self, customer, **values):
        wizard = self.env["crm.customer.cadence"].with_user(self.care_own)
        form = Form(wizard.with_context(default_customer_id=customer.id))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def test_own_frequency_of_a_customer(self):
        self._touch(self.gold_customer, "2026-09-05")
        self._wizard(self.gold_customer, contact_interval=7).action_confirm()
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 9, 12))
        self._wizard(self.gold_customer, contact_interval=0).action_confirm()
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 5))

    def test_a_pause_moves_what_falls_into_it_behind_its_end(self):
        self._touch(self.gold_customer, "2026-09-05")
        wizard = self._wizard(
            self.gold_customer,
            paused_until=date(2026, 10, 20),
            pause_reason="Moving house",
        )
        wizard.action_confirm()
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 21))
        self.assertEqual(self.gold_customer.next_visit_date, date(2026, 10, 21))
        with freeze_time("2026-11-01 02:00:00"):  # still so when the pause is over
            self.customers._refresh()
            self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 21))
        self._wizard(self.gold_customer).action_end_pause()
        self.assertEqual(self.gold_customer.next_contact_date, date(2026, 10, 5))

    def test_a_pause_needs_a_reason_and_an_end_in_reach(self):
        for until, reason in (
            (date(2026, 10, 20), " "),
            (date(2026, 9, 30), "In the past"),
            (date(2027, 10, 2), "More than a year"),
        ):
            wizard = self.env["crm.customer.cadence"].create(
                {
                    "customer_id": self.gold_customer.id,
                    "paused_until": until,
                    "pause_reason": reason,
                }
            )
            with self.assertRaises(ValidationError):
                wizard.action_confirm()
        self.assertFalse(self.gold_customer.cadence_paused_until)

    def test_others_customers_are_left_alone(self):
        self.gold_customer.partner_id.user_id = self.care_all
        wizard = self.env["crm.customer.cadence"].create(
            {"customer_id": self.gold_customer.id, "contact_interval": 300}
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.care_own).action_confirm()

    def test_frequencies_are_the_managers(self):
        cadence = self.env.ref("crm_service_excellence.crm_cadence_gold_contact")
        with self.assertRaises(AccessError):
            cadence.with_user(self.care_all).interval_days = 400

    def test_impossible_frequencies_are_refused(self):
        cadence = self.env.ref("crm_service_excellence.crm_cadence_gold_contact")
        with self.assertRaises(ValidationError):
            cadence.tolerance_days = 30
        visit = self.env.ref("crm_service_excellence.crm_cadence_gold_visit")
        with self.assertRaises(ValidationError):
            visit.channel = "phone"

    # WHAT A POLICY WOULD ASK FOR

    def test_a_simulation_says_how_many_visits_a_month_it_implies(self):
        """Silver to diamond: a visit every 30 days instead of every 90."""
        self._set_spend(self.silver_customer.partner_id, 90, "2026-09-20")
        policy = self.env["crm.grade.policy"]._get_active(self.company)
        run = policy._run(as_of=date(2026, 10, 1), simulate=True)
        run = run.with_user(self.care_manager)
        # a month has 365 / 12 days; before: diamond, gold and silver once each
        month = 365 / 12
        self.assertEqual(
            run.visits_before, round(month * (1 / 30 + 1 / 60 + 1 / 90), 1)
        )
        self.assertEqual(run.visits_after, round(month * (2 / 30 + 1 / 60), 1))
        self.assertEqual(
            run.contacts_after,
            round(month * (2 / 14 + 1 / 30 + 1 / 90), 1),
        )

    # REMINDERS

    def _activities(self, customer):
        return self.env["mail.activity"].search(
            [("res_model", "=", "crm.customer"), ("res_id", "=", customer.id)]
        )

    def _remind(self):
        customers = self.customers._to_remind().filtered(
            lambda customer: customer.company_id == self.company
        )
        return customers._remind()

    def test_one_reminder_a_customer_at_most(self):
        self._touch(self.gold_customer, "2026-09-01")  # due on 1 October
        self._touch(self.diamond_customer, "2026-09-18")  # due tomorrow
        self._remind()
        activity = self._activities(self.gold_customer)
        self.assertRecordValues(
            activity,
            [{"user_id": self.care_own.id, "date_deadline": date(2026, 10, 1)}],
        )
        self.assertIn("09/01/2026", activity.summary)
        self.assertFalse(self._activities(self.diamond_customer))
        self._remind()
        self.assertEqual(self._activities(self.gold_customer), activity)

    def test_no_reminder_beside_another_activity(self):
        self._touch(self.gold_customer, "2026-08-05")
        self.gold_customer.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.care_own.id
        )
        self._remind()
        self.assertEqual(len(self._activities(self.gold_customer)), 1)

    def test_a_contact_takes_the_reminder_back(self):
        self._touch(self.gold_customer, "2026-08-05")
        self._remind()
        self.assertTrue(self._activities(self.gold_customer))
        self._touch(self.gold_customer, "2026-09-30")
        self.assertFalse(self._activities(self.gold_customer))

    def test_reminders_go_out_without_mail(self):
        self._touch(self.gold_customer, "2026-08-05")
        mails = self.env["mail.mail"].search_count([])
        self._remind()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    # MERGE

    def test_a_merge_keeps_pause_and_shorter_frequency(self):
        self.gold_customer.sudo().write(
            {
                "contact_interval": 20,
                "cadence_paused_until": date(2026, 10, 20),
                "cadence_pause_reason": "Moving house",
            }
        )
        self.silver_customer.sudo().contact_interval = 25
        self._touch(self.gold_customer, "2026-09-05")
        self._touch(self.silver_customer, "2026-09-07")
        partners = self.gold_customer.partner_id | self.silver_customer.partner_id
        kept = self.silver_customer.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, kept, extra_checks=False)
        self.env.invalidate_all()
        self.assertRecordValues(
            self._customer_of(kept),
            [
                {
                    "contact_interval": 20,
                    "cadence_paused_until": date(2026, 10, 20),
                    "cadence_pause_reason": "Moving house",
                    "last_touch_date": date(2026, 9, 7),
                    "next_contact_date": date(2026, 10, 21),
                }
            ],
        )

    # SCREENS

    def test_due_filters(self):
        self._touch(self.gold_customer, "2026-08-25")  # due 24 September: overdue
        self._touch(self.diamond_customer, "2026-09-20")  # due Sunday 4 October
        self._touch(self.silver_customer, "2026-09-20")  # due in November
        view = self.env.ref("crm_service_excellence.crm_customer_view_search_due")
        filters = {
            node.get("name"): node.get("domain")
            for node in etree.fromstring(view.arch).iter("filter")
        }
        customers = self.customers.with_user(self.care_own)

        def found(name):
            return set(
                customers.search(literal_eval(filters[name])).mapped("partner_id.name")
            )

        self.assertIn("Gold", found("contact_overdue"))
        self.assertNotIn("Diamond", found("contact_overdue"))
        self.assertLessEqual({"Gold", "Diamond"}, found("due_week"))

    def test_due_dates_do_not_depend_on_the_number_of_customers(self):
        """Changing a frequency is one statement, however many customers it moves."""
        cadence = self.env.ref("crm_service_excellence.crm_cadence_gold_contact")
        self.env.flush_all()

        def queries():
            before = self.env.cr.sql_log_count
            cadence._move_due_dates()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for number in range(5):
            customer = self._graded(f"More {number}", 75)
            customer.sudo().grade_id = self.gold
        self.env.flush_all()
        self.assertEqual(queries(), few)
