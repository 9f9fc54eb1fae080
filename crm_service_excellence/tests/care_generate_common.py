# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command

from .common import CareCommon

TODAY = date(2026, 6, 1)  # a Monday


class CareGenerateCommon(CareCommon):
    """Rules of the test company, planned as of 1 June 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.care.rule"]
        cls.tasks = cls.env["crm.care.task"]
        cls.zhang = cls._create_customer(
            "Zhang", tz="Asia/Shanghai", user_id=cls.care_own.id
        )
        cls.partner = cls.zhang.partner_id

    @classmethod
    def _create_occasion(cls, kind, **values):
        return cls.env["crm.occasion"].create({"name": kind, "kind": kind, **values})

    @classmethod
    def _create_rule(cls, kind="solar", occasion=None, state="active", **values):
        """A rule on an occasion of its own; fields of occasions by ``occasion``."""
        return cls.rules.create(
            {
                "name": f"Rule on {kind}",
                "company_id": cls.company.id,
                "occasion_id": cls._create_occasion(kind, **(occasion or {})).id,
                "state": state,
                **values,
            }
        )

    @classmethod
    def _create_festival_rule(cls, month=10, day=1, **values):
        return cls._create_rule("solar", {"month": month, "day": day}, **values)

    @classmethod
    def _set_birthday(cls, partner, month, day, calendar="solar", **values):
        partner.write(
            {
                "crm_birth_calendar": calendar,
                "crm_birth_month": month,
                "crm_birth_day": day,
                **values,
            }
        )

    @classmethod
    def _plan(cls, rules, today=TODAY):
        """Plan the usual horizon of rules; returns how many tasks that made."""
        return sum(rule._generate(*rule._horizon(today), as_of=today) for rule in rules)

    @classmethod
    def _tasks_of(cls, rule, partner=None):
        domain = [("rule_id", "=", rule.id)]
        if partner:
            domain.append(("partner_id", "=", partner.id))
        return cls.tasks.search(domain, order="occasion_date, id")

    @classmethod
    def _planned(cls, rule, partner=None):
        """``[(key, occasion date as text)]`` of a rule's tasks."""
        return [
            (task.occurrence_key, str(task.occasion_date))
            for task in cls._tasks_of(rule, partner)
        ]

    @classmethod
    def _create_order(cls, partner, moment, amount=100.0, product=None, **values):
        """A confirmed order of one line, by default of what needs no delivery."""
        product = product or cls.env["product.product"].create(
            {"name": "Thing", "type": "service"}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        order.date_order = moment
        return order
