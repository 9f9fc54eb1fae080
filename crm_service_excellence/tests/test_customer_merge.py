# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Merging contacts loses nothing and doubles nothing."""

from datetime import date, timedelta

from odoo.tests import tagged

from .common import CareCommon

AS_OF = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestCustomerMerge(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_score_policy()
        cls.kept = cls._create_customer("Kept", [("2026-02-01", 10)])
        cls.gone = cls._create_customer("Gone", [("2026-02-02", 75)])
        cls.policies._run(as_of=AS_OF)
        cls.until = cls.company._crm_today() + timedelta(days=30)

    def _merge(self, *customers, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        partners = self.env["res.partner"].union(*(c.partner_id for c in customers))
        wizard._merge(partners.ids, into, extra_checks=False)
        self.env.invalidate_all()

    def test_two_customers_become_one(self):
        kept, gone = self.kept.partner_id, self.gone.partner_id
        self._merge(self.kept, self.gone, into=kept)
        self.assertFalse(gone.exists())
        customer = self._customer_of(kept)
        self.assertEqual(customer, self.kept)
        self.assertEqual(customer.revenue_total, 85)
        self.assertEqual(customer.order_count, 2)

    def test_history_and_the_better_grade_are_kept(self):
        self._merge(self.kept, self.gone, into=self.kept.partner_id)
        self.assertEqual(self.kept.grade_id, self.gold)
        kinds = self.kept.change_ids.mapped("kind")
        self.assertEqual(sorted(kinds), ["first", "first", "merge"])
        merge = self.kept.change_ids.filtered(lambda change: change.kind == "merge")
        self.assertEqual(
            (merge.old_grade_id, merge.new_grade_id), (self.regular, self.gold)
        )
        self.assertIn("Gone", merge.reason)

    def test_override_and_vip_are_kept(self):
        self.gone._set_override(self.diamond, "Promised", self.until)
        self.gone.action_toggle_vip()
        self._merge(self.kept, self.gone, into=self.kept.partner_id)
        self.assertEqual(self.kept.grade_id, self.diamond)
        self.assertEqual(self.kept.override_until, self.until)
        self.assertEqual(self.kept.override_reason, "Promised")
        self.assertTrue(self.kept.is_vip)

    def test_the_override_that_lasts_longer_wins(self):
        self.kept._set_override(self.silver, "Longer", self.until + timedelta(days=1))
        self.gone._set_override(self.diamond, "Shorter", self.until)
        self._merge(self.kept, self.gone, into=self.kept.partner_id)
        self.assertEqual(self.kept.override_reason, "Longer")
        self.assertEqual(self.kept.grade_id, self.silver)

    def test_insights_hours_and_reports_move_along(self):
        partner = self.gone.partner_id
        insight = self.env["crm.customer.insight"].create(
            {
                "partner_id": partner.id,
                "statement": "Likes tea",
                "contact_id": partner.id,
            }
        )
        hours = self.env["crm.contact.hours"].create({"partner_id": partner.id})
        change = self.env["crm.profile.change"].create(
            {"partner_id": partner.id, "statement": "Moved"}
        )
        self._merge(self.kept, self.gone, into=self.kept.partner_id)
        for record in (insight, hours, change):
            self.assertEqual(record.partner_id, self.kept.partner_id)

    def test_messages_and_activities_move_along(self):
        self.gone.message_post(body="Promised a visit")
        self.gone.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.env.uid
        )
        self._merge(self.kept, self.gone, into=self.kept.partner_id)
        self.assertIn("Promised a visit", self.kept.message_ids[0].body)
        self.assertEqual(len(self.kept.activity_ids), 1)

    def test_only_the_one_that_goes_is_a_customer(self):
        stranger = self._create_partner("Stranger")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((stranger | self.gone.partner_id).ids, stranger, False)
        self.env.invalidate_all()
        customer = self._customer_of(stranger)
        self.assertEqual(customer, self.gone)
        self.assertEqual(customer.grade_id, self.gold)

    def test_three_at_once_in_two_companies(self):
        third = self._create_customer("Third", [("2026-02-03", 5)])
        other = self._create_company("Other Company")
        for customer in (self.gone, third):
            self.customers.sudo().create(
                {"partner_id": customer.partner_id.id, "company_id": other.id}
            )
        self._merge(self.kept, self.gone, third, into=self.kept.partner_id)
        rows = self.customers.sudo().search(
            [("partner_id", "=", self.kept.partner_id.id)]
        )
        self.assertEqual(rows.company_id, self.company | other)
        self.assertEqual(len(rows), 2)
        self.assertEqual(self._customer_of(self.kept.partner_id).revenue_total, 90)

    def test_a_customer_filed_under_another_joins_it(self):
        """No merge, but a person becomes a contact of a firm."""
        insight = self.env["crm.customer.insight"].create(
            {"partner_id": self.gone.partner_id.id, "statement": "Likes tea"}
        )
        self.kept.partner_id.is_company = True
        self.gone.partner_id.parent_id = self.kept.partner_id
        self.customers._refresh()
        self.assertEqual(insight.partner_id, self.kept.partner_id)
        self.assertFalse(self.gone.exists())
        self.assertEqual(self.kept.revenue_total, 85)
        self.assertEqual(self.kept.grade_id, self.gold)

    def test_a_deleted_partner_takes_its_record_along(self):
        prospect = self._create_partner("Prospect")
        customer = self.customers._follow(prospect)
        prospect.unlink()
        self.assertFalse(customer.exists())

    def test_privacy_lookup_finds_our_rows(self):
        """It looks at every link to a partner that does not cascade."""
        fields = self.env["ir.model.fields"].search(
            [
                ("relation", "=", "res.partner"),
                ("store", "=", True),
                ("ttype", "=", "many2one"),
                ("name", "=", "partner_id"),
                (
                    "model",
                    "in",
                    ["crm.customer", "crm.customer.insight", "crm.profile.change"],
                ),
            ]
        )
        self.assertEqual(set(fields.mapped("on_delete")), {"restrict"})
        self.assertEqual(len(fields), 3)

    def test_touchpoints_move_along_and_a_source_stays_one_row(self):
        touchpoints = self.env["crm.touchpoint"]
        kept, gone = self.kept.partner_id, self.gone.partner_id
        both = touchpoints._record(
            [
                {"partner_id": partner.id, "source": "mail.message,7", "summary": text}
                for partner, text in ((kept, "To you"), (gone, "To you too"))
            ]
        )
        by_hand = touchpoints.create({"partner_id": gone.id, "summary": "By hand"})
        other = self._create_company("Other Company")
        elsewhere = touchpoints._record(
            [
                {
                    "partner_id": gone.id,
                    "company_id": other.id,
                    "source": "mail.message,7",
                }
            ]
        )
        self._merge(self.kept, self.gone, into=kept)
        rows = touchpoints.sudo().search([("partner_id", "=", kept.id)])
        self.assertEqual(rows, both[0] | by_hand | elsewhere)
