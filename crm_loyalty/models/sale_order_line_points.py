# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lines of a confirmed order that come, change or go move points."""

from odoo import api, models
from odoo.exceptions import AccessError

from .loyalty_card_write import MANAGER_GROUP
from .loyalty_source import CONTEXT_KEY, Deferred, deferred_of
from .sale_order_edit import totals

#: with these what the rewards of an order cost changes
COSTS = {"points_cost", "coupon_id", "order_id"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # every cancel, merge and reconciliation looks for the lines of a card
    _loyalty_card_idx = models.Index("(coupon_id) WHERE coupon_id IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        if deferred_of(self.env) or not any(
            vals.get("coupon_id") and vals.get("points_cost") for vals in vals_list
        ):
            return super().create(vals_list)
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        costs = orders._loyalty_costs()
        lines = super(SaleOrderLine, self._loyalty_deferring(costs)).create(vals_list)
        orders._loyalty_post_costs(costs)
        return lines.with_env(self.env)

    def write(self, vals):
        if deferred_of(self.env) or not COSTS & set(vals):
            return super().write(vals)
        orders = self.order_id
        if vals.get("order_id"):  # with a line its cost moves
            orders |= orders.browse(vals["order_id"])
        self._check_may_set_cost(orders)
        costs = orders._loyalty_costs()
        result = super(SaleOrderLine, self._loyalty_deferring(costs)).write(vals)
        orders._loyalty_post_costs(costs)
        return result

    def unlink(self):
        orders = self.filtered("coupon_id").order_id
        costs = {} if deferred_of(self.env) else orders._loyalty_costs()
        if not costs:
            return super().unlink()
        result = super(SaleOrderLine, self._loyalty_deferring(costs)).unlink()
        orders._loyalty_post_costs(costs)
        return result

    def _check_may_set_cost(self, orders):
        """What a reward costs is computed: typing it would give points away.

        Odoo's own steps come with what defers the posting, or as sudo.

        :param orders: those of the lines, before and after
        :raise AccessError: for anybody but managers, on a confirmed order
        """
        if self.env.su or self.env.user.has_group(MANAGER_GROUP):
            return
        if "sale" in orders.mapped("state") and any(self.coupon_id.mapped("is_ledger")):
            raise AccessError(
                self.env._("What a reward of a confirmed order costs is not typed.")
            )

    def _loyalty_deferring(self, costs):
        """The lines in a context in which cards with a ledger are left alone."""
        return self.with_context(**{CONTEXT_KEY: Deferred(totals(costs))})


class SaleOrderCouponPoints(models.Model):
    _inherit = "sale.order.coupon.points"

    _loyalty_card_idx = models.Index("(coupon_id)")


class LoyaltyHistory(models.Model):
    _inherit = "loyalty.history"

    # Odoo looks for the rows of an order whenever it is shown or cancelled (T18)
    _order_idx = models.Index("(order_id, order_model)")
