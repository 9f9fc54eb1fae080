# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each gate: what passes, what waits until when, and what ends with which reason."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .care_send_common import NOW, CareTaskCommon

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareGate(CareTaskCommon):
    def test_passes(self):
        task = self._create_task()
        self.assertEqual(self._send(task), ["done"])
        self.assertEqual(task.done_date, NOW)
        self.assertEqual(task.channel, "email")
        self.assertFalse(task.reason_code)

    # FINAL

    def test_contact_archived(self):
        task = self._create_task()
        task.partner_id.active = False
        self._send(task)
        self._assert_ended(task, "skipped", "contact", "Ann is archived")

    def test_customer_archived(self):
        company = self._create_contact("Firm", is_company=True)
        task = self._create_task(self._create_contact(parent_id=company.id))
        company.active = False
        self._send(task)
        self._assert_ended(task, "skipped", "contact")

    def test_rule_stopped(self):
        task = self._create_task()
        self.rule.state = "stopped"
        self._send(task)
        self._assert_ended(task, "skipped", "rule", "Autumn greeting is not active")

    def test_does_not_match_any_more(self):
        self.rule.domain = "[('function', '=', 'Buyer')]"
        ann = self._create_contact(function="Buyer")
        bo = self._create_contact("Bo", function="Buyer")
        gone, stays = self._create_task(ann), self._create_task(bo)
        ann.function = "Retired"
        self.assertEqual(self._send(gone | stays), ["skipped", "done"])
        self._assert_ended(gone, "skipped", "rule", "not for this contact any more")

    def test_reasons_in_the_language_of_who_reads_them(self):
        """Two colleagues, two languages, one batch."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self._create_user("care_test_fr", "group_care_own")
        french.lang = "fr_FR"
        mine = self._create_task()
        theirs = self._create_task(self._create_contact("Bo"), user_id=french.id)
        asked = []

        def mismatches(tasks):
            asked.append((tasks, tasks.env.lang))
            return {}

        with patch.object(type(mine), "_care_mismatches", mismatches):
            (mine | theirs)._as_gateway()._gate_rule(NOW)
        self.assertEqual(
            [(tasks.ids, lang) for tasks, lang in asked],
            [(mine.ids, "en_US"), (theirs.ids, "fr_FR")],
        )

    def test_too_late(self):
        """At the last second of its validity it goes, one later it is over."""
        task = self._create_task(not_after=NOW)
        late = self._create_task(
            self._create_contact("Bo"), not_after=NOW - timedelta(seconds=1)
        )
        self.assertEqual(self._send(task | late), ["done", "expired"])
        self._assert_ended(late, "expired", "late")

    def test_too_late_after_waiting(self):
        """It says what it waited for."""
        task = self._create_task(
            not_after=NOW - HOUR, wait_code="paused", wait_reason="All care is paused."
        )
        self._send(task)
        self._assert_ended(task, "expired", "paused", "All care is paused.")

    # WAITS

    def test_company_paused(self):
        task = self._create_task()
        self.company.crm_care_paused = True
        self._send(task)
        self._assert_waits(task, "paused", NOW + HOUR)
        self.company.crm_care_paused = False
        self.assertEqual(self._send(task, NOW + HOUR), ["done"])
        self.assertFalse(task.wait_code)

    def test_contact_paused(self):
        task = self._create_task()
        task.partner_id.crm_care_paused = True
        self._send(task)
        self._assert_waits(task, "paused", NOW + HOUR)

    def test_customer_paused(self):
        company = self._create_contact("Firm", is_company=True, crm_care_paused=True)
        task = self._create_task(self._create_contact(parent_id=company.id))
        self._send(task)
        self._assert_waits(task, "paused", NOW + HOUR)
        self.assertIn("Firm", task.wait_reason)

    def test_open_complaint(self):
        """Greetings and offers wait, what the customer needs to know goes."""
        greeting = self._create_task()
        offer = self._create_task(greeting.partner_id, purpose="marketing")
        service = self._create_task(greeting.partner_id, purpose="service")
        other = self._create_task(self._create_contact("Bo"))
        customer = self._customer_of(greeting.partner_id)

        def reasons(customers):
            return {one.id: ["Open complaint."] for one in customers & customer}

        with patch.object(type(customer), "_care_hold_reasons", reasons):
            self._send(greeting | offer | service | other)
        for task in (greeting, offer):
            self._assert_waits(task, "hold", NOW + HOUR)
        self.assertEqual(greeting.wait_reason, "Open complaint.")
        self.assertEqual((service | other).mapped("state"), ["done", "done"])

    def test_open_complaint_of_the_company(self):
        """Its people wait, too."""
        firm = self._create_contact("Firm", is_company=True)
        task = self._create_task(self._create_contact(parent_id=firm.id))
        customer = self._customer_of(firm)

        def reasons(customers):
            return {one.id: ["Open complaint."] for one in customers & customer}

        with patch.object(type(customer), "_care_hold_reasons", reasons):
            self._send(task)
        self._assert_waits(task, "hold", NOW + HOUR)

    def test_open_complaint_with_another_company(self):
        """Held by the company that it is about, in the words of who reads it there."""
        other = self._create_company("Other company")
        self.care_own.company_ids = [Command.link(other.id)]
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self._create_user("care_test_fr", "group_care_own")
        french.lang = "fr_FR"
        ann = self._create_contact()
        self.env["crm.customer"].with_company(other)._follow(ann)
        theirs = self._create_task(ann, self._create_rule(company_id=other.id))
        mine = self._create_task(ann, user_id=french.id)
        customer = self._customer_of(ann)

        def reasons(customers):
            return {one.id: [customers.env.lang] for one in customers & customer}

        with patch.object(type(customer), "_care_hold_reasons", reasons):
            self._send(theirs | mine)
        self._assert_waits(mine, "hold", NOW + HOUR)
        self.assertEqual(mine.wait_reason, "fr_FR")
        self.assertEqual(theirs.state, "done")

    def test_too_early_in_the_contact_s_day(self):
        """10:00 in Shanghai is 04:00 in Paris: at 9 o'clock there, 07:00 UTC."""
        paris = self._create_contact(tz="Europe/Paris")
        task = self._create_task(paris, not_after=datetime(2026, 9, 18, 18))
        self._send(task)
        self._assert_waits(task, "window", datetime(2026, 9, 18, 7))

    def test_hours_of_each_country(self):
        """Without a zone of one's own: 10:00 in China, 4:00 in France."""
        china, france = (
            self._create_task(
                self._create_contact(
                    f"In {code}", tz=False, country_id=self.env.ref(f"base.{code}").id
                ),
                not_after=datetime(2026, 9, 18, 18),
            )
            for code in ("cn", "fr")
        )
        self._send(china | france)
        self.assertEqual(china.state, "done")
        self._assert_waits(france, "window", datetime(2026, 9, 18, 7))

    def test_closed_where_it_still_is_yesterday(self):
        """Closed on Thursday, and it is Thursday 19:00 in Los Angeles (UTC-7)."""
        self.company.crm_care_holidays = False
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                # Thursday 17 September in Shanghai
                "date_from": "2026-09-16 16:00:00",
                "date_to": "2026-09-17 15:59:59",
            }
        )
        task = self._create_task(
            self._create_contact(tz="America/Los_Angeles"),
            not_after=datetime(2026, 9, 19, 3),
        )
        self._send(task)
        self._assert_waits(task, "window", datetime(2026, 9, 18, 16))

    def test_missed_the_hours(self):
        """At 21:00 it waits until 9:00 on the next day, not until 21:00."""
        task = self._create_task(not_after=datetime(2026, 9, 20, 12))
        self._send(task, datetime(2026, 9, 18, 13))
        self._assert_waits(task, "window", datetime(2026, 9, 19, 1))

    def test_missed_the_hours_of_its_only_day(self):
        task = self._create_task(not_after=datetime(2026, 9, 18, 14))
        self._send(task, datetime(2026, 9, 18, 13))
        self._assert_ended(task, "expired", "window")

    def test_not_on_weekends(self):
        """Friday evening: Monday 9:00."""
        self.company.crm_care_weekends = False
        task = self._create_task(not_after=datetime(2026, 9, 25, 12))
        self._send(task, datetime(2026, 9, 18, 13))
        self._assert_waits(task, "window", datetime(2026, 9, 21, 1))

    # APPROVAL

    def test_not_what_was_agreed_to(self):
        task = self._create_task(needs_approval=True)
        task.with_user(self.care_manager).action_approve()
        task.subject = "Another"
        self._send(task)
        self.assertEqual((task.state, task.wait_code), ("to_approve", "approval"))
        self.assertEqual(
            task.wait_reason, "The text has changed since it was approved."
        )
        self.assertFalse(task.approved_by_id)
        self._send(task)
        self.assertEqual(task.state, "to_approve", "nobody has agreed yet")

    def test_agreed_to(self):
        task = self._create_task(needs_approval=True)
        task.with_user(self.care_manager).action_approve()
        self.assertEqual(self._send(task), ["done"])

    def test_agreed_to_no_text(self):
        """What was written after the approval is not sent: a colleague calls."""
        rule = self._create_rule(template_id=False, sms_template_id=False)
        task = self._create_task(rule=rule, needs_approval=True)
        task.with_user(self.care_manager).action_approve()
        rule.template_id = self.template
        self._send(task)
        self.assertEqual((task.state, task.channel), ("by_hand", "phone"))
        self.assertEqual(task.channel_note, "E-mail: there is no text for it")
        self.assertFalse(task.body)

    def test_agreed_to_too_long_ago(self):
        """Approved on Monday 7 September, good until Thursday: Friday 18th is late."""
        task = self._create_task(needs_approval=True)
        with freeze_time("2026-09-07 02:00:00"):
            task.with_user(self.care_manager).action_approve()
        self._send(task)
        self.assertEqual((task.state, task.wait_code), ("to_approve", "approval"))
        self.assertIn("too long ago", task.wait_reason)

    def test_text_of_nothing_but_tags(self):
        """It would be an empty e-mail."""
        self.template.body_html = "<p><br/></p>"
        task = self._create_task()
        self._send(task)
        self._assert_ended(task, "failed", "text", "There is no text")
        nameless = self._create_task(
            self._create_contact("Bo"), subject=" ", body="<p>Hi</p>", is_edited=True
        )
        self._send(nameless)
        self.assertEqual((nameless.state, nameless.channel), ("by_hand", "phone"))
        self.assertEqual(nameless.channel_note, "E-mail: there is no text for it")

    def test_not_agreed_to_is_not_touched(self):
        task = self._create_task(needs_approval=True)
        self.assertEqual(self._send(task), ["planned"])
        self.assertFalse(task.wait_code)

    # ALL OF THEM

    def test_order_of_the_gates(self):
        """What is final is said first: who is archived does not wait for a pause."""
        task = self._create_task()
        task.partner_id.active = False
        self.company.crm_care_paused = True
        self._send(task)
        self._assert_ended(task, "skipped", "contact")
        late = self._create_task(
            self._create_contact("Bo"), not_after=NOW - timedelta(seconds=1)
        )
        self._send(late)
        self._assert_ended(late, "expired", "late")

    def test_words_in_the_owner_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.care_own.lang = "fr_FR"
        langs = []
        gate = type(self.tasks)._reader_env

        def spy(task):
            env = gate(task)
            langs.append(env.lang)
            return env

        task = self._create_task()
        task.partner_id.active = False
        with patch.object(type(self.tasks), "_reader_env", spy):
            self._send(task)
        self.assertEqual(set(langs), {"fr_FR"})

    def test_queries_do_not_grow(self):
        """Eight tasks of eight customers take as many queries as two."""
        counts = []
        for size in (2, 8):  # the first warms up caches, too
            tasks = self.tasks.concat(
                *(
                    self._create_task(self._create_contact(f"Q{size} {number}"))
                    for number in range(size)
                )
            )
            self.env["crm.touchpoint"]._refresh_pending()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.subTest(size=size):
                self.assertEqual(set(self._send(tasks)), {"done"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], counts)

    def test_several_companies(self):
        """Each company's settings hold for its own tasks."""
        other = self._create_company("Other company")
        other.crm_care_paused = True
        rule = self._create_rule(company_id=other.id)
        mine, theirs = self._create_task(), self._create_task(rule=rule)
        self.env["crm.customer"].with_company(other)._follow(theirs.partner_id)
        self.care_own.company_ids = [Command.link(other.id)]
        self._send(mine | theirs)
        self.assertEqual((mine | theirs).mapped("state"), ["done", "planned"])
        self.assertEqual(theirs.wait_code, "paused")
