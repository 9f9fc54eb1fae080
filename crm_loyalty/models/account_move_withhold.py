# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points that were spent are withheld from the refund of what had earned them."""

from decimal import ROUND_DOWN, Decimal

from odoo import Command, fields, models

from ..tools.ledger import CENT
from .account_move_refund_plan import RefundPlan
from .crm_loyalty_amount import format_points


class AccountMove(models.Model):
    _inherit = "account.move"

    def _withhold_spent_points(self, soft):
        """Before credit notes are posted, have each bear what was spent of its points.

        Not where a credit note only cancels an invoice (*reverse and create invoice*):
        nothing is paid back, and the new invoice gives the points again.
        """
        if self.env.context.get("move_reverse_cancel"):
            return
        today = fields.Date.context_today(self)
        for note in self.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "draft"
        ):
            if soft and note.date > today:
                continue  # posted on its date
            note._drop_withheld_lines()
            # sudo: whoever may post the note need not see orders, members and points
            plan = RefundPlan(note.sudo())
            if not any(
                card.program_id.refund_policy == "withhold" for card in plan.cards
            ):
                continue
            owed = plan.cards._foresee_debt(plan.moves())
            for card, points in owed.items():
                if card.program_id.refund_policy == "withhold":
                    note._add_withheld_line(card, points)

    def _add_withheld_line(self, card, points):
        """Take the value of points off the credit note, never more than there is.

        :param card: ``loyalty.card``, as superuser
        :param points: points that were spent, as Decimal
        """
        self.ensure_one()
        program, currency = card.program_id, self.currency_id
        value = program.currency_id._convert(
            float(points) * program.point_value,
            currency,
            self.company_id,
            self.invoice_date or fields.Date.context_today(self),
            round=False,
        )
        withheld = currency.round(min(value, self.amount_total))
        if currency.compare_amounts(withheld, 0) <= 0:
            return
        if currency.compare_amounts(withheld, currency.round(value)) < 0:
            # the refund pays for fewer; the rest is owed
            points = (points * Decimal(withheld) / Decimal(value)).quantize(
                CENT, ROUND_DOWN
            )
        words = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        accounts = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ).account_id
        self.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": words._(
                                "%(points)s points of %(program)s that were spent "
                                "already",
                                points=format_points(points),
                                program=program.with_context(
                                    lang=words.context["lang"]
                                ).name,
                            ),
                            "quantity": 1,
                            "price_unit": -withheld,
                            "tax_ids": [Command.clear()],
                            "account_id": accounts[:1].id,
                            "loyalty_card_id": card.id,
                            "loyalty_withheld_points": float(points),
                        }
                    )
                ]
            }
        )

    def _drop_withheld_lines(self):
        """A draft withholds nothing: that is found out when it is posted."""
        for note in self:
            lines = note.invoice_line_ids.filtered("loyalty_withheld_points")
            if lines:
                note.write(
                    {"invoice_line_ids": [Command.delete(line.id) for line in lines]}
                )
