# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The rule of two persons, and what every model that keeps it has to say."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .goodwill_common import GoodwillCommon

WORDS = {"own", "self", "state", "asked", "draft", "measured", "note", "source"}


@tagged("post_install", "-at_install")
class TestApprovalMixin(GoodwillCommon):
    def _assert_second(self, request, user, expected):
        """Each form of the rule says the same: of a record, as a domain, as an error.

        :param expected: whether the user is the second person
        """
        request = request.with_user(user)
        self.assertEqual(request._is_second_person(user), expected)
        # sudo: whether the domain finds it, not whether the user sees it
        found = request.sudo().search(
            [("id", "=", request.id), *request._second_person_domain()]
        )
        self.assertEqual(bool(found), expected)
        if expected:
            request._check_second_person()
        else:
            with self.assertRaises(AccessError):
                request._check_second_person()

    def test_who_asks_does_not_decide(self):
        request = self._ask(150)
        self._assert_second(request, self.care_own, False)
        self._assert_second(request, self.care_manager, True)
        # nor whoever asks and has the rank
        own = self._ask(150, self.director)
        self._assert_second(own, self.director, False)

    def test_who_gets_it_does_not_decide(self):
        request = self._ask(150, contact_id=self.contact.id)
        manager = self.care_manager
        self._assert_second(request, manager, True)
        manager.sudo().partner_id = self.contact
        self._assert_second(request, manager, False)
        # nor another contact of the company that gets it
        manager.sudo().partner_id = self._create_partner(
            "Wang Wei", parent_id=self.partner.id
        )
        self._assert_second(request, manager, False)

    def test_who_gets_it_is_not_asked(self):
        with patch.object(type(self.goodwills), "_decided_for", ()):
            everybody = self._ask(150)._second_people(self._groups())
        self.care_manager.sudo().partner_id = self.contact
        asked = self._ask(150, contact_id=self.contact.id)
        people = asked._second_people(self._groups())
        self.assertIn(self.director, people)
        self.assertEqual(everybody - people, self.care_manager)
        self.assertNotIn(self.care_own, people)

    def _groups(self):
        return self.goodwills.new()._approver_groups("manager")

    def test_a_reason_is_words(self):
        for nothing in (False, None, "", " \n", 5):
            with self.subTest(nothing), self.assertRaises(UserError):
                self.goodwills._checked_reason(nothing)
        self.assertEqual(self.goodwills._checked_reason(" Too\nlate "), "Too\nlate")

    def test_every_model_keeps_the_rule(self):
        """What the mixin cannot know, each model that uses it has to say."""
        names = self.env.registry["crm.approval.mixin"]._inherit_children
        self.assertIn("crm.goodwill", names)
        for name in names:
            with self.subTest(name):
                model = self.env[name]
                self.assertEqual(set(model._approval_words()), WORDS)
                self.assertTrue(model._decided_for)
                for path in model._decided_for:
                    self.assertEqual(model.mapped(path)._name, "res.partner")
                self.assertTrue(self.env.ref(model._ask_activity))
                states = dict(model._fields["state"].selection)
                self.assertLessEqual({"draft", "requested"}, set(states))
                self.assertFalse(model._measured_fields() & model._content_fields())
                for field in model._measured_fields() | model._content_fields():
                    self.assertIn(field, model._fields)
