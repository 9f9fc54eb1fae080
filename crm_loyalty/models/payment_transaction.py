# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points of a cart are set aside while it is paid.

The portal and the website both begin a payment with a transaction: what is held from
then on, nobody else spends, so that a paid order can always be confirmed.
"""

from odoo import api, models
from odoo.exceptions import UserError

from .loyalty_card_hold import HOLD_MINUTES

#: a payment that has arrived keeps the points until the order is confirmed
PAID_HOLD_MINUTES = 3 * 24 * 60
#: transactions that may still pay an order
LIVE_STATES = ("draft", "pending", "authorized", "done")


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Set the points aside.

        :raise UserError: they are not there: before the customer pays
        """
        transactions = super().create(vals_list)
        for transaction in transactions:
            if transaction.operation not in ("refund", "validation"):
                transaction._loyalty_orders()._hold_loyalty_points()
        return transactions

    def _update_state(self, allowed_states, target_state, state_message):
        """Keep, renew or let go of the points as the payment goes."""
        changed = super()._update_state(allowed_states, target_state, state_message)
        if target_state in ("authorized", "done"):
            changed._loyalty_orders()._keep_loyalty_points()
        elif target_state in ("cancel", "error"):
            orders = changed._loyalty_orders()
            orders.filtered(
                lambda order: (
                    not any(
                        transaction.state in LIVE_STATES
                        for transaction in order.transaction_ids - changed
                    )
                )
            )._void_loyalty_holds()
        return changed

    def _loyalty_orders(self):
        """The quotations that are paid, as superuser.

        sudo: the customer pays, who has no rights on orders and cards of their own.
        """
        return self.sudo().sale_order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_cancel(self):
        result = super()._action_cancel()
        self._void_loyalty_holds()
        return result

    def _loyalty_to_hold(self):
        """Points that the rewards of the order cost: ``{card: points}``, with a
        ledger only."""
        self.ensure_one()
        costs = {}
        for line in self.order_line.filtered("points_cost"):
            if line.coupon_id.is_ledger:
                costs[line.coupon_id] = costs.get(line.coupon_id, 0) + line.points_cost
        return costs

    def _hold_loyalty_points(self, minutes=HOLD_MINUTES):
        """Set aside what the orders' rewards cost.

        :raise UserError: somebody else was faster
        """
        for order in self:
            costs = order._loyalty_to_hold()
            # what a reward held that has been taken off since
            order._void_loyalty_holds(keep=costs)
            for card, points in costs.items():
                card._hold_points(round(points, 2), hold_key(order), order, minutes)

    def _keep_loyalty_points(self):
        """The payment has arrived: keep the points, and say so where they are gone."""
        for order in self:
            try:
                with self.env.cr.savepoint():
                    order._hold_loyalty_points(PAID_HOLD_MINUTES)
            except UserError as error:
                # the payment stays what it is: a person has to decide
                order.message_post(
                    body=self.env._(
                        "The order is paid, but the points of its rewards are gone: "
                        "%(problem)s",
                        problem=error,
                    )
                )

    def _void_loyalty_holds(self, keep=()):
        """Let go of what the orders hold, but on cards that they still need.

        :param keep: ``loyalty.card`` records
        """
        holds_sudo = self.env["crm.loyalty.hold"].sudo()  # nobody's to write
        for order in self:
            key = hold_key(order)
            holds = holds_sudo.search([("key", "=", key), ("state", "=", "open")])
            cards = holds.card_id.filtered(lambda card: card not in keep)
            if cards:
                cards._void_hold(key)


def hold_key(order):
    """Name of an order's hold; what the order redeems uses the hold up."""
    return f"so:{order.id}"
