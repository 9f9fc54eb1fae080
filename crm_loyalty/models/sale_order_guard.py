# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points move with the steps of an order: a state that is typed would skip them."""

from odoo import api, models
from odoo.exceptions import AccessError

CONTEXT_KEY = "crm_loyalty_step"


class Step(str):
    """In the context: Odoo's own step changes the state of the order.

    A client can send the text, but not one of these.
    """


STEP = Step("step")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        if any("loyalty_round" in vals for vals in vals_list):
            self._check_round_not_typed()
        return super().create(vals_list)

    def write(self, vals):
        if "loyalty_round" in vals:
            self._check_round_not_typed()
        if "state" in vals:
            self._check_state_not_typed(vals["state"])
        return super().write(vals)

    def action_confirm(self):
        stepping = self.with_context(**{CONTEXT_KEY: STEP})
        return super(SaleOrder, stepping).action_confirm()

    def _action_cancel(self):
        stepping = self.with_context(**{CONTEXT_KEY: STEP})
        return super(SaleOrder, stepping)._action_cancel()

    def _check_round_not_typed(self):
        """:raise AccessError: another round of the same order would post anew"""
        if not self.env.su:
            raise AccessError(
                self.env._("How often an order was confirmed is not typed.")
            )

    def _check_state_not_typed(self, state):
        """:raise AccessError: an order would be confirmed or undone without points"""
        if self.env.su or isinstance(self.env.context.get(CONTEXT_KEY), Step):
            return
        for order in self:
            if order.state == state or "sale" not in (order.state, state):
                continue
            # sudo: whether points move, of cards that the user may not see
            if order.sudo()._loyalty_cards():
                raise AccessError(
                    self.env._(
                        "%(order)s moves points: confirm or cancel it by its buttons.",
                        order=order.display_name,
                    )
                )
