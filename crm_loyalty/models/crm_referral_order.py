# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The first order of a recommended customer: paid, refunded, cancelled."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _crm_referral_posted_lines(self):
        """Lines of posted invoices and credit notes of the order."""
        return self.order_line.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.move_id.move_type in ("out_invoice", "out_refund")
            )
        )

    def _crm_referral_is_paid(self):
        """Whether the customer has paid for all of it, online or by its invoices."""
        self.ensure_one()
        if self._is_paid():
            return True
        invoices = self._crm_referral_posted_lines().move_id
        return self.invoice_status == "invoiced" and all(
            move.payment_state in ("in_payment", "paid", "reversed")
            for move in invoices
        )

    def _crm_referral_is_refunded(self):
        """Whether credit notes took back everything that was invoiced."""
        self.ensure_one()
        lines = self._crm_referral_posted_lines()
        refunds = lines.filtered(lambda line: line.move_id.move_type == "out_refund")
        if not refunds:
            return False
        invoiced = sum((lines - refunds).mapped("price_total"))
        return (
            self.currency_id.compare_amounts(
                sum(refunds.mapped("price_total")), invoiced
            )
            >= 0
        )

    def _crm_undo_referrals(self):
        """Points of recommendations go back with the order they were given for."""
        # sudo: whoever cancels or refunds need not see who recommended
        self.env["crm.referral"].sudo().search(
            [("order_id", "in", self.ids)]
        )._reverse_if_undone()

    def _action_cancel(self):
        result = super()._action_cancel()
        self._crm_undo_referrals()
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        refunds = posted.filtered(lambda move: move.move_type == "out_refund")
        refunds.invoice_line_ids.sale_line_ids.order_id._crm_undo_referrals()
        return posted
