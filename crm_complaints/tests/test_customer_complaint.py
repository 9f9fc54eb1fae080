# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the customer's record, contacts and timeline know of complaints."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .complaint_common import ComplaintCommon

AS_OF = date(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestCustomerComplaint(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["crm.customer"]

    def _customer_of(self, partner):
        return self.customers.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

    def _refresh(self, partner=None, as_of=AS_OF):
        partner = partner or self.customer
        self.customers._refresh(partner_ids=partner.ids, as_of=as_of)
        return self._customer_of(partner)

    # FACTS

    def test_window_is_half_open_and_in_the_company_s_zone(self):
        """12 months before 2 March 2026 in Shanghai: after 2 March 2025."""
        for received in (
            "2025-03-01 12:00:00",  # 1 March, outside
            "2025-03-02 15:59:59",  # 2 March 23:59:59, the day just outside
            "2025-03-02 16:00:00",  # 3 March 00:00, inside
            "2026-03-02 15:59:59",  # the last second of the day, inside
            "2026-03-02 16:00:00",  # tomorrow
        ):
            self._create_complaint(date_received=received)
        customer = self._refresh()
        self.assertEqual(customer.complaint_count_12m, 2)
        self.assertEqual(customer.open_complaint_count, 4)  # not tomorrow's

    def test_duplicates_and_withdrawn_do_not_count(self):
        states = ("received", "closed", "rejected", "duplicate", "withdrawn")
        for state in states:
            complaint = self._create_complaint(date_received="2026-02-02 02:00:00")
            complaint.state = state
        customer = self._refresh()
        self.assertEqual(customer.complaint_count_12m, 3)
        self.assertEqual(customer.open_complaint_count, 1)

    def test_a_complaint_makes_a_customer_and_is_measured_once(self):
        refresh = type(self.customers)._refresh
        calls = []

        def counted(model, partner_ids=None, **kwargs):
            calls.append(partner_ids)
            return refresh(model, partner_ids=partner_ids, **kwargs)

        self.assertFalse(self._customer_of(self.customer))
        with patch.object(type(self.customers), "_refresh", counted):
            complaints = self._create_complaint() | self._create_complaint()
            complaints.state = "investigating"
            self.assertEqual(calls, [])
            self.env.flush_all()
            self.cr.precommit.run()
        self.assertEqual(calls, [self.customer.ids])
        customer = self._customer_of(self.customer)
        self.assertEqual(customer.open_complaint_count, 2)
        self.assertEqual(customer.complaint_count_12m, 2)
        complaints[0].state = "closed"
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertEqual(customer.open_complaint_count, 1)

    # GRADING

    def _create_policy(self):
        policy = self.env["crm.grade.policy"].create(
            {
                "name": "By complaints",
                "company_id": self.company.id,
                "criterion_ids": [
                    Command.create(
                        {
                            "metric": "complaints",
                            "weight": 1,
                            "band_ids": [
                                Command.create({"lower": lower, "points": points})
                                for lower, points in ((0, 100), (1, 75), (3, 0))
                            ],
                        }
                    )
                ],
            }
        )
        policy.action_activate()
        return policy

    def test_fewer_complaints_grade_better(self):
        """No complaint 100 points, 1 or 2 earn 75, from 3 on nothing."""
        partners = self.env["res.partner"].create(
            [{"name": str(n), "customer_rank": 1} for n in range(4)]
        )
        partners.company_id = self.company
        for number, partner in enumerate(partners):
            for _ in range(number):
                self._create_complaint(
                    partner_id=partner.id, date_received="2026-02-02 02:00:00"
                )
        policy = self._create_policy()
        policy._run(as_of=AS_OF)
        scores = [self._customer_of(partner).score for partner in partners]
        self.assertEqual(scores, [100, 75, 75, 0])
        worst = self._customer_of(partners[3]).score_explanation
        self.assertEqual(worst["items"][0]["label"], "Complaints in 12 months")
        # 75 points reach Silver (50): at most 2 complaints
        self.assertEqual(worst["items"][0]["step"], "at most 2 in 12 months")

    def test_open_complaints_follow_the_grading(self):
        complaint = self._create_complaint(date_received="2026-02-02 02:00:00")
        over = self._create_complaint(date_received="2026-02-02 02:00:00")
        over.state = "closed"
        self.assertFalse(complaint.grade_id)
        policy = self._create_policy()
        self.env.flush_all()
        policy._run(as_of=AS_OF)
        # two complaints: 75 points is Gold (70)
        self.assertEqual(complaint.grade_id, self.gold)
        self.assertFalse(over.grade_id)

    def test_open_complaints_follow_an_override_and_its_end(self):
        complaint = self._create_complaint()
        customer = self._refresh(as_of=None)
        customer.sudo().computed_grade_id = customer.sudo().grade_id = self.gold
        self.customers._sync_complaint_grades(self.company)
        self.assertEqual(complaint.grade_id, self.gold)
        until = self.company._crm_today() + timedelta(days=30)
        customer._set_override(self.diamond, "Promised", until)
        self.assertEqual(complaint.grade_id, self.diamond)
        customer._end_override("Over")
        self.assertEqual(complaint.grade_id, self.gold)

    def test_one_that_cannot_follow_stops_nobody(self):
        good, bad = self._create_complaint(), self._create_complaint()
        customer = self._refresh(as_of=None)
        customer.sudo().grade_id = self.gold
        complaints = type(self.env["crm.complaint"])
        snapshot = complaints._snapshot_grade

        def poisoned(records):
            if bad in records:
                raise ValueError("poison")
            return snapshot(records)

        with (
            patch.object(complaints, "_snapshot_grade", poisoned),
            mute_logger("odoo.addons.crm_complaints.models.crm_customer_complaint"),
        ):
            self.customers._sync_complaint_grades(self.company)
        self.assertEqual(good.grade_id, self.gold)
        self.assertFalse(bad.grade_id)
        self.assertIn("could not follow", str(bad.message_ids[:1].body))

    def test_nothing_to_follow_costs_one_query(self):
        self._create_complaint()
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.customers._sync_complaint_grades(self.company)
        self.assertEqual(self.cr.sql_log_count - before, 1)

    # HOLD

    def test_open_complaints_hold_back_care(self):
        complaint = self._create_complaint()
        other = self._create_complaint()
        other.state = "closed"
        customer = self._refresh(as_of=None)
        calm = self.customers.create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Calm"}).id,
                "company_id": self.company.id,
            }
        )
        reasons = (customer | calm)._care_hold_reasons()
        self.assertEqual(list(reasons), [customer.id])
        self.assertEqual(len(reasons[customer.id]), 1)
        self.assertIn(complaint._short_name(), reasons[customer.id][0])

    # PARTNER

    def test_partner_counts_what_the_reader_may_see(self):
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.customer.id}
        )
        self._create_complaint(user_id=self.agent.id)
        self._create_complaint(user_id=self.colleague.id)
        over = self._create_complaint(user_id=self.agent.id)
        over.state = "closed"
        for user, total, unfinished in (
            (self.agent, 2, 1),
            (self.all_complaints, 3, 2),
        ):
            partner = person.with_user(user)
            self.assertEqual(partner.crm_complaint_count, total)
            self.assertEqual(partner.crm_open_complaint_count, unfinished)
        found = self.env["res.partner"].with_user(self.agent)
        with_open = found.search([("crm_open_complaint_count", ">", 0)])
        self.assertIn(self.customer, with_open)
        self.assertIn(person, with_open)
        without = found.search([("crm_open_complaint_count", "=", 0)])
        self.assertNotIn(self.customer, without)
        action = person.with_user(self.agent).action_view_crm_complaints()
        self.assertEqual(self.env["crm.complaint"].search_count(action["domain"]), 3)

    def test_counting_does_not_ask_partner_by_partner(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(80)]
        )
        for partner in partners:
            self._create_complaint(partner_id=partner.id, user_id=self.agent.id)
        orders = self.env["sale.order"].create(
            [{"partner_id": p.id, "company_id": self.company.id} for p in partners]
        )
        for partner in partners:
            self.customers.create(
                {"partner_id": partner.id, "company_id": self.company.id}
            )
        records = {
            partners: "crm_open_complaint_count",
            orders.sudo(): "crm_complaint_count",
            self.customers.search([("partner_id", "in", partners.ids)]).sudo(): (
                "visible_complaint_count"
            ),
        }
        for rows, name in records.items():
            with self.subTest(model=rows._name):
                counts = []
                for number in (10, 10, 80):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    before = self.cr.sql_log_count
                    rows[:number].mapped(name)
                    counts.append(self.cr.sql_log_count - before)
                self.assertEqual(counts[1], counts[2])

    def test_a_complaining_contact_is_not_deleted(self):
        self._create_complaint()
        with self.assertRaisesRegex(UserError, "Archive the contact"):
            self.customer.unlink()

    def test_privacy_lookup_finds_complaints(self):
        for name in ("partner_id", "contact_id"):
            field = self.env["crm.complaint"]._fields[name]
            self.assertEqual(field.ondelete, "restrict")

    # MERGE

    def _merge(self, gone, kept):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((gone | kept).ids, kept, extra_checks=False)
        self.env.invalidate_all()

    def test_merging_keeps_every_complaint(self):
        gone = self.env["res.partner"].create({"name": "Gone", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": gone.id})
        mine = self._create_complaint()
        theirs = self._create_complaint(partner_id=clerk.id)
        over = self._create_complaint(partner_id=gone.id)
        over.state = "closed"
        self.env.flush_all()
        self.cr.precommit.run()
        self._merge(gone, self.customer)
        self.assertFalse(gone.exists())
        self.assertEqual((mine | theirs | over).partner_id, self.customer)
        self.assertEqual(theirs.contact_id, clerk)
        self.env.flush_all()
        self.cr.precommit.run()
        customer = self._customer_of(self.customer)
        self.assertEqual(customer.open_complaint_count, 2)
        self.assertEqual(customer.complaint_count_12m, 3)

    def test_merging_into_a_person_of_a_company(self):
        """The complaint is the company's, the person its contact."""
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        person = self.env["res.partner"].create({"name": "Jo", "parent_id": firm.id})
        complaint = self._create_complaint()
        self._merge(self.customer, person)
        self.assertEqual(complaint.partner_id, firm)
        self.assertEqual(complaint.contact_id, person)

    def test_merging_contacts_moves_the_contact(self):
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": self.customer.id} for name in ("Jo", "Joe")]
        )
        complaint = self._create_complaint(partner_id=people[0].id)
        self._merge(people[0], people[1])
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.contact_id, people[1])

    def test_merging_takes_the_better_grade_s_promise(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        for partner, grade in ((gone, self.diamond), (self.customer, self.gold)):
            self.customers.create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "grade_id": grade.id,
                    "computed_grade_id": grade.id,
                }
            )
        mine = self._create_complaint()
        theirs = self._create_complaint(partner_id=gone.id)
        self._merge(gone, self.customer)
        self.assertEqual((mine | theirs).grade_id, self.diamond)

    def test_filed_under_a_company_later(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        complaint = self._create_complaint()
        self.customer.parent_id = firm
        self.assertEqual(complaint.partner_id, firm)
        self.assertEqual(complaint.contact_id, self.customer)

    # ELSEWHERE

    def test_timeline(self):
        complaint = self._create_complaint(user_id=self.agent.id)
        page = self.env["crm.timeline"].with_user(self.agent)._page(self.customer)
        self.assertIn("complaint", [kind["kind"] for kind in page["kinds"]])
        [entry] = [e for e in page["entries"] if e["kind"] == "complaint"]
        self.assertEqual(entry["res_id"], complaint.id)
        self.assertEqual(entry["flag"], "Received")
        colleague = self.env["crm.timeline"].with_user(self.colleague)
        entries = colleague._page(self.customer)["entries"]
        self.assertFalse([e for e in entries if e["kind"] == "complaint"])

    def test_order_counts_its_complaints(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        self._create_complaint(sale_order_id=order.id)
        order.invalidate_recordset()
        self.assertEqual(order.crm_complaint_count, 1)
        action = order.action_view_crm_complaints()
        self.assertEqual(
            self.env["crm.complaint"].search(action["domain"]).sale_order_id, order
        )

    @freeze_time("2026-03-02 02:00:00")
    def test_who_leaves_gives_complaints_back(self):
        self.team.assignment = "load"
        complaint = self._create_complaint(user_id=self.agent.id)
        over = self._create_complaint(user_id=self.agent.id)
        over.state = "closed"
        self.agent.active = False
        self.assertEqual(complaint.user_id, self.colleague)
        self.assertEqual(over.user_id, self.agent)

    def test_today_is_not_needed(self):
        """A complaint received right now counts today."""
        self._create_complaint(date_received=fields.Datetime.now())
        self.assertEqual(self._refresh(as_of=None).complaint_count_12m, 1)
