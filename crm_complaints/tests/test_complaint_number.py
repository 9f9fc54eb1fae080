# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintNumber(ComplaintCommon):
    """Numbers: per company, from 1 in each year of the company's zone.

    In years whose counters a test makes itself: PostgreSQL does not roll counters back.
    """

    def test_numbers_in_order_per_company(self):
        other = self.env["res.company"].create({"name": "Second Company"})
        vals = {"name": "x", "date_received": "2011-03-02 01:00:00"}
        complaints = self.env["crm.complaint"].create(
            [{**vals, "company_id": self.company.id} for _index in range(3)]
            + [{**vals, "company_id": other.id}]
        )
        self.assertEqual(
            complaints.mapped("number"),
            ["CMP/2011/00001", "CMP/2011/00002", "CMP/2011/00003", "CMP/2011/00001"],
        )

    def test_the_year_is_the_companys(self):
        """16:30 UTC on the last day is 00:30 of the next year in Shanghai."""
        numbers = [
            self._create_complaint(date_received=received).number
            for received in ("2011-12-31 15:30:00", "2011-12-31 16:30:00")
        ]
        self.assertEqual(numbers, ["CMP/2011/00001", "CMP/2012/00001"])

    def test_next_years_counter_is_there_before_the_year_begins(self):
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "crm.complaint"), ("company_id", "=", self.company.id)]
        )
        with freeze_time("2031-12-31 12:00:00"):
            self.env["ir.sequence"]._crm_prepare_complaint_years()
        years = {one.date_from.year for one in sequence.date_range_ids}
        self.assertLessEqual({2031, 2032}, years)

    def test_sequence_that_was_set_otherwise(self):
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "crm.complaint"), ("company_id", "=", self.company.id)]
        )
        sequence.write({"prefix": "K-", "use_date_range": False, "padding": 3})
        self.assertEqual(self._create_complaint().number, "K-001")
        sequence.write({"implementation": "no_gap", "number_next": 7})
        self.assertEqual(self._create_complaint().number, "K-007")

    def test_sequence_that_was_deleted_is_made_anew(self):
        self.env["ir.sequence"].search(
            [("code", "=", "crm.complaint"), ("company_id", "=", self.company.id)]
        ).unlink()
        self.assertTrue(self._create_complaint().number.startswith("CMP/"))

    def test_a_number_is_taken_once(self):
        first, second = self._create_complaint(), self._create_complaint()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            second.number = first.number
            second.flush_recordset()

    def test_copy_gets_its_own_number_and_life(self):
        complaint = self._create_complaint(decision="justified")
        complaint._confirm_receipt(channel="phone")
        copy = complaint.copy()
        self.assertNotEqual(copy.number, complaint.number)
        self.assertEqual(copy.state, "received")
        self.assertFalse(copy.confirmation_date)
        self.assertFalse(copy.decision)
