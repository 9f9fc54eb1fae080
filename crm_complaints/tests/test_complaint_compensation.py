# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintCompensation(ComplaintCommon):
    """Compensation lines: asked for by the clerk, decided by a second person, told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goodwills = cls.env["crm.goodwill"]
        cls.env["crm.goodwill.budget"].search([]).unlink()
        cls.env["crm.goodwill.budget"].create({"amount": 2000})
        cls.company.write(
            {"crm_goodwill_own_limit": 100, "crm_goodwill_manager_limit": 500}
        )
        types = cls.env["crm.goodwill.type"]
        cls.refund = types.create(
            {
                "name": "Refund",
                "kind": "refund",
                "letter_sentence": "We refund you %(value)s.",
            }
        )
        cls.apology = types.create(
            {
                "name": "Apology",
                "kind": "apology",
                "has_value": False,
                "letter_sentence": "We are sorry, %(customer)s.",
            }
        )

    def _offer(self, complaint, value=50, user=None, request=True, **values):
        vals = {
            "complaint_id": complaint.id,
            "type_id": self.refund.id,
            "value": value,
            "cost": 20,
            "note": "Came late",
            **values,
        }
        goodwill = self.goodwills.with_user(user or self.agent).create(vals)
        if request:
            goodwill.action_request()
        return goodwill

    # WHO GETS IT

    def test_the_complaint_says_who_gets_it(self):
        contact = self.env["res.partner"].create(
            {"name": "Ms Chen", "parent_id": self.customer.id}
        )
        complaint = self._own_complaint(contact_id=contact.id)
        goodwill = self._offer(complaint)
        self.assertEqual(goodwill.partner_id, self.customer)
        self.assertEqual(goodwill.contact_id, contact)
        self.assertEqual(goodwill.company_id, self.company)
        self.assertEqual(goodwill.reason, "complaint")
        self.assertEqual(goodwill._source(), complaint)
        self.assertEqual(goodwill.state, "granted")
        self.assertEqual(goodwill.complaint_cycle, 1)

    def test_nobody_known_gets_nothing(self):
        complaint = self._own_complaint(partner_id=False)
        for offer in (self._offer, lambda one: one.action_offer_compensation()):
            with self.assertRaisesRegex(UserError, "which customer"):
                offer(complaint)

    def test_nothing_for_somebody_else(self):
        complaint = self._own_complaint()
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRaisesRegex(UserError, "not of Other"):
            self._offer(complaint, partner_id=other.id)
        goodwill = self._offer(complaint, 150)
        complaint.partner_id = other
        with self.assertRaisesRegex(UserError, "not of Customer"):
            goodwill.with_user(self.manager).action_approve()

    def test_asked_for_by_the_api(self):
        complaint = self._own_complaint()
        goodwill = self.goodwills.with_user(self.agent)._request(
            complaint.partner_id, self.refund, 30, "complaint", source=complaint
        )
        self.assertEqual(goodwill.complaint_id, complaint)
        self.assertEqual(goodwill.state, "granted")

    # WHO DECIDES

    def test_the_second_one_needs_approval(self):
        complaint = self._own_complaint()
        self.assertEqual(self._offer(complaint).state, "granted")
        second = self._offer(complaint, 10)
        self.assertEqual(second.state, "requested")
        sorry = self._offer(complaint, 0, type_id=self.apology.id)
        self.assertEqual(sorry.state, "granted")

    def test_another_source_does_not_make_it_the_first(self):
        complaint = self._own_complaint()
        self._offer(complaint)
        second = self._offer(complaint, 10, request=False)
        second.write({"res_model": "res.partner", "res_id": self.customer.id})
        second.action_request()
        self.assertEqual((second.state, second._source()), ("requested", complaint))

    def test_complaint_managers_approve_compensation_only(self):
        goodwill = self._offer(self._own_complaint(), 150)
        self.assertEqual(goodwill.state, "requested")
        self.assertIn(self.manager, goodwill.sudo().activity_ids.user_id)
        self.assertTrue(goodwill.with_user(self.manager).may_approve)
        waiting = [("may_approve", "=", True), ("id", "=", goodwill.id)]
        managers = self.goodwills.with_user(self.manager)
        self.assertTrue(managers.search(waiting))
        with self.assertRaises(AccessError):
            goodwill.with_user(self.all_complaints).action_approve()
        goodwill.with_user(self.manager).action_approve()
        self.assertEqual(goodwill.state, "granted")
        large = self._offer(self._own_complaint(), 501)
        with self.assertRaisesRegex(AccessError, "director"):
            large.with_user(self.manager).action_approve()
        self.assertFalse(large.with_user(self.manager).may_approve)
        free = self.goodwills.create(
            {
                "partner_id": self.customer.id,
                "type_id": self.refund.id,
                "value": 150,
                "note": "No complaint",
            }
        )
        free.write({"state": "requested", "approval_level": "manager"})
        with self.assertRaises(AccessError):
            free.with_user(self.manager).action_approve()

    # RIGHTS

    def test_only_for_complaints_that_one_may_write(self):
        foreign = self._create_complaint(user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            self._offer(foreign)
        recorded = self._create_complaint(user_id=self.colleague.id)
        self.env.cr.execute(
            "UPDATE crm_complaint SET create_uid = %s WHERE id = %s",
            [self.agent.id, recorded.id],
        )
        recorded.invalidate_recordset()
        self.assertTrue(recorded.with_user(self.agent).has_access("read"))
        with self.assertRaises(AccessError):
            self._offer(recorded)
        unassigned = self._create_complaint(user_id=False)
        self.assertEqual(self._offer(unassigned).state, "granted")

    def test_not_without_a_complaint(self):
        with self.assertRaises(AccessError):
            self.goodwills.with_user(self.agent).create(
                {
                    "partner_id": self.customer.id,
                    "type_id": self.refund.id,
                    "value": 5,
                    "note": "x",
                }
            )

    def test_who_sees_it(self):
        own = self._offer(self._own_complaint())
        foreign = self._offer(
            self._create_complaint(user_id=self.colleague.id), user=self.colleague
        )
        free = self.goodwills.create(
            {
                "partner_id": self.customer.id,
                "type_id": self.refund.id,
                "value": 5,
                "note": "x",
            }
        )
        everything = own | foreign | free
        for user, seen in (
            (self.agent, own),
            (self.colleague, foreign),
            (self.all_complaints, own | foreign),
            (self.manager, own | foreign),
        ):
            found = self.goodwills.with_user(user).search(
                [("id", "in", everything.ids)]
            )
            self.assertEqual(set(found.ids), set(seen.ids))

    def test_the_complaint_cannot_be_changed_behind_it(self):
        complaint = self._own_complaint()
        goodwill = self._offer(complaint, 150)
        with self.assertRaises(UserError):
            goodwill.complaint_id = self._own_complaint()
        with self.assertRaises(AccessError):
            goodwill.complaint_cycle = 7
        draft = self._offer(complaint, request=False)
        other = self._own_complaint()
        draft.complaint_id = other
        self.assertEqual(draft._source(), other)
        with self.assertRaises(AccessError):
            draft.complaint_id = self._create_complaint(user_id=self.colleague.id)

    # TOTALS

    def test_totals_count_what_is_granted(self):
        complaint = self._own_complaint()
        granted, asked = self._offer(complaint, 50), self._offer(complaint, 150)
        self.assertEqual(complaint.compensation_value, 50)
        self.assertEqual(complaint.compensation_cost, 20)
        asked.with_user(self.manager).action_approve()
        self.assertEqual(complaint.compensation_value, 200)
        granted._withdraw("Came back")
        self.assertEqual(complaint.compensation_value, 150)
        groups = self.env["crm.complaint"]._read_group(
            [("id", "=", complaint.id)],
            ["category_id"],
            ["compensation_value:sum", "compensation_cost:sum"],
        )
        self.assertEqual(groups[0][1:], (150, 20))

    def test_totals_are_not_typed(self):
        with self.assertRaises(AccessError):
            self._own_complaint().compensation_value = 3

    # TOLD

    def _told_texts(self, complaint):
        complaint.invalidate_recordset()
        letter = self.env["ir.actions.report"]._render_qweb_html(
            "crm_complaints.report_crm_complaint_letter", complaint.ids
        )[0]
        portal = complaint.sudo()._portal_values(self.customer)["compensation"]
        return letter.decode(), portal

    def test_letter_and_portal_tell_what_is_granted(self):
        complaint = self._bring_to(self._own_complaint(), "resolved")
        self._offer(complaint, 50)
        waiting = self._offer(complaint, 123)
        complaint.decision_text = "We replace it."
        self.assertEqual(
            complaint.sudo()._portal_values(self.customer)["compensation"], []
        )
        complaint._tell_decision(channel="phone")
        letter, portal = self._told_texts(complaint)
        self.assertEqual(portal, ["We refund you $\N{NO-BREAK SPACE}50.00."])
        self.assertIn("What you get", letter)
        self.assertIn(portal[0], letter)
        self.assertNotIn("123.00", letter)
        self.assertNotIn("20.00", letter)  # the cost
        self.assertNotIn("Came late", letter)
        waiting.with_user(self.manager).action_approve()
        self.assertEqual(len(self._told_texts(complaint)[1]), 2)
        waiting.with_user(self.manager)._withdraw("A mistake")
        self.assertEqual(len(self._told_texts(complaint)[1]), 1)

    def test_the_mail_tells_it_too(self):
        complaint = self._bring_to(self._own_complaint(), "resolved")
        self._offer(complaint, 0, type_id=self.apology.id)
        complaint.decision_text = "We replace it."
        template = self.env.ref("crm_complaints.mail_template_complaint_decision")
        body = template._render_field("body_html", complaint.ids)[complaint.id]
        self.assertIn("We are sorry, Customer.", body)

    def test_nothing_granted_nothing_said(self):
        complaint = self._told()
        letter, portal = self._told_texts(complaint)
        self.assertNotIn("What you get", letter)
        self.assertEqual(portal, [])

    # LIFE

    def test_rejected_withdrawn_or_duplicate_ends_what_is_only_asked(self):
        survivor = self._own_complaint()
        for move in ("reject", "withdraw", "mark_duplicate"):
            complaint = self._own_complaint()
            granted = self._offer(complaint, 30)
            asked = self._offer(complaint, 60)
            draft = self._offer(complaint, 70, request=False)
            if move == "reject":
                complaint.write({"reject_reason": "No", "appeal_path": "Court"})
                complaint._tell_decision(channel="phone")
                complaint.action_reject()
            elif move == "withdraw":
                complaint.action_withdraw()
            else:
                complaint.action_mark_duplicate(survivor)
            self.assertEqual(granted.state, "granted", move)
            self.assertEqual(asked.state, "withdrawn", move)
            self.assertEqual(draft.state, "withdrawn", move)
            self.assertTrue(asked.outcome_note)
            self.assertEqual(complaint.compensation_value, 30)
            with self.assertRaisesRegex(UserError, "over: reopen"):
                self._offer(complaint)

    def test_reopened_nothing_is_undone_and_nothing_told_twice(self):
        complaint = self._bring_to(self._own_complaint(), "resolved")
        first = self._offer(complaint, 50)
        complaint.decision_text = "We refund it."
        complaint._tell_decision(channel="phone")
        self.assertEqual(len(complaint._told_compensation()), 1)
        complaint.action_reopen("Still broken")
        self.assertEqual(first.state, "granted")
        self.assertEqual(complaint.compensation_value, 50)
        self.assertEqual(complaint._told_compensation(), [])
        second = self._offer(complaint, 30)
        self.assertEqual(second.state, "requested")  # the second for the matter
        second.with_user(self.manager).action_approve()
        self.assertEqual(second.complaint_cycle, 2)
        self.assertEqual(len(complaint._told_compensation()), 1)

    def test_a_complaint_with_compensation_is_not_deleted(self):
        complaint = self._own_complaint()
        self._offer(complaint, request=False)
        with self.assertRaisesRegex(UserError, "Compensation was offered"):
            complaint.with_user(self.manager).unlink()

    # SCREENS

    def test_line_by_line_on_the_form(self):
        complaint = self._own_complaint()
        with Form(complaint) as form:
            with form.goodwill_ids.new() as line:
                line.type_id = self.refund
                line.value = 40
                line.note = "Came late"
        goodwill = complaint.goodwill_ids
        self.assertEqual((goodwill.state, goodwill.value), ("draft", 40))
        self.assertEqual(goodwill.partner_id, self.customer)
        goodwill.action_request()
        self.assertEqual(goodwill.state, "granted")

    def test_offered_on_a_form_of_its_own(self):
        complaint = self._own_complaint()
        action = complaint.action_offer_compensation()
        goodwills = self.goodwills.with_user(self.agent)
        with Form(goodwills.with_context(**action["context"])) as form:
            form.type_id = self.refund
            form.value = 40
            form.note = "Came late"
        self.assertEqual(form.record.complaint_id, complaint)
        form.record.action_request()
        self.assertEqual(form.record.state, "granted")

    def test_customer_care_sees_it_without_complaints(self):
        """A salesperson reads the gesture, not the complaint."""
        seller = new_test_user(
            self.env,
            "compensation_seller",
            groups="crm_service_excellence.group_care_own",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.customer.user_id = seller
        goodwill = self._offer(self._own_complaint(), 50).with_user(seller)
        Form(goodwill)
        self.assertFalse(goodwill.source_name)
        with self.assertRaises(UserError):
            goodwill.action_open_source()
