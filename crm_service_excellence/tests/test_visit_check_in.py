# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .visit_common import MILLIDEGREE_M, PLACE, VisitCommon


def north(millidegrees, **values):
    """A position so far north of the customer."""
    return {
        "latitude": PLACE[0] + millidegrees / 1000,
        "longitude": PLACE[1],
        "accuracy": 10,
        **values,
    }


@tagged("post_install", "-at_install")
class TestVisitCheckIn(VisitCommon):
    def test_from_start_to_end_by_the_server_clock(self):
        """V6: whatever the phone's clock says, it is not asked."""
        visit = self._create_visit()
        self._start(visit, "2026-10-08 01:00:00", {"time": "2026-10-07 01:00:00"})
        self.assertEqual(visit.state, "in_progress")
        self._finish(visit, "2026-10-08 02:30:00")
        self.assertRecordValues(
            visit,
            [
                {
                    "state": "done",
                    "check_in": datetime(2026, 10, 8, 1),
                    "check_out": datetime(2026, 10, 8, 2, 30),
                    "report_deadline": datetime(2026, 10, 9, 2, 30),
                    "position_state": "unknown",
                    "check_out_position_state": "unknown",
                }
            ],
        )

    def test_sent_three_times_it_is_one_check_in(self):
        visit = self._create_visit()
        position = north(0, key="7d4f")
        for minute in range(3):
            self._start(visit, f"2026-10-08 01:0{minute}:00", position)
        self.assertEqual(visit.check_in, datetime(2026, 10, 8, 1))
        for minute in range(3):
            self._finish(visit, f"2026-10-08 02:0{minute}:00", {"key": "9c"})
        self.assertEqual(visit.check_out, datetime(2026, 10, 8, 2))
        self._start(visit, "2026-10-08 05:00:00", position)  # offline until now
        self.assertEqual(visit.state, "done")
        with self.assertRaisesRegex(UserError, "not open any more: Report Due"):
            self._start(visit, "2026-10-08 05:00:00")

    def test_one_visit_at_a_time(self):
        first = self._create_visit()
        second = self._create_visit(partner_id=self._create_partner("Other").id)
        self._start(first, "2026-10-08 01:00:00")
        with self.assertRaisesRegex(
            UserError, "at Hengda Precision since 10/08/2026 09:00"
        ):
            self._start(second, "2026-10-08 01:30:00")
        self.assertEqual(second.state, "planned")
        self._finish(first, "2026-10-08 02:00:00")
        self._start(second, "2026-10-08 02:30:00")
        self.assertEqual(second.state, "in_progress")

    def test_the_index_says_it_in_words(self):
        """What another transaction has started is not seen, but refused."""
        first, second = self._create_visit(), self._create_visit()
        self._start(first, "2026-10-08 01:00:00")
        visits = type(self.visits)
        self.patch(visits, "_check_none_in_progress", lambda self: None)
        with self.assertLogs("odoo.sql_db", "ERROR"):
            with self.assertRaisesRegex(UserError, "has just been started"):
                self._start(second, "2026-10-08 01:00:00")
        self.assertEqual(second.state, "planned")
        self.assertEqual(first.state, "in_progress")

    def test_a_proposed_visit_can_be_started(self):
        visit = self._propose()
        self._start(visit, "2026-10-08 01:00:00")
        self.assertEqual(visit.state, "in_progress")
        self.assertTrue(visit.preparation_ids)

    def test_finish_before_start(self):
        visit = self._create_visit()
        with self.assertRaisesRegex(UserError, "Start the visit"):
            self._finish(visit, "2026-10-08 01:00:00")
        self._start(visit, "2026-10-08 01:00:00")
        with self.assertRaisesRegex(UserError, "cannot end before"):
            self._finish(visit, "2026-10-08 00:59:59")  # the server's clock was set
        self.assertEqual(visit.state, "in_progress")

    def test_only_the_visitor_ends_it_or_a_manager(self):
        visit = self._create_visit()
        self._start(visit, "2026-10-08 01:00:00")
        with self.assertRaises(AccessError):
            self._finish(visit, "2026-10-08 02:00:00", user=self.care_all)
        self._finish(visit, "2026-10-08 02:00:00", user=self.care_manager)
        self.assertEqual(visit.state, "done")

    def test_a_colleague_who_starts_it_makes_it(self):
        visit = self._create_visit()
        self._start(visit, "2026-10-08 01:00:00", user=self.care_all)
        self.assertEqual(visit.user_id, self.care_all)
        with self.assertRaisesRegex(UserError, "is at Hengda Precision already"):
            self._start(visit, "2026-10-08 01:01:00", user=self.care_own)

    def test_cancelled_is_not_started(self):
        visit = self._create_visit()
        visit._cancel(self.asked)
        with self.assertRaisesRegex(UserError, "Cancelled"):
            self._start(visit, "2026-10-08 01:00:00")


@tagged("post_install", "-at_install")
class TestVisitPosition(VisitCommon):
    """C8: on site within 300 m less the accuracy; unknown is not elsewhere."""

    def _state(self, position, **values):
        visit = self._create_visit(**values)
        self._start(visit, "2026-10-08 01:00:00", position)
        result = visit.position_state, round(visit.distance_m)
        self._finish(visit, "2026-10-08 01:30:00")
        return result

    def test_on_site_and_elsewhere(self):
        for millidegrees, accuracy, state in (
            (0, 10, "on_site"),
            (2.6, 0, "on_site"),  # 289 m
            (2.8, 0, "off_site"),  # 311 m
            (2.8, 12, "on_site"),  # 311 m, give or take 12
            (10, 1000, "on_site"),  # 1112 m, give or take 1000
            (10, 500, "off_site"),
            (10, 1001, "unknown"),  # too vague to say
        ):
            self.assertEqual(
                self._state(north(millidegrees, accuracy=accuracy)),
                (state, round(millidegrees * MILLIDEGREE_M)),
            )

    def test_nothing_known_is_not_elsewhere(self):
        self.assertEqual(self._state(None), ("unknown", 0))
        self.assertEqual(self._state({}), ("unknown", 0))
        self.assertEqual(self._state({"latitude": 0, "longitude": 0}), ("unknown", 0))
        self.partner.write({"partner_latitude": 0, "partner_longitude": 0})
        self.assertEqual(self._state(north(0)), ("unknown", 0))

    def test_the_nearest_place_counts(self):
        """The contact's office, or where the customer receives goods."""
        here = north(50)
        self.assertEqual(self._state(here)[0], "off_site")
        place = {
            "partner_latitude": here["latitude"],
            "partner_longitude": here["longitude"],
        }
        self.contact.write(place)
        self.assertEqual(self._state(here)[0], "off_site")
        self.assertEqual(self._state(here, contact_id=self.contact.id), ("on_site", 0))
        self._create_partner(
            "Warehouse", parent_id=self.partner.id, type="delivery", **place
        )
        self.assertEqual(self._state(here), ("on_site", 0))

    def test_radius_is_the_companys(self):
        self.company.crm_visit_radius = 1200
        self.assertEqual(self._state(north(10))[0], "on_site")

    def test_chinese_map_coordinates(self):
        """What a Chinese map shows is some 500 m off what the phone measures."""
        shifted = (31.2284481, 121.4782252)  # where such a map shows PLACE
        self.partner.write(
            {"partner_latitude": shifted[0], "partner_longitude": shifted[1]}
        )
        state, metres = self._state(north(0))
        self.assertEqual(state, "off_site")
        self.assertGreater(metres, 400)
        self.partner.crm_coordinate_system = "gcj02"
        self.assertEqual(self._state(north(0)), ("on_site", 0))
        gcj = {"latitude": shifted[0], "longitude": shifted[1], "system": "gcj02"}
        self.assertEqual(self._state(gcj), ("on_site", 0))

    def test_garbage_changes_nothing(self):
        """V7."""
        visit = self._create_visit()
        nan, infinite = float("nan"), float("inf")
        for position in (
            {"latitude": 91, "longitude": 0},
            {"latitude": 31, "longitude": 180.1},
            {"latitude": nan, "longitude": 121},
            {"latitude": 31, "longitude": infinite},
            {"latitude": "31", "longitude": "121"},
            {"latitude": 31},
            {"latitude": 31, "longitude": 121, "accuracy": -1},
            {"latitude": 31, "longitude": 121, "accuracy": nan},
            {"latitude": 31, "longitude": 121, "system": "bd09"},
            {"latitude": [31], "longitude": {"x": 1}},
            {"key": "k" * 65},
            {"key": 7},
            {"latitude": True, "longitude": False},
            {"system": ["wgs84"]},
            "31,121",
            [31, 121],
        ):
            with self.assertRaises(ValidationError):
                self._start(visit, "2026-10-08 01:00:00", position)
        self.assertRecordValues(
            visit, [{"state": "planned", "check_in": False, "position_state": False}]
        )
        self._start(visit, "2026-10-08 01:00:00")
        with self.assertRaises(ValidationError):
            self._finish(visit, "2026-10-08 02:00:00", {"latitude": 91})
        self.assertEqual(visit.state, "in_progress")

    def test_the_first_visit_can_teach_the_place(self):
        self.partner.write({"partner_latitude": 0, "partner_longitude": 0})
        visit = self._create_visit()
        with self.assertRaisesRegex(UserError, "No position"):
            visit.action_set_place()
        self._start(visit, "2026-10-08 01:00:00", north(1))
        visit.action_set_place()
        self.assertAlmostEqual(self.partner.partner_latitude, PLACE[0] + 0.001, 6)
