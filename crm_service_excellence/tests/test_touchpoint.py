# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Touchpoints: what is filed where, what is written once, who sees what."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestTouchpoint(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partner("Hengda", user_id=cls.care_own.id)
        cls.contact = cls._create_partner("Ms Chen", parent_id=cls.partner.id)
        cls.touchpoints = cls.env["crm.touchpoint"].with_user(cls.care_own)

    def _vals(self, **values):
        return {
            "partner_id": self.contact.id,
            "channel": "phone",
            "source": "mail.activity,1",
            **values,
        }

    def test_a_person_is_filed_under_the_company(self):
        touch = self.touchpoints.create({"partner_id": self.contact.id})
        self.assertRecordValues(
            touch,
            [
                {
                    "partner_id": self.partner.id,
                    "contact_id": self.contact.id,
                    "company_id": self.company.id,
                    "user_id": self.care_own.id,
                    "direction": "out",
                    "channel": "phone",
                    "is_effective": True,
                    "confirmation_state": "none",
                }
            ],
        )

    def test_a_message_that_came_in_reached_nobody(self):
        for channel, direction, effective in (
            ("email", "in", False),
            ("wechat", "in", False),
            ("email", "out", True),
            ("phone", "in", True),
            ("meeting", "in", True),
        ):
            touch = self.touchpoints.create(
                {
                    "partner_id": self.partner.id,
                    "channel": channel,
                    "direction": direction,
                }
            )
            self.assertEqual(touch.is_effective, effective, (channel, direction))

    def test_nothing_takes_place_in_the_future(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "future"):
            self.touchpoints.create({"partner_id": self.partner.id, "date": tomorrow})
        touch = self.touchpoints.create({"partner_id": self.partner.id})
        with self.assertRaisesRegex(ValidationError, "future"):
            touch.date = tomorrow

    def test_what_is_measured_cannot_be_typed(self):
        touch = self.touchpoints.create({"partner_id": self.partner.id})
        for name, value in (
            ("source", "crm.visit,1"),
            ("confirmation_state", "sent"),
            ("confirmation_date", fields.Datetime.now()),
            ("confirmation_deadline", fields.Datetime.now()),
        ):
            with self.assertRaises(AccessError):
                touch.write({name: value})
            with self.assertRaises(AccessError):
                self.touchpoints.create({"partner_id": self.partner.id, name: value})

    # RECORD

    def test_a_source_is_recorded_once(self):
        first = self.touchpoints._record([self._vals(summary="First")])
        self.assertEqual(first.partner_id, self.partner)
        self.assertFalse(self.touchpoints._record([self._vals(summary="Again")]))
        both = self.touchpoints._record(
            [
                self._vals(source="mail.activity,2", summary="Two"),
                self._vals(source="mail.activity,2", summary="Two again"),
                self._vals(source="mail.activity,1"),
                self._vals(source="mail.activity,3", summary="Three"),
            ]
        )
        self.assertEqual(both.mapped("summary"), ["Two", "Three"])

    def test_the_same_message_reaches_two_customers(self):
        other = self._create_partner("Other")
        written = self.touchpoints._record(
            [self._vals(), self._vals(partner_id=other.id)]
        )
        self.assertEqual(written.partner_id, self.partner | other)

    def test_recorded_meanwhile_by_another_transaction(self):
        """The look-up sees nothing, the index does."""
        self.touchpoints._record([self._vals(summary="The other's")])
        with (
            patch.object(
                type(self.touchpoints), "search", lambda model, *a, **k: model.browse()
            ),
            mute_logger("odoo.sql_db"),
        ):
            written = self.touchpoints._record(
                [self._vals(), self._vals(source="mail.activity,2", summary="Mine")]
            )
        self.assertEqual(written.mapped("summary"), ["Mine"])
        rows = self.env["crm.touchpoint"].search(
            [("partner_id", "=", self.partner.id)], order="id"
        )
        self.assertEqual(rows.mapped("summary"), ["The other's", "Mine"])

    def test_customers_are_measured_once(self):
        others = [self._create_partner(f"Customer {n}") for n in range(5)]
        with patch.object(type(self.customers), "_refresh", return_value=0) as refresh:
            self.touchpoints._record(
                [self._vals(partner_id=partner.id) for partner in others]
            )
        self.assertEqual(refresh.call_count, 1)
        self.assertEqual(
            sorted(refresh.call_args.kwargs["partner_ids"]),
            sorted(partner.id for partner in others),
        )

    def test_moving_a_contact_measures_both_customers(self):
        other = self._create_partner("Other", user_id=self.care_own.id)
        touch = self.touchpoints.create({"partner_id": self.partner.id})
        with patch.object(type(self.customers), "_refresh", return_value=0) as refresh:
            touch.summary = "Nothing that is measured"
            self.assertFalse(refresh.called)
            touch.partner_id = other
            self.assertEqual(
                set(refresh.call_args.kwargs["partner_ids"]),
                {self.partner.id, other.id},
            )
            touch.sudo().unlink()
            self.assertEqual(refresh.call_count, 2)

    # ACCESS

    def test_own_contacts_and_those_with_own_customers(self):
        theirs = self._create_partner("Theirs", user_id=self.care_all.id)
        mine = self.touchpoints.create({"partner_id": theirs.id})
        with_mine = self.touchpoints.with_user(self.care_all).create(
            {"partner_id": self.partner.id}
        )
        foreign = self.touchpoints.with_user(self.care_all).create(
            {"partner_id": theirs.id}
        )
        self.assertEqual(self.touchpoints.search([]), mine | with_mine)
        self.assertIn(foreign, self.touchpoints.with_user(self.care_all).search([]))
        with self.assertRaises(AccessError):
            foreign.with_user(self.care_own).read(["summary"])
        with self.assertRaises(AccessError):
            mine.unlink()
        mine.with_user(self.care_manager).unlink()

    def test_another_company_sees_nothing(self):
        other = self._create_company("Other Company")
        touch = self.env["crm.touchpoint"].create(
            {"partner_id": self.partner.id, "company_id": other.id}
        )
        self.assertNotIn(touch, self.touchpoints.with_user(self.care_all).search([]))
