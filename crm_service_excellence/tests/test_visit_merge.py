# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitMerge(VisitCommon):
    """Two customers become one: nothing lost, nothing twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls._create_partner("Hengda Precision Ltd", is_company=True)
        cls.customers._follow(cls.twin)

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.twin | self.partner).ids, self.partner, extra_checks=False)
        self.env.invalidate_all()

    def test_visits_follow(self):
        visit = self._create_visit(partner_id=self.twin.id)
        made = self._report(self._made(self._create_visit(partner_id=self.twin.id)))
        self._merge()
        self.assertEqual((visit | made.sudo()).partner_id, self.partner)
        self.assertEqual(visit.calendar_event_id.name, "Visit: Hengda Precision")

    def test_a_proposed_double_goes(self):
        kept = self._propose(partner_id=self.twin.id)
        kept._plan()
        double = self._propose()
        self._merge()
        self.assertFalse(double.exists())
        self.assertEqual((kept.partner_id, kept.state), (self.partner, "planned"))

    def test_a_planned_double_is_cancelled_with_a_reason(self):
        kept, double = self._propose(), self._propose(partner_id=self.twin.id)
        (kept | double)._plan()
        self._merge()
        self.assertEqual(kept.state, "planned")
        self.assertEqual(double.state, "cancelled")
        self.assertEqual(double.partner_id, self.partner)
        self.assertEqual(double.reason_id.name, "Another visit serves the same need")

    def test_what_took_place_stays(self):
        done = self._made(self._propose(partner_id=self.twin.id))
        other = self._made(
            self._propose(), "2026-10-08 05:00:00", "2026-10-08 06:00:00"
        )
        proposed = self._propose(due="2026-10-09")
        made = self._made(
            self._propose(due="2026-10-09", partner_id=self.twin.id),
            "2026-10-09 05:00:00",
            "2026-10-09 06:00:00",
        )
        self._merge()
        self.assertFalse(proposed.exists())
        self.assertEqual((done | other | made).partner_id, self.partner)
        self.assertEqual((done | other | made).mapped("state"), ["done"] * 3)
        self.assertEqual(
            sorted(map(bool, (done | other | made).mapped("due_date"))),
            [False, True, True],
        )

    def test_filed_under_a_company(self):
        """A customer becomes a contact of another."""
        visit = self._create_visit(partner_id=self.twin.id)
        self.twin.write({"is_company": False, "parent_id": self.partner.id})
        self.customers._refresh()
        self.assertEqual(visit.partner_id, self.partner)
