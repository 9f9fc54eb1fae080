# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The quick form for phone and counter, and what may be the same matter."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintIntake(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.phone = "+86 21 5555 0123"
        cls.kettle, cls.toaster = cls.env["product.product"].create(
            [{"name": "Kettle"}, {"name": "Toaster"}]
        )
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "order_line": [Command.create({"product_id": cls.kettle.id})],
            }
        )
        cls.order.action_confirm()
        cls.intakes = cls.env["crm.complaint.intake"].with_user(cls.agent)

    def _intake(self, **values):
        return self.intakes.create(
            {"partner_id": self.customer.id, "name": "Leaks", **values}
        )

    def _created(self, intake):
        action = intake.action_create_complaint()
        self.assertEqual(action["res_model"], "crm.complaint")
        return self.env["crm.complaint"].browse(action["res_id"])

    # SIMILAR

    def test_same_customer_and_same_thing_within_the_days(self):
        self.company.crm_complaint_duplicate_days = 30
        old = "2026-01-31 02:00:00"
        new = "2026-03-02 02:00:00"  # exactly 30 days later
        by_product = self._create_complaint(
            product_id=self.kettle.id, date_received=old
        )
        by_order = self._create_complaint(
            sale_order_id=self.order.id, date_received=old
        )
        too_old = self._create_complaint(
            product_id=self.kettle.id, date_received="2026-01-31 01:59:59"
        )
        other_thing = self._create_complaint(
            product_id=self.toaster.id, date_received=old
        )
        unnamed = self._create_complaint(date_received=old)
        withdrawn = self._create_complaint(
            product_id=self.kettle.id, date_received=old, state="withdrawn"
        )
        stranger = self._create_complaint(
            partner_id=self.env["res.partner"].create({"name": "Stranger"}).id,
            product_id=self.kettle.id,
            date_received=old,
        )
        mine = self._create_complaint(
            product_id=self.kettle.id, sale_order_id=self.order.id, date_received=new
        )
        found = mine._likely_duplicates()[mine]
        self.assertEqual(found, by_product | by_order)
        for wrong in (too_old, other_thing, unnamed, withdrawn, stranger, mine):
            self.assertNotIn(wrong, found)
        self.assertEqual(mine.likely_duplicate_count, 2)
        self.company.crm_complaint_duplicate_days = 0
        self.assertFalse(mine._likely_duplicates()[mine])

    def test_an_unknown_sender_by_address(self):
        values = {
            "partner_id": False,
            "email_from": "Jo <JO@example.com>",
            "lot_name": "L-1",
        }
        first = self._create_complaint(**values)
        second = self._create_complaint(**{**values, "email_from": "jo@example.com"})
        other = self._create_complaint(**{**values, "email_from": "x@example.com"})
        self.assertEqual(second._likely_duplicates()[second], first)
        self.assertFalse(other._likely_duplicates()[other])

    def test_many_are_searched_at_once(self):
        complaints = self.env["crm.complaint"]
        for _ in range(20):
            complaints |= self._create_complaint(product_id=self.kettle.id)
        counts = []
        for number in (2, 2, 20):  # the first fills what is cached
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            complaints[:number].mapped("likely_duplicate_count")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])

    def test_readers_see_their_own_only(self):
        self._create_complaint(product_id=self.kettle.id, user_id=self.colleague.id)
        mine = self._create_complaint(product_id=self.kettle.id, user_id=self.agent.id)
        self.assertEqual(mine.with_user(self.agent).likely_duplicate_count, 0)
        self.assertEqual(mine.with_user(self.manager).likely_duplicate_count, 1)

    # SEARCH

    def test_found_by_whatever_number(self):
        partners = self.env["res.partner"].with_user(self.agent)
        partners = partners.with_context(crm_complaint_intake=True)
        complaint = self._create_complaint()
        for text in (
            "5555 0123",
            "+862155550123",
            "customer@example.com",
            self.order.name,
            complaint.number,
            "Custom",
        ):
            with self.subTest(text=text):
                found = [row[0] for row in partners.name_search(text or "Custom")]
                self.assertIn(self.customer.id, found)
        plain = partners.with_context(crm_complaint_intake=False)
        self.assertFalse(plain.name_search(self.order.name))

    # OVERVIEW

    def test_the_caller_at_a_glance(self):
        """The agent has no right on orders and invoices, and sees what helps."""
        self.env["crm.customer"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "grade_id": self.gold.id,
            }
        )
        known = self._create_complaint(
            product_id=self.kettle.id, user_id=self.colleague.id
        )
        self.assertFalse(
            self.env["sale.order"].with_user(self.agent).has_access("read")
        )
        form = Form(self.intakes)
        form.partner_id = self.customer
        self.assertEqual(form.phone, self.customer.phone)
        overview = form.overview
        self.assertEqual(overview["grade"], self.gold.name)
        self.assertEqual([c["id"] for c in overview["complaints"]], [known.id])
        self.assertFalse(overview["complaints"][0]["can_open"])
        # counts and links to what may be opened: a colleague's text is not shown
        self.assertFalse(overview["complaints"][0]["name"])
        [purchase] = overview["purchases"]
        self.assertEqual(purchase["product_id"], self.kettle.id)
        self.assertFalse(form.duplicates)
        form.product_id = self.kettle
        self.assertEqual([c["id"] for c in form.duplicates], [known.id])

    def test_not_for_who_takes_no_complaints(self):
        nobody = new_test_user(
            self.env, login="intake_nobody", groups="base.group_user"
        )
        with self.assertRaises(AccessError):
            self.env["crm.complaint.intake"].with_user(nobody).create({})

    # CREATE

    def test_creates_the_complaint(self):
        intake = self._intake(
            product_id=self.kettle.id,
            sale_order_id=self.order.id,
            description="It leaks\n<b>everywhere</b>",
            is_mine=True,
        )
        complaint = self._created(intake)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.channel, "phone")
        self.assertEqual(complaint.sale_order_id, self.order)
        self.assertEqual(complaint.user_id, self.agent)
        self.assertIn("&lt;b&gt;", complaint.description)
        self.assertFalse(complaint.confirmation_date)

    def test_the_number_told_confirms_the_receipt(self):
        complaint = self._created(self._intake(is_told=True, channel="counter"))
        self.assertEqual(complaint.confirmation_channel, "counter")
        self.assertEqual(complaint.state, "acknowledged")

    def test_who_takes_the_call_can_open_what_went_elsewhere(self):
        other = self.team.create({"name": "Other", "company_id": self.company.id})
        category = self.env["crm.complaint.category"].create(
            {"name": "Theirs", "team_id": other.id}
        )
        complaint = self._created(self._intake(category_id=category.id))
        self.assertEqual(complaint.team_id, other)
        self.assertTrue(complaint.with_user(self.agent).has_access("read"))

    def test_a_new_caller_makes_no_contact_unless_ticked(self):
        values = {"partner_id": False, "partner_name": "Jo", "phone": "0171 555"}
        partners = self.env["res.partner"]
        before = partners.search_count([])
        complaint = self._created(self._intake(**values))
        self.assertEqual(partners.search_count([]), before)
        self.assertEqual(complaint.partner_name, "Jo")
        self.assertFalse(complaint.partner_id)
        with self.assertRaises(AccessError):  # an agent makes no contacts
            self._intake(**values, create_contact=True).action_create_complaint()
        self.agent.group_ids += self.env.ref("base.group_partner_manager")
        complaint = self._created(self._intake(**values, create_contact=True))
        self.assertEqual(complaint.partner_id.name, "Jo")
        self.assertFalse(complaint.partner_name)

    def test_what_is_missing_is_said(self):
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            self._intake(partner_id=False).action_create_complaint()
        with self.assertRaisesRegex(UserError, "what the complaint is about"):
            self._intake(name=False).action_create_complaint()

    def test_somebody_else_s_order_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        intake = self._intake(partner_id=stranger.id, sale_order_id=self.order.id)
        with self.assertRaisesRegex(ValidationError, "not this customer's"):
            intake.action_create_complaint()

    # DUPLICATES

    def test_a_call_is_added_to_what_is_there(self):
        known = self._create_complaint(
            product_id=self.kettle.id, user_id=self.colleague.id
        )
        other = self._create_complaint(user_id=self.colleague.id)
        intake = self._intake(product_id=self.kettle.id, description="Still leaks")
        before = self.env["crm.complaint"].search_count([])
        action = intake.action_note_duplicate(known.id)
        self.assertEqual(action["tag"], "display_notification")  # a colleague's
        note = known.message_ids[:1]
        self.assertIn("Still leaks", str(note.body))
        self.assertTrue(note.subtype_id.internal)
        self.assertEqual(note.author_id, self.agent.partner_id)
        self.assertEqual(self.env["crm.complaint"].search_count([]), before)
        with self.assertRaises(UserError):
            intake.action_note_duplicate(other.id)
