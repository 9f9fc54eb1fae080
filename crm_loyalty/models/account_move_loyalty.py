# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit notes take back what orders earned, and give back what rewards cost.

Never blocked by points, for whoever may post: what a member has spent already is owed,
withheld or written off, as the program says.
"""

from odoo import models

from ..tools.ledger import ZERO, to_points
from .account_move_refund_plan import RefundPlan


class AccountMove(models.Model):
    _inherit = "account.move"

    # HOOKS

    def _post(self, soft=True):
        self._withhold_spent_points(soft)
        posted = super()._post(soft)
        posted._move_loyalty_points()
        posted._release_loyalty_points()
        return posted

    def button_draft(self):
        was_posted = self.filtered(lambda move: move.state == "posted")
        result = super().button_draft()
        was_posted._undo_loyalty_points()
        was_posted._date_loyalty_points()
        return result

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._release_loyalty_points()
        return result

    # POINTS

    def _loyalty_documents(self):
        """Invoices and credit notes of sale orders, as superuser.

        sudo: whoever may post a document need not see its orders, nor the members'
        points; what is read and posted follows from the document alone.
        """
        return self.sudo().filtered(
            lambda move: (
                move.is_sale_document(include_receipts=True)
                and move.invoice_line_ids.sale_line_ids
            )
        )

    def _move_loyalty_points(self):
        """Post what follows from documents that have just been posted; once."""
        documents = self._loyalty_documents()
        for place, document in enumerate(documents):
            later = documents[place + 1 :]
            plan = RefundPlan(document, later)
            if not plan.concerns_points():
                continue
            # Two refunds of one order line at once: Odoo updates the line itself (what
            # was invoiced of it), so the second is run again and sees the first.
            moves = plan.moves()
            if moves:
                entries = document.env["loyalty.card"]._post_points(moves)
                document._settle_spent_points(entries, plan.posting)

    def _settle_spent_points(self, entries, posting):
        """Forgive what the taking back has put into debt, as the policies say."""
        self.ensure_one()
        owed = {}
        for entry in entries.filtered(lambda entry: entry.kind == "reverse_earn"):
            owed.setdefault(entry.card_id, [entry, ZERO])[1] += to_points(entry.debt)
        moves = []
        for card, (entry, points) in owed.items():
            policy = card.program_id.refund_policy
            if policy == "withhold":
                lines = self.invoice_line_ids.filtered(
                    lambda line, card=card: line.loyalty_card_id == card
                )
                points = min(
                    points, to_points(sum(lines.mapped("loyalty_withheld_points")))
                )
                reason = self.env._("Withheld from the refund")
            elif policy == "write_off":
                reason = self.env._("Written off: spent before the refund")
            else:
                continue
            if (heir := card._member_card()) != card:
                # what was taken back there is owed by the card it was merged into
                points = min(points, to_points(round(heir.debt_points, 2)))
            if points > 0:
                moves.append(
                    {
                        "card": card,
                        "kind": "adjust",
                        "points": points,
                        "key": f"{entry.key}:{policy}",
                        "source": self,
                        "reason": reason,
                        "snapshot": {
                            "posting": posting,
                            "move_id": self.id,
                            "policy": policy,
                        },
                    }
                )
        self.env["loyalty.card"]._post_points(moves)

    def _undo_loyalty_points(self):
        """Documents are drafts again: what their posting moved is moved back."""
        for document in self._loyalty_documents():
            plan = RefundPlan(document)
            if plan.tree.nodes:
                document.env["loyalty.card"]._post_points(plan.undo_moves())
        self._drop_withheld_lines()

    # PENDING POINTS

    def _date_loyalty_points(self):
        """Find out anew from when what was promised for the orders can be spent.

        :return: ``crm.loyalty.pending`` of the orders, as superuser
        """
        orders = self._loyalty_documents().invoice_line_ids.sale_line_ids.order_id
        return orders.env["crm.loyalty.pending"]._date_order_promises(orders)

    def _release_loyalty_points(self):
        """What documents have made due is released at once, not by the next job."""
        self._date_loyalty_points()._release_due()
