# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How much is too much, worked out by hand."""

from datetime import datetime, timedelta

from odoo.tests import BaseCase

from odoo.addons.crm_service_excellence.tools import fatigue

NOW = datetime(2026, 9, 18, 2)  # Friday, 10:00 in Shanghai
SHANGHAI = "Asia/Shanghai"
MIDNIGHT = datetime(2026, 9, 18, 16)  # Saturday begins in Shanghai


class TestFatigue(BaseCase):
    def _free(self, sent, daily=1, weekly=2, now=NOW, zone=SHANGHAI):
        return fatigue.contact_free_at(now, sent, daily, weekly, zone)

    def test_nothing_sent(self):
        self.assertIsNone(self._free([]))

    def test_no_limits(self):
        self.assertIsNone(self._free([NOW] * 50, daily=0, weekly=0))

    def test_one_a_day(self):
        """A day is the contact's: 23:30 yesterday in Shanghai is another one."""
        self.assertIsNone(self._free([datetime(2026, 9, 17, 15, 30)]))
        self.assertEqual(self._free([datetime(2026, 9, 17, 16, 30)]), MIDNIGHT)

    def test_day_of_another_zone(self):
        """The same moments are one day in Paris: from 22:00 to 22:00."""
        sent = [datetime(2026, 9, 17, 22)]
        self.assertEqual(
            self._free(sent, zone="Europe/Paris"), datetime(2026, 9, 18, 22)
        )
        sent = [datetime(2026, 9, 17, 21, 59)]
        self.assertIsNone(self._free(sent, zone="Europe/Paris"))

    def test_two_a_day(self):
        self.assertIsNone(self._free([NOW], daily=2))
        self.assertEqual(self._free([NOW, NOW], daily=2, weekly=0), MIDNIGHT)

    def test_two_in_seven_days(self):
        """Sent on Saturday and Tuesday: room is on next Saturday at the same time."""
        saturday, tuesday = datetime(2026, 9, 12, 3), datetime(2026, 9, 15, 3)
        self.assertEqual(self._free([tuesday, saturday]), datetime(2026, 9, 19, 3))
        self.assertIsNone(self._free([tuesday]))

    def test_seven_days_to_the_second(self):
        """Exactly seven days ago is over."""
        others = [NOW - timedelta(days=2)]
        self.assertIsNone(self._free([*others, NOW - timedelta(days=7)]))
        late = NOW - timedelta(days=7) + timedelta(seconds=1)
        self.assertEqual(self._free([*others, late]), NOW + timedelta(seconds=1))

    def test_more_than_the_limit_were_sent(self):
        """Four in the week where two are allowed: three have to become old."""
        days = [datetime(2026, 9, day, 3) for day in (12, 13, 14, 15)]
        self.assertEqual(self._free(days), datetime(2026, 9, 21, 3))

    def test_the_later_of_both_limits(self):
        sent = [datetime(2026, 9, 18, 1), datetime(2026, 9, 16, 1)]
        self.assertEqual(self._free(sent), datetime(2026, 9, 23, 1))

    def test_contacts_of_a_customer(self):
        free = fatigue.customer_free_at
        self.assertIsNone(free(NOW, "c", {"a", "b"}, 3, SHANGHAI))
        self.assertEqual(free(NOW, "c", {"a", "b"}, 2, SHANGHAI), MIDNIGHT)
        self.assertIsNone(free(NOW, "a", {"a", "b"}, 2, SHANGHAI))
        self.assertIsNone(free(NOW, "c", {"a", "b"}, 0, SHANGHAI))

    def test_an_hour(self):
        minutes = [NOW - timedelta(minutes=number) for number in (50, 30, 10, 61)]
        self.assertEqual(fatigue.hour_free_at(NOW, minutes, 5)[0], 2)
        self.assertEqual(
            fatigue.hour_free_at(NOW, minutes, 3), (0, NOW + timedelta(minutes=10))
        )
        # one limit lower: two of three have to be an hour old
        self.assertEqual(
            fatigue.hour_free_at(NOW, minutes, 2), (0, NOW + timedelta(minutes=30))
        )

    def test_midnight_across_daylight_saving(self):
        """25 October in Paris has 25 hours."""
        now = datetime(2026, 10, 24, 22, 30)  # 00:30 on the 25th
        self.assertEqual(
            fatigue.next_midnight(now, "Europe/Paris"), datetime(2026, 10, 25, 23)
        )
