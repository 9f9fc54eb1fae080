# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Members hear of points that expire: once a lot and horizon, one e-mail a day."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .portal_common import StatementCase

JOB = "odoo.addons.crm_loyalty.models.crm_loyalty_reminder_job"


@tagged("standard", "post_install", "-at_install")
class TestReminder(StatementCase):
    """The program reminds 30 and 7 days before; the lot's last day is 2026-03-31."""

    def remind(self, day):
        """Run the job; return the e-mails that it has written."""
        mails = self.env["mail.mail"].search([], order="id desc", limit=1)
        last = mails.id or 0
        self.env["crm.loyalty.reminder"]._cron_remind(as_of=day)
        return self.env["mail.mail"].search([("id", ">", last)], order="id")

    def member(self, name, email="ann@example.com"):
        return self.env["res.partner"].create({"name": name, "email": email})

    def lot(self, card, points=100, expiry=date(2026, 3, 31)):
        self.earn(card, points, f"{card.id}:{expiry}", expiry)
        return card

    def outcome(self, card):
        found = self.env["crm.loyalty.reminder"].search([("card_id", "=", card.id)])
        return [
            (reminder.expiry_date, reminder.horizon, reminder.state)
            for reminder in found.sorted(lambda r: (r.expiry_date, -r.horizon))
        ]

    def test_once_for_each_horizon(self):
        """Last day 03-31: 30 days before is 03-01, 7 days before is 03-24."""
        card = self.lot(self.card())
        self.assertFalse(self.remind("2026-02-28"))
        mail = self.remind("2026-03-01")
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.partner)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("03/31/2026", mail.body_html)
        self.assertIn("100", mail.body_html)
        self.assertIn(f"/my/loyalty/{card.id}", mail.body_html)
        self.assertFalse(self.remind("2026-03-01"))
        self.assertFalse(self.remind("2026-03-23"))
        self.assertEqual(len(self.remind("2026-03-24")), 1)
        self.assertFalse(self.remind("2026-03-31"))
        self.assertEqual(
            self.outcome(card),
            [
                (date(2026, 3, 31), 30, "queued"),
                (date(2026, 3, 31), 7, "queued"),
            ],
        )

    def test_late_job_sends_the_nearest_horizon_only(self):
        card = self.lot(self.card())
        self.assertEqual(len(self.remind("2026-03-28")), 1)
        self.assertEqual(self.outcome(card), [(date(2026, 3, 31), 7, "queued")])
        self.assertFalse(self.remind("2026-03-29"))

    def test_on_the_last_day_and_never_after(self):
        card = self.lot(self.card())
        self.assertFalse(self.remind("2026-04-01"))
        self.assertEqual(self.outcome(card), [])
        self.assertEqual(len(self.remind("2026-03-31")), 1)

    def test_one_email_for_all_lots(self):
        """In 5 and in 20 days: one e-mail, two reminders; that in 60 days waits."""
        card = self.card()
        for day, points in (
            (date(2026, 3, 25), 10),
            (date(2026, 4, 9), 20),
            (date(2026, 5, 19), 40),
        ):
            self.lot(card, points, day)
        mail = self.remind("2026-03-20")
        self.assertEqual(len(mail), 1)
        self.assertIn("03/25/2026", mail.body_html)
        self.assertIn("04/09/2026", mail.body_html)
        self.assertNotIn("05/19/2026", mail.body_html)
        self.assertEqual(
            self.outcome(card),
            [(date(2026, 3, 25), 7, "queued"), (date(2026, 4, 9), 30, "queued")],
        )

    def test_spent_points_are_no_news(self):
        card = self.lot(self.card())
        self.post(card, "redeem", 99.5, "r", date(2026, 2, 1))
        self.assertFalse(self.remind("2026-03-01"))
        self.assertEqual(self.outcome(card), [])
        other = self.lot(self.card(self.member("Ann")))
        self.post(other, "redeem", 99, "r2", date(2026, 2, 1))
        self.assertEqual(len(self.remind("2026-03-01")), 1)

    def test_program_without_horizons_or_ended(self):
        self.lot(self.card())
        self.program.reminder_days = False
        self.assertFalse(self.remind("2026-03-01"))
        self.program.write({"reminder_days": "30", "date_to": date(2026, 2, 28)})
        self.assertFalse(self.remind("2026-03-01"))
        self.program.date_to = False
        self.assertEqual(len(self.remind("2026-03-01")), 1)

    def test_who_cannot_be_reached_keeps_no_other(self):
        mute = self.lot(self.card(self.member("Mute", False)))
        blocked = self.lot(self.card(self.member("Blocked", "Stop@Example.com")))
        self.env["mail.blacklist"].create({"email": "stop@example.com"})
        gone = self.lot(self.card(self.member("Gone")))
        gone.partner_id.active = False
        nobody = self.env["loyalty.card"].create({"program_id": self.program.id})
        self.lot(nobody)
        fine = self.lot(self.card())
        mails = self.remind("2026-03-01")
        self.assertEqual(mails.recipient_ids, self.partner)
        for card, state in (
            (mute, "failed"),
            (blocked, "skipped"),
            (gone, "skipped"),
            (nobody, "failed"),
            (fine, "queued"),
        ):
            reminder = self.env["crm.loyalty.reminder"].search(
                [("card_id", "=", card.id)]
            )
            self.assertEqual(reminder.state, state)
            self.assertEqual(bool(reminder.reason), state != "queued")
        self.assertFalse(self.remind("2026-03-02"))

    def break_template(self):
        """It works for all but the contact named Broken."""
        template = self.env.ref("crm_loyalty.mail_template_expiry_reminder")
        template.subject = "{{ 1 / (object.partner_id.name != 'Broken') }}"
        return template

    def test_broken_template_keeps_no_other(self):
        self.lot(self.card())  # the first one: Odoo tries a template on it
        broken = self.lot(self.card(self.member("Broken")))
        template = self.break_template()
        mails = self.remind("2026-03-01")
        self.assertEqual(mails.recipient_ids, self.partner)
        reminder = self.env["crm.loyalty.reminder"].search(
            [("card_id", "=", broken.id)]
        )
        self.assertEqual(reminder.state, "failed")
        self.assertIn("could not be written", reminder.reason)
        # mended, a manager sends it again
        template.subject = "Mended"
        with self.assertRaises(AccessError):
            reminder.with_user(self.clerk).action_send_again()
        reminder.with_user(self.manager).action_send_again()
        self.assertEqual((reminder.state, reminder.reason), ("queued", False))
        self.assertEqual(
            self.env["mail.mail"].search([("subject", "=", "Mended")]).recipient_ids,
            broken.partner_id,
        )

    def test_deleted_template(self):
        card = self.lot(self.card())
        self.env.ref("crm_loyalty.mail_template_expiry_reminder").unlink()
        self.assertFalse(self.remind("2026-03-01"))
        self.assertEqual(self.outcome(card), [(date(2026, 3, 31), 30, "failed")])

    def test_batches(self):
        cards = [self.lot(self.card(self.member(f"M {n}"))) for n in range(7)]
        self.lot(cards[3], 5, date(2026, 3, 20))
        with patch(f"{JOB}.BATCH", 2):
            mails = self.remind("2026-03-01")
        self.assertEqual(len(mails), 7)
        self.assertEqual(len(self.outcome(cards[3])), 2)

    def test_stopped_in_the_middle_goes_on(self):
        """After the first batch the scheduler's time is over; the next run ends it."""
        for number in range(5):
            self.lot(self.card(self.member(f"M {number}")))
        with (
            patch(f"{JOB}.BATCH", 2),
            patch(f"{JOB}.commit_progress", return_value=0),
        ):
            first = self.remind("2026-03-01")
        self.assertEqual(len(first), 2)
        second = self.remind("2026-03-01")
        self.assertEqual(len(second), 3)
        self.assertEqual(len((first | second).recipient_ids), 5)

    def test_in_the_members_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.partner.lang = "de_DE"
        self.lot(self.card(), 1234.5)
        mail = self.remind("2026-03-01")
        self.assertIn("31.03.2026", mail.body_html)
        self.assertIn("1.234,50", mail.body_html)

    def test_posting_sends_nothing(self):
        """Reminders are a job's: a posting in the window writes no e-mail."""
        count = self.env["mail.mail"].search_count([])
        self.lot(self.card(), 100, date(2026, 3, 25))
        self.assertEqual(self.env["mail.mail"].search_count([]), count)

    def test_outcome_is_written_by_nobody(self):
        self.lot(self.card())
        self.remind("2026-03-01")
        for user in (self.clerk, self.manager):
            reminder = self.env["crm.loyalty.reminder"].with_user(user).search([])
            self.assertTrue(reminder)
            with self.assertRaises(AccessError):
                reminder.write({"state": "failed"})
            with self.assertRaises(AccessError):
                reminder.unlink()

    def test_horizons_are_numbers(self):
        with self.assertRaises(UserError):
            self.program.reminder_days = "30, soon"
