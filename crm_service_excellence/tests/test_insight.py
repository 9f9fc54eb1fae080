# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What we know of customers: insights, segments, contact hours, reported changes."""

from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import CareCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01 04:00:00")
class TestCustomerInsight(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.confidant = cls._create_user("care_test_secret", "group_care_confidential")
        cls.mine = cls._create_partner("Mine", user_id=cls.care_own.id)
        cls.other = cls._create_partner("Other")
        cls.insights = cls.env["crm.customer.insight"]

    def _insight(self, user, partner, **values):
        return self.insights.with_user(user).create(
            {"partner_id": partner.id, "statement": "Hates waiting", **values}
        )

    def test_own_then_all(self):
        mine = self._insight(self.care_manager, self.mine)
        other = self._insight(self.care_manager, self.other)
        self.assertTrue(mine.with_user(self.care_own).has_access("read"))
        self.assertFalse(other.with_user(self.care_own).has_access("read"))
        self.assertTrue(other.with_user(self.care_all).has_access("read"))

    def test_confidential_is_for_its_author_and_the_group(self):
        secret = self._insight(self.care_own, self.mine, is_confidential=True)
        readers = {
            user: secret.with_user(user).has_access("read")
            for user in (
                self.care_own,
                self.care_all,
                self.care_manager,
                self.confidant,
            )
        }
        self.assertEqual(list(readers.values()), [True, False, False, True])
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_rule"),
        ):
            secret.with_user(self.care_manager).read(["statement"])

    def test_counts_show_only_what_the_reader_may_read(self):
        self._insight(self.care_own, self.mine, is_confidential=True)
        self._insight(self.care_own, self.mine)
        counts = [
            self.mine.with_user(user).crm_insight_count
            for user in (self.care_own, self.care_all)
        ]
        self.assertEqual(counts, [2, 1])

    def test_recorded_in_one_s_own_name(self):
        with self.assertRaises(AccessError):
            self._insight(self.care_own, self.mine, author_id=self.care_all.id)
        mine = self._insight(self.care_own, self.mine)
        with self.assertRaises(AccessError):
            mine.with_user(self.care_all).author_id = self.care_manager

    def test_never_in_the_chatter(self):
        before = self.mine.message_ids
        self._insight(self.care_own, self.mine)
        self.assertEqual(self.mine.message_ids, before)

    def test_what_a_contact_says_is_about_its_company(self):
        contact = self._create_partner("Contact", parent_id=self.mine.id)
        insight = self._insight(self.care_own, contact)
        self.assertEqual(insight.partner_id, self.mine)
        self.assertEqual(insight.contact_id, contact)

    def test_stale_after_180_days(self):
        """2025-09-02 is 180 days before 2026-03-01."""
        fresh = self._insight(self.care_all, self.mine, date=date(2025, 9, 2))
        stale = self._insight(self.care_all, self.mine, date=date(2025, 9, 1))
        self.assertEqual((fresh.is_stale, stale.is_stale), (False, True))
        found = self.insights.search([("is_stale", "=", True)])
        self.assertEqual(found, stale)
        self.assertEqual(self.insights.search([("is_stale", "=", False)]), fresh)
        stale.action_confirm()
        self.assertFalse(stale.is_stale)

    @users("care_test_own")
    def test_form(self):
        with Form(self.env["crm.customer.insight"]) as form:
            form.partner_id = self.mine
            form.kind = "pain"
            form.statement = "Waits too long for quotes"
        self.assertEqual(form.record.author_id, self.env.user)
        self.assertEqual(form.record.date_confirmed, date(2026, 3, 1))


@tagged("post_install", "-at_install")
class TestSegment(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segments = cls.env["crm.segment"]
        cls.segments.search([]).active = False
        cls.one = cls._create_customer("One", [("2026-02-01", 10)])
        cls.two = cls._create_customer("Two", [("2026-02-01", 20)])
        cls.big = cls._segment("Big", "[('revenue_total', '>', 15)]")
        cls.buyers = cls._segment("Buyers", "[('order_count', '>', 0)]")
        cls.nobody = cls._segment("Nobody", "[('order_count', '>', 99)]")

    @classmethod
    def _segment(cls, name, domain):
        return cls.segments.create({"name": name, "domain": domain})

    def test_members(self):
        self.assertEqual(
            [segment.member_count for segment in (self.big, self.buyers, self.nobody)],
            [1, 2, 0],
        )
        self.assertEqual(self.one.segment_ids, self.buyers)
        self.assertEqual(self.two.segment_ids, self.big | self.buyers)
        self.assertEqual(self.two.partner_id.crm_segment_ids, self.big | self.buyers)

    def test_overlapping_and_empty_are_reported(self):
        self.assertTrue(self.nobody.is_empty)
        self.assertFalse(self.nobody.overlap_count)
        self.assertEqual(self.big.overlap_count, 1)
        self.assertEqual(self.big.overlap_names, "Buyers (1)")
        self.assertEqual(self.buyers.overlap_names, "Big (1)")

    def test_search_by_segment(self):
        self.assertEqual(
            self.customers.search([("segment_ids", "in", self.big.ids)]), self.two
        )
        partners = self.env["res.partner"].search(
            [("crm_segment_ids", "in", self.big.ids)]
        )
        self.assertEqual(partners, self.two.partner_id)

    def test_a_broken_rule_is_refused(self):
        for domain in (
            "[('no_such_field', '=', 1)]",
            "[(",
            "__import__('os').getcwd()",
            "[('order_count', 'resembles', 1)]",
        ):
            with self.assertRaisesRegex(ValidationError, "cannot be evaluated"):
                self._segment("Broken", domain)

    def test_only_managers_define_segments(self):
        with self.assertRaises(AccessError):
            self.big.with_user(self.care_all).name = "Mine"
        self.big.with_user(self.care_manager).name = "Bigger"

    def test_own_customers_only(self):
        self.two.partner_id.user_id = self.care_own
        self.assertEqual(self.buyers.with_user(self.care_own).member_count, 1)


@tagged("post_install", "-at_install")
class TestReportedChange(CareCommon):
    """One plain working day, at the same time of day (service.md C7)."""

    def _report(self, moment, **values):
        with freeze_time(moment):
            return (
                self.env["crm.profile.change"]
                .with_user(self.care_own)
                .create(
                    {
                        "partner_id": self._create_partner("Mover").id,
                        "statement": "Moved to 5 Harbour Road",
                        **values,
                    }
                )
            )

    def test_deadline(self):
        """Shanghai is UTC+8 all year: 17:00 there is 09:00 UTC."""
        for reported, due in (
            (datetime(2026, 11, 20, 9), datetime(2026, 11, 23, 9)),  # Friday > Monday
            (datetime(2026, 11, 23, 9), datetime(2026, 11, 24, 9)),
            (datetime(2026, 11, 21, 9), datetime(2026, 11, 23, 9)),  # Saturday
            # Thursday 23:30 UTC is Friday 07:30 in Shanghai: due Monday 07:30
            (datetime(2026, 11, 19, 23, 30), datetime(2026, 11, 22, 23, 30)),
        ):
            self.assertEqual(self._report(reported).deadline, due)

    def test_closures_of_the_company_are_no_working_days(self):
        calendar = self.company.resource_calendar_id
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for day, company in ((23, self.company), (24, other)):
            leaves = self.env["resource.calendar.leaves"].with_company(company)
            leave = leaves.create(
                {
                    "name": "Closed",
                    "calendar_id": calendar.id if company == self.company else False,
                    "date_from": datetime(2026, 11, day - 1, 16),
                    "date_to": datetime(2026, 11, day, 16),
                }
            )
            leave.flush_recordset()  # computes the company in this environment
            self.assertEqual(leave.company_id, company)
        change = self._report(datetime(2026, 11, 20, 9))
        self.assertEqual(change.deadline, datetime(2026, 11, 24, 9))

    def test_delay_is_measured(self):
        change = self._report(datetime(2026, 11, 20, 9))
        with freeze_time("2026-11-23 10:30:00"):
            self.assertTrue(change.is_late)
            changes = self.env["crm.profile.change"]
            self.assertEqual(
                changes.search([("is_late", "=", True)]), change.sudo(True)
            )
            change.action_done()
            self.assertFalse(change.activity_ids)
        self.assertEqual(change.state, "done")
        self.assertEqual(change.delay_hours, 73.5)
        self.assertTrue(change.is_late)
        with self.assertRaises(UserError):
            change.action_done()

    def test_in_time(self):
        change = self._report(datetime(2026, 11, 20, 9))
        with freeze_time("2026-11-23 09:00:00"):
            change.action_done()
        self.assertFalse(change.is_late)
        self.assertFalse(
            self.env["crm.profile.change"].search([("is_late", "=", True)])
        )

    def test_it_owes_an_activity(self):
        change = self._report(datetime(2026, 11, 20, 9), user_id=self.care_all.id)
        self.assertEqual(change.activity_ids.user_id, self.care_all)
        self.assertEqual(change.activity_ids.date_deadline, date(2026, 11, 23))

    def test_nobody_edits_the_evidence(self):
        change = self._report(datetime(2026, 11, 20, 9))
        for values in (
            {"date_reported": datetime(2026, 11, 23, 9)},
            {"state": "done"},
            {"date_done": datetime(2026, 11, 20, 10)},
            {"recorded_by_id": self.care_all.id},
        ):
            with self.assertRaises(AccessError):
                change.write(values)
        with self.assertRaises(AccessError):
            self._report(datetime(2026, 11, 20, 9), recorded_by_id=self.care_all.id)
        change.write({"statement": "Moved to 6 Harbour Road"})

    def test_not_from_the_future(self):
        with self.assertRaises(ValidationError):
            self._report(
                datetime(2026, 11, 20, 9), date_reported=datetime(2026, 11, 20, 10)
            )

    def test_from_the_partner(self):
        partner = self._create_partner("Firm", is_company=True)
        contact = self._create_partner("Contact", parent_id=partner.id)
        action = contact.with_user(self.care_own).action_report_crm_change()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.care_own)
            .with_context(**action["context"])
        )
        form.statement = "New phone number"
        change = form.save()
        self.assertEqual(change.partner_id, partner)
        self.assertEqual(change.contact_id, contact)


@tagged("post_install", "-at_install")
class TestContactHours(CareCommon):
    def test_they_end_after_they_start(self):
        values = {"weekday": "0", "hour_from": 17, "hour_to": 9}
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):  # noqa: B017
            self._create_partner(crm_contact_hours_ids=[Command.create(values)])
            self.env.flush_all()

    def test_name(self):
        partner = self._create_partner(
            crm_contact_hours_ids=[
                Command.create({"weekday": "0", "hour_from": 9, "hour_to": 17.5})
            ]
        )
        self.assertEqual(
            partner.crm_contact_hours_ids.display_name, "Monday 09:00–17:30"
        )
