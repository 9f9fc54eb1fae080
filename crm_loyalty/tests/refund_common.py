# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.tests import Form, new_test_user

from odoo.addons.crm_service_excellence.tests.common import CareCommon

from .common import LoyaltyCase

DAY = date(2026, 6, 1)


class RefundCase(LoyaltyCase):
    """Orders, invoices and credit notes of a company with just enough accounting.

    What an order earned and spent is posted here by itself, as confirming it does, so
    that the numbers are those of the example. The biller may invoice, and has no rights
    on loyalty at all.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = CareCommon._create_company.__func__(cls, "Refund Company")
        cls.company.resource_calendar_id.tz = "UTC"
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.partner = cls.partner.with_env(cls.env)
        # no rule of it applies to the orders: the tests post what they earn
        cls.program = cls.create_program(
            company_id=cls.company.id,
            point_value=0.05,
            rule_ids=[
                Command.create(
                    {
                        "reward_point_mode": "money",
                        "reward_point_amount": 1,
                        "minimum_amount": 10**9,
                    }
                )
            ],
        )
        cls.biller = new_test_user(
            cls.env,
            login="refund_biller",
            groups="base.group_user,account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.pump, cls.hose, cls.seal = cls.env["product.product"].create(
            [
                {"name": name, "type": "consu", "invoice_policy": "order"}
                for name in ("Pump", "Hose", "Seal")
            ]
        )
        cls.products = cls.pump | cls.hose | cls.seal
        cls.products.taxes_id = False

    # ORDERS

    def order(self, *lines, **values):
        """A confirmed order: ``(price, quantity)`` of pump, hose and seal."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": price,
                            "product_uom_qty": quantity,
                        }
                    )
                    for product, (price, quantity) in zip(
                        self.products, lines, strict=False
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def snapshot(self, order, points):
        """What the entry of an order says of its lines, as ``LEDGER.md`` has it."""
        return {
            "points": str(sum(points)),
            "lines": [
                {
                    "line_id": line.id,
                    "name": line.name,
                    "amount": str(line.price_subtotal),
                    "quantity": str(line.product_uom_qty),
                    "points": str(number),
                }
                for line, number in zip(order.order_line, points, strict=False)
            ],
        }

    def earned(self, card, order, points, kind="earn", day=DAY, **values):
        """Post what the lines of an order earned, or are promised."""
        return self.post(
            card,
            kind,
            sum(points),
            f"so:{order.id}:{kind}:{card.id}",
            day,
            source=order,
            snapshot=self.snapshot(order, points),
            **values,
        )

    def reward(self, order, card, cost, price=-5.0, code="abc", **values):
        """A reward line of a confirmed order, and what it cost."""
        reward = card.program_id.reward_ids[:1]
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": reward.discount_line_product_id.id,
                "name": "Reward",
                "product_uom_qty": 1,
                "price_unit": price,
                "tax_ids": False,
                "reward_id": reward.id,
                "coupon_id": card.id,
                "reward_identifier_code": code,
                **values,
            }
        )
        # by SQL: the points are posted here, not by writing the line
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET points_cost = %s WHERE id = %s", (cost, line.id)
        )
        self.env.invalidate_all()
        spent = self.post(
            card,
            "redeem",
            cost,
            f"so:{order.id}:redeem:{card.id}:{code}",
            source=order,
        )
        return line, spent

    # DOCUMENTS

    def invoice(self, order, day=DAY, post=True):
        """The invoice of what is to invoice of an order."""
        invoice = order._create_invoices()
        invoice.invoice_date = day
        if post:
            invoice.with_user(self.biller).action_post()
        return invoice

    def credit(self, invoice, day=DAY, post=True, only=None, of=None, **edits):
        """A credit note of the wizard, with lines edited by hand before it is posted.

        :param only: the product of the one line that is kept
        :param of: the product of the one line that is edited, by default all kept ones
        :param edits: values for these lines
        """
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": day})
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note = note.with_user(self.biller)
        lines = note.invoice_line_ids
        kept = lines.filtered(lambda line: not only or line.product_id == only)
        with Form(note) as form:
            for place in reversed(range(len(lines))):
                if lines[place] not in kept:
                    form.invoice_line_ids.remove(place)
                    continue
                if of and lines[place].product_id != of:
                    continue
                with form.invoice_line_ids.edit(place) as line:
                    for name, value in edits.items():
                        setattr(line, name, value)
        if post:
            note.action_post()
        return note

    def points(self, card):
        """Balance, pending, debt."""
        card.invalidate_recordset()
        return card.points, card.pending_points, card.debt_points

    def entries(self, card, *kinds):
        """Points, in their order, of entries of some kinds."""
        found = card.entry_ids.sorted("seq").filtered(lambda entry: entry.kind in kinds)
        return found.mapped(lambda entry: entry.points or entry.pending)
