# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
class TestSatisfaction(PortalCommon):
    """Asked once a cycle, answered once, and a low score is not left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["crm.complaint.category"].create({"name": "Category"})
        cls.company.write(
            {"crm_complaint_low_score": 2, "crm_complaint_reopen_days": 7}
        )

    def _closed(self, **values):
        """A complaint that the customer has accepted as solved."""
        complaint = self._create_complaint(
            user_id=self.agent.id, category_id=self.category.id, **values
        )
        complaint._confirm_receipt(channel="phone")
        complaint.action_assess()
        complaint.action_investigate()
        complaint.write(
            {"solution": "x", "decision": "justified", "decision_text": "Sorry."}
        )
        complaint.action_resolve()
        complaint._tell_decision(channel="phone")
        complaint._customer_accepts()
        return complaint

    def _requests(self, complaint):
        return self.env["crm.complaint.satisfaction"].search(
            [("complaint_id", "=", complaint.id)]
        )

    def _url(self, request):
        return f"/complaint/satisfaction/{request.access_token}"

    def test_asked_once_a_cycle(self):
        complaint = self._closed()
        request = self._requests(complaint)
        self.assertRecordValues(
            request,
            [
                {
                    "cycle": 1,
                    "partner_id": self.customer.id,
                    "user_id": self.agent.id,
                    "answered_date": False,
                    "team_id": self.team.id,
                }
            ],
        )
        mails = self.env["mail.mail"].search(
            [("body_html", "like", request.access_token)]
        )
        self.assertEqual(mails.email_to, "customer@example.com")
        self.assertIn(self._url(request), mails.body_html)
        self.assertIn("auto-generated", mails.headers)
        complaint._ask_satisfaction()
        self.assertEqual(len(self._requests(complaint)), 1)
        # the link is for the customer alone
        self.assertNotIn(
            request.access_token, "".join(complaint.message_ids.mapped("body"))
        )
        with self.assertRaises(AccessError):
            request.with_user(self.agent).read(["access_token"])
        for user in (self.agent, self.all_complaints, self.manager):
            for model in (False, request._name):
                messages = self.env["mail.message"].with_user(user)
                bodies = messages.search([("model", "=", model)]).mapped("body")
                self.assertNotIn(request.access_token, "".join(bodies), user.login)

    def test_not_asked_after_another_end_or_without_address(self):
        withdrawn = self._create_complaint()
        withdrawn.action_withdraw()
        self.assertFalse(self._requests(withdrawn))
        self.customer.email = False
        self.assertFalse(self._requests(self._closed()))

    def test_answer_by_page(self):
        request = self._requests(self._closed())
        url = self._url(request)
        for _times in range(2):  # a crawler
            self.assertIn("Are you satisfied?", self._page(url))
        self.assertFalse(request.answered_date)
        response = self._post(url, {"outcome": "9", "comment": "Kept"})
        self.assertIn("Please choose one.", response.text)
        self.assertIn("Kept", response.text)
        response = self._post(
            url, {"outcome": "4", "handling": "5", "comment": "<i>Fine</i>"}
        )
        self.assertEqual(response.status_code, 303)
        self.env.invalidate_all()
        self.assertRecordValues(
            request,
            [
                {
                    "outcome": 4,
                    "handling": 5,
                    "comment": "<i>Fine</i>",
                    "follow_up": False,
                }
            ],
        )
        self.assertEqual(request.rating_id.rating, 4)
        self.assertEqual(request.rating_id.rated_partner_id, self.agent.partner_id)
        complaint = request.complaint_id
        self.assertEqual(complaint.rating_last_value, 4)
        self.assertEqual(complaint.satisfaction_handling, 5)
        self.assertIn("Thank you", self._page(url))
        # never twice: there is no form left, and a second answer changes nothing
        self.assertFalse(request._answer(1, 1))
        self.assertEqual(request.outcome, 4)
        self.assertEqual(complaint.state, "closed")

    def test_low_outcome_reopens_once(self):
        complaint = self._closed()
        request = self._requests(complaint)
        self.assertTrue(request._answer(2, 4, "Not solved"))
        self.assertRecordValues(complaint, [{"state": "investigating", "cycle": 2}])
        self.assertEqual(request.follow_up, "reopened")
        self.assertFalse(request._answer(1, 1))
        self.assertEqual(complaint.cycle, 2)
        self.assertFalse(complaint.activity_ids)

    def test_low_handling_or_late_is_a_call(self):
        complaint = self._closed()
        self._requests(complaint)._answer(5, 1)
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.activity_ids.user_id, self.team.leader_id)
        late = self._closed()
        moment = fields.Datetime.now() + timedelta(days=8)
        self._requests(late)._answer(1, 5, moment=moment)
        self.assertEqual(late.state, "closed")
        self.assertEqual(len(late.activity_ids), 1)
        self.assertEqual(self._requests(late).follow_up, "activity")

    def test_score_above_the_limit_is_left_alone(self):
        complaint = self._closed()
        self._requests(complaint)._answer(3, 3)
        self.assertEqual(complaint.state, "closed")
        self.assertFalse(complaint.activity_ids)

    def test_refused(self):
        request = self._requests(self._closed())
        for outcome, handling in ((0, 3), (6, 3), (3, 6), (-1, 1)):
            with self.assertRaises(UserError):
                request._answer(outcome, handling)
        with self.assertRaises(UserError):
            request.complaint_id.rating_apply(5)
        with self.assertRaises(AccessError):
            request.with_user(self.agent).write({"outcome": 5})

    def test_wrong_tokens_tell_nothing(self):
        token = self._requests(self._closed()).access_token
        bodies = {
            self._same_body(self._page(f"/complaint/satisfaction/{wrong}", 404))
            for wrong in (
                token[:-1],
                token[:-1] + "x",
                "x",
                token.upper(),
                token.upper() + "0",
                "%00",
                "_" * 36,  # wildcards of a search by pattern
                token[:-1] + "_",
                "%25" * 36,
            )
        }
        self.assertEqual(len(bodies), 1)
