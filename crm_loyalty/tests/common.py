# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

DAY = date(2026, 1, 5)


def limit_goodwill(company):
    """20 of money alone, 100 by a manager, a budget of 200 and not more."""
    company.write(
        {
            "crm_goodwill_own_limit": 20,
            "crm_goodwill_manager_limit": 100,
            "crm_goodwill_over_budget": "refuse",
        }
    )
    budgets = company.env["crm.goodwill.budget"]
    budgets.search([]).unlink()
    budgets.create({"company_id": company.id, "amount": 200})


class LoyaltyCase(TransactionCase):
    """A program with a ledger, whose points live 12 months to the end of the month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "UTC"
        # what is there may apply to the orders of a test as well
        cls.env["loyalty.program"].search([]).action_archive()
        cls.partner = cls.env["res.partner"].create({"name": "Ms Member"})
        cls.program = cls.create_program()
        cls.clerk = new_test_user(
            cls.env,
            login="loyalty_clerk",
            groups="base.group_user,crm_loyalty.group_loyalty_user,"
            "sales_team.group_sale_salesman_all_leads",
        )
        cls.manager = new_test_user(
            cls.env,
            login="loyalty_manager",
            groups="base.group_user,crm_loyalty.group_loyalty_manager,"
            "sales_team.group_sale_manager",
        )

    @classmethod
    def create_program(cls, **values):
        """A program: one point for each unit of money, 100 points for 5 off."""
        return cls.env["loyalty.program"].create(
            {
                "name": "Club",
                "program_type": "loyalty",
                "trigger": "auto",
                "applies_on": "future",
                "company_id": cls.env.company.id,
                "is_ledger": True,
                "rule_ids": [
                    Command.create(
                        {"reward_point_mode": "money", "reward_point_amount": 1}
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_order",
                            "discount": 5,
                            "required_points": 100,
                        }
                    )
                ],
                **values,
            }
        )

    def card(self, partner=None, program=None):
        """A new card without points."""
        return self.env["loyalty.card"].create(
            {
                "program_id": (program or self.program).id,
                "partner_id": (partner or self.partner).id,
            }
        )

    def post(self, card, kind, points, key, day=DAY, **values):
        """Post one movement on a day; return its entry."""
        return card._post_points(
            [{"kind": kind, "points": points, "key": key, **values}], as_of=day
        )

    def earn(self, card, points, key, expiry, day=DAY, **values):
        """Post an earning with a last day of its own; None for ever."""
        return self.post(
            card,
            "earn",
            points,
            key,
            day,
            effective_date=day,
            expiry_date=expiry,
            **values,
        )

    def available(self, card, day):
        """What can be spent on a day."""
        card.env.flush_all()
        return card._lock_accounts()[card.id].account.available(day)

    def lots(self, card):
        """What is left: ``{last day: points}``, without what is empty."""
        card.invalidate_recordset()
        return {lot.expiry_date or None: lot.remaining for lot in card.lot_ids}

    def assert_whole(self):
        """Ledger, lots and balances agree."""
        self.assertEqual(self.env["loyalty.card"]._ledger_differences(), [])
