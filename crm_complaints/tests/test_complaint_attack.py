# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What colleagues could try who may handle some complaints, and not others."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintAttack(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.others = cls._create_complaint(name="SECRET", user_id=cls.colleague.id)
        cls.plain = new_test_user(
            cls.env,
            login="complaint_plain",
            groups="base.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    # THE QUICK FORM, which sees more than its user

    def test_the_quick_form_shows_no_other_company(self):
        other = self.env["res.company"].create({"name": "Second Company"})
        product = self.env["product.product"].create({"name": "Kettle"})
        foreign = self.env["crm.complaint"].create(
            {
                "name": "SECRET",
                "company_id": other.id,
                "partner_id": self.customer.id,
                "product_id": product.id,
            }
        )
        values = {
            "company_id": other.id,
            "partner_id": self.customer.id,
            "product_id": product.id,
        }
        intakes = self.env["crm.complaint.intake"].with_user(self.agent)
        intake = intakes.create(values)
        self.assertFalse(intake.overview)
        self.assertFalse(intake.duplicates)
        with self.assertRaises(AccessError):
            intake.action_note_duplicate(foreign.id)
        names = {"overview": {}, "duplicates": {}, "company_id": {}, "partner_id": {}}
        shown = intakes.onchange(values, ["partner_id"], names)
        self.assertNotIn("SECRET", str(shown))
        self.assertFalse(shown["value"].get("overview"))

    def test_the_quick_form_shows_no_hidden_contact(self):
        hidden = self.env["res.partner"].create({"name": "Hidden"})
        self.env["ir.rule"].create(
            {
                "name": "Hidden contacts",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        intakes = self.env["crm.complaint.intake"].with_user(self.agent)
        intake = intakes.create({"partner_id": hidden.id})
        self.assertFalse(intake.overview)

    # OWNERSHIP

    def test_who_recorded_it_follows_it_and_changes_nothing(self):
        complaint = (
            self.env["crm.complaint"]
            .with_user(self.agent)
            .create(
                {
                    "name": "Call",
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "user_id": self.colleague.id,
                }
            )
        )
        self.assertEqual(complaint.name, "Call")
        with self.assertRaises(AccessError):
            complaint.user_id = self.agent
        with self.assertRaises(AccessError):
            complaint.action_withdraw()
        self.assertEqual(complaint.sudo().user_id, self.colleague)

    @freeze_time("2026-09-30 02:00:00")  # a Wednesday: on weekends nobody gets it
    def test_the_number_is_told_whoever_gets_the_complaint(self):
        self.team.write(
            {"assignment": "load", "member_ids": [Command.set(self.colleague.ids)]}
        )
        intake = (
            self.env["crm.complaint.intake"]
            .with_user(self.agent)
            .create({"partner_id": self.customer.id, "name": "Leaks", "is_told": True})
        )
        action = intake.action_create_complaint()
        complaint = self.env["crm.complaint"].browse(action["res_id"])
        self.assertEqual(complaint.user_id, self.colleague)
        self.assertEqual(complaint.state, "acknowledged")
        self.assertTrue(complaint.with_user(self.agent).has_access("read"))

    def test_wizards_reach_no_further_than_their_user(self):
        for model, values in (
            ("crm.complaint.contact", {"summary": "x"}),
            ("crm.complaint.move", {"action": "withdraw"}),
        ):
            wizards = self.env[model].with_user(self.agent)
            with self.subTest(model), self.assertRaises(AccessError):
                wizard = wizards.create({"complaint_id": self.others.id, **values})
                wizard.read(["complaint_id"])
                wizard.web_read({"complaint_id": {"fields": {"name": {}}}})
        self.assertEqual(self.others.state, "received")

    # WHAT CUSTOMERS SAY OF US

    def test_ratings_are_neither_typed_nor_read(self):
        own = self._create_complaint(user_id=self.agent.id)
        request = self.env["crm.complaint.satisfaction"]._ask(
            own, fields.Datetime.now()
        )
        request._answer(1, 1, "SECRET")
        rating = request.rating_id
        self.assertEqual(own.rating_last_value, 1)
        vals = {
            "res_model_id": self.env["ir.model"]._get_id("crm.complaint"),
            "res_id": own.id,
            "rating": 5,
            "consumed": True,
        }
        for user in (self.plain, self.agent, self.manager):
            ratings = self.env["rating.rating"].with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    ratings.create(vals)
                with self.assertRaises(AccessError):
                    ratings.browse(rating.id).write({"rating": 5})
                self.assertFalse(ratings.search([("id", "=", rating.id)]))
        with self.assertRaises(AccessError):
            own.with_user(self.agent).write({"rating_ids": [Command.create(vals)]})
        with self.assertRaises(UserError):
            own.with_user(self.agent).rating_apply(5, token=rating.access_token)
        self.assertEqual(own.rating_last_value, 1)

    # ROWS BEHIND THE COMPLAINT (X4)

    def test_rows_of_others_are_not_counted_nor_grouped(self):
        self._create_sla({"ack": 30, "resolution": 480})
        self._create_complaint(user_id=self.colleague.id)
        for model in ("crm.sla.clock", "crm.sla.event", "crm.sla.report"):
            rows = self.env[model].with_user(self.agent)
            with self.subTest(model):
                self.assertTrue(rows.sudo().search_count([]))
                self.assertEqual(rows.search_count([]), 0)
                self.assertEqual(rows._read_group([], [], ["__count"]), [(0,)])
        for model in (
            "crm.complaint.gateway",
            "crm.complaint.inbound",
            "crm.complaint.receipt",
            "crm.intake.throttle",
        ):
            for user in (self.plain, self.agent, self.all_complaints):
                with self.subTest(model, user=user.login):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_a_secret_is_shown_and_not_kept(self):
        secrets = self.env["crm.complaint.gateway.secret"].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "not kept"):
            secrets.create({"secret": "x"})

    def test_search_by_link_finds_own_ones_only(self):
        token = self.others._portal_ensure_token()
        found = (
            self.env["crm.complaint"]
            .with_user(self.agent)
            .search([("access_token", "=like", f"{token[:4]}%")])
        )
        self.assertFalse(found)

    # LINKS

    def test_another_customer_has_another_link(self):
        complaint = self._own_complaint()
        token = complaint.sudo()._portal_ensure_token()
        complaint.name = "It leaks"
        contact = self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.customer.id}
        )
        complaint.contact_id = contact
        self.assertEqual(complaint.sudo().access_token, token)
        complaint.write(
            {
                "partner_id": self.env["res.partner"].create({"name": "Other"}).id,
                "contact_id": False,
            }
        )
        self.assertFalse(complaint.sudo().access_token)

    # DEFAULTS FROM OUTSIDE

    def test_no_defaults_from_outside_reach_the_superuser(self):
        complaint = self._create_complaint(
            partner_id=False,
            email_from='"Ning" <ning@example.com>',
            user_id=self.agent.id,
        )
        complaint.with_user(self.agent).with_context(
            default_ref="FORGED",
            default_is_company=True,
            default_child_ids=[Command.create({"name": "Child"})],
            default_user_ids=[Command.create({"login": "forged", "name": "x"})],
        ).action_create_contact()
        person = complaint.partner_id
        self.assertEqual(person.name, "Ning")
        self.assertFalse(person.ref or person.child_ids or person.user_ids)
        self.assertFalse(self.env["res.users"].search([("login", "=", "forged")]))
