# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import TransactionCase, new_test_user

DISABLED_MAIL = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
# C1 of the reference: the bands every worked example uses
SPEND_BANDS = [(0, 0), (10_000, 20), (50_000, 50), (200_000, 80), (500_000, 100)]


class CareCommon(TransactionCase):
    """A company of its own with just enough accounting to post invoices.

    Fixtures are made as the superuser; behaviour is tested as ``care_own``,
    ``care_all`` or ``care_manager``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL})
        cls.company = cls._create_company("Care Test Company")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.customers = cls.env["crm.customer"]
        cls.policies = cls.env["crm.grade.policy"]
        cls.diamond = cls.env.ref("crm_service_excellence.crm_grade_diamond")
        cls.gold = cls.env.ref("crm_service_excellence.crm_grade_gold")
        cls.silver = cls.env.ref("crm_service_excellence.crm_grade_silver")
        cls.regular = cls.env.ref("crm_service_excellence.crm_grade_regular")
        cls.care_own = cls._create_user("care_test_own", "group_care_own")
        cls.care_all = cls._create_user("care_test_all", "group_care_all")
        cls.care_manager = cls._create_user("care_test_manager", "group_care_manager")

    # FACTORIES

    @classmethod
    def _create_company(cls, name):
        company = cls.env["res.company"].create(
            {"name": name, "currency_id": cls.env.ref("base.USD").id}
        )
        company.resource_calendar_id.tz = "Asia/Shanghai"
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        accounts = env["account.account"].create(
            [
                {"code": code, "name": label, "account_type": kind}
                for code, label, kind in (
                    ("100100", "Care Receivable", "asset_receivable"),
                    ("400100", "Care Sales", "income"),
                )
            ]
        )
        env["ir.default"].set(
            "res.partner",
            "property_account_receivable_id",
            accounts[0].id,
            company_id=company.id,
        )
        env["account.journal"].create(
            {
                "name": "Care Sales",
                "code": "CARE",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": accounts[1].id,
            }
        )
        return company

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,crm_service_excellence.{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_partner(cls, name="Customer", **values):
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def _create_invoice(
        cls, partner, day, amount, move_type="out_invoice", post=True, **values
    ):
        """A posted invoice (or refund) of one untaxed line, in the test company."""
        move = cls.env["account.move"].create(
            cls._invoice_values(partner, day, amount, move_type=move_type, **values)
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _create_invoices(cls, rows):
        """Posted invoices of ``[(partner, day, amount)]``, made in one go."""
        moves = cls.env["account.move"].create(
            [cls._invoice_values(*row) for row in rows]
        )
        moves.action_post()
        return moves

    @classmethod
    def _invoice_values(cls, partner, day, amount, move_type="out_invoice", **values):
        return {
            "move_type": move_type,
            "partner_id": partner.id,
            "invoice_date": day,
            "company_id": cls.company.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Goods",
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": False,
                    }
                )
            ],
            **values,
        }

    @classmethod
    def _create_customer(cls, name="Customer", orders=(), as_of=None, **values):
        """A partner with invoices ``[(day, amount)]``, measured as of a date."""
        partner = cls._create_partner(name, **values)
        for day, amount in orders:
            cls._create_invoice(partner, day, amount)
        cls.customers._refresh(partner_ids=partner.ids, as_of=as_of)
        return cls._customer_of(partner) or cls.customers._follow(partner)

    @classmethod
    def _customer_of(cls, partner, company=None):
        return cls.customers.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )

    @classmethod
    def _create_policy(cls, criteria=None, activate=True, **values):
        """A policy of the test company: ``[(metric, weight, method, bands)]``.

        By default spend alone with the bands of the reference, so that the points of
        the band are the score.
        """
        criteria = criteria or [("spend", 1, "bands", SPEND_BANDS)]
        policy = cls.policies.create(
            {
                "name": "Test policy",
                "company_id": cls.company.id,
                "criterion_ids": [
                    Command.create(
                        {
                            "metric": metric,
                            "weight": weight,
                            "method": method,
                            "band_ids": [
                                Command.create({"lower": lower, "points": points})
                                for lower, points in bands
                            ],
                        }
                    )
                    for metric, weight, method, bands in criteria
                ],
                **values,
            }
        )
        if activate:
            policy.action_activate()
        return policy

    @classmethod
    def _create_score_policy(cls, **values):
        """A policy whose score is the spend in whole money: spend 83, score 83.00."""
        bands = [(score, score) for score in range(101)]
        return cls._create_policy([("spend", 1, "bands", bands)], **values)

    @classmethod
    def _set_spend(cls, partner, spend, day):
        """Invoice or refund on ``day`` what makes the partner's total ``spend``."""
        moves = cls.env["account.move"].search([("partner_id", "=", partner.id)])
        delta = spend - sum(moves.mapped("amount_untaxed_signed"))
        if delta > 0:
            cls._create_invoice(partner, day, delta)
        elif delta < 0:
            cls._create_invoice(partner, day, -delta, "out_refund")
