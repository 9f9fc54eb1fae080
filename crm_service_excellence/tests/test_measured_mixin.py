# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What only actions write is no default, neither of a request nor of a user."""

from odoo.tests import freeze_time, tagged

from .common import CareCommon

#: something that nobody's record begins with, by type of field
FORGED = {
    "boolean": True,
    "char": "forged",
    "date": "2001-01-01",
    "datetime": "2001-01-01 01:00:00",
    "float": 7.5,
    "integer": 7,
    "text": "forged",
}


@tagged("post_install", "-at_install")
@freeze_time("2026-05-11 10:00:00")
class TestMeasuredMixin(CareCommon):
    def _forgeries(self, model):
        """``{name of a measured field: a value that it does not begin with}``"""
        forgeries = {}
        for name in model._measured_fields():
            field = model._fields[name]
            if not field.store:
                continue
            if field.type == "selection":
                forgeries[name] = field.get_values(self.env)[-1]
            elif field.type in FORGED:
                forgeries[name] = FORGED[field.type]
            elif field.type == "many2one":
                record = self.env[field.comodel_name].sudo().search([], limit=1)
                forgeries[name] = record.id or 1
        return forgeries

    def _models(self):
        mixin = self.env.registry["crm.measured.mixin"]
        return [
            model
            for model in self.env.values()
            if isinstance(model, mixin) and not model._abstract
        ]

    def test_which_models(self):
        names = {model._name for model in self._models()}
        self.assertLessEqual(
            {
                "crm.care.rule",
                "crm.goodwill",
                "crm.profile.change",
                "crm.touchpoint",
                "crm.visit",
                "crm.visit.followup",
                "crm.visit.plan",
            },
            names,
        )
        for model in self._models():
            self.assertTrue(model._measured_fields(), model._name)

    def test_no_default_of_a_request(self):
        for model in self._models():
            forged = self._forgeries(model)
            model = model.with_user(self.care_own)
            begins = model.default_get(list(forged))
            with_request = model.with_context(
                **{f"default_{name}": value for name, value in forged.items()}
            )
            for env_model in (with_request, with_request.sudo()):
                with self.subTest(model=model._name, su=env_model.env.su):
                    self.assertEqual(env_model.default_get(list(forged)), begins)

    def test_no_default_of_one_s_own(self):
        """Every user may store defaults for oneself, and they count under sudo too."""
        defaults = self.env["ir.default"].with_user(self.care_own)
        for model in self._models():
            forged = self._forgeries(model)
            model = model.with_user(self.care_own)
            begins = model.default_get(list(forged))
            for name, value in forged.items():
                defaults.set(model._name, name, value, user_id=True)
            for env_model in (model, model.sudo()):
                with self.subTest(model=model._name, su=env_model.env.su):
                    self.assertEqual(env_model.default_get(list(forged)), begins)

    def test_what_anybody_types_keeps_its_default(self):
        self.env["ir.default"].with_user(self.care_own).set(
            "crm.touchpoint", "channel", "wechat", user_id=True
        )
        touchpoints = self.env["crm.touchpoint"].with_user(self.care_own)
        begins = touchpoints.with_context(default_summary="Hello").default_get(
            ["channel", "summary"]
        )
        self.assertEqual(begins, {"channel": "wechat", "summary": "Hello"})

    def test_a_record_begins_as_the_code_says(self):
        """A touchpoint of somebody who made it a default that it was confirmed."""
        self.env["ir.default"].with_user(self.care_own).set(
            "crm.touchpoint", "confirmation_state", "sent", user_id=True
        )
        partner = self._create_partner("Forged Ltd", user_id=self.care_own.id)
        values = {
            "partner_id": partner.id,
            "company_id": self.company.id,
            "channel": "phone",
            "summary": "Called",
        }
        touchpoints = self.env["crm.touchpoint"].with_user(self.care_own)
        for model in (touchpoints, touchpoints.sudo()):
            self.assertNotEqual(model.create([values]).confirmation_state, "sent")
