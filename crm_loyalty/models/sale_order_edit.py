# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A confirmed order is edited: the difference is posted, once, when the edit is done.

The rule: what the rewards of the order cost more or less is redeemed or given back at
once. What it earns is counted anew when its programs are ("Reward" on the order, a
promotion code), from the terms as they were when it was posted (R4); editing lines by
itself leaves it as it was, as in Odoo.
"""

from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.earning import round_to, unit_of
from ..tools.ledger import to_points
from .crm_loyalty_entry_left import EMPTY
from .loyalty_source import CONTEXT_KEY, Deferred, deferred_of
from .sale_order_posting import text

ZERO = Decimal(0)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _update_programs_and_rewards(self):
        self.ensure_one()
        self._loyalty_drop_surplus()
        self._loyalty_drop_strangers()
        if self.state != "sale" or deferred_of(self.env):
            return super()._update_programs_and_rewards()
        before = {line.coupon_id: line.points for line in self.coupon_point_ids}
        costs = self._loyalty_costs()
        deferring = self.with_context(**{CONTEXT_KEY: Deferred(totals(costs))})
        result = super(SaleOrder, deferring)._update_programs_and_rewards()
        self._loyalty_post_costs(costs)
        self._loyalty_post_earned(before)
        return result

    def _apply_program_reward(self, reward, coupon, **kwargs):
        if self.state != "sale" or deferred_of(self.env):
            return super()._apply_program_reward(reward, coupon, **kwargs)
        costs = self._loyalty_costs()
        deferring = self.with_context(**{CONTEXT_KEY: Deferred(totals(costs))})
        result = super(SaleOrder, deferring)._apply_program_reward(
            reward, coupon, **kwargs
        )
        self._loyalty_post_costs(costs)
        return result

    def _add_points_for_coupon(self, coupon_points):
        """Odoo adds to the cards of a confirmed order; a ledger posts the earning."""
        if self.state != "sale" or deferred_of(self.env):
            return super()._add_points_for_coupon(coupon_points)
        before = {line.coupon_id: line.points for line in self.coupon_point_ids}
        deferred = Deferred({})
        # the cards bring their own context: Odoo writes by them
        result = super()._add_points_for_coupon(
            {
                card.with_context(**{CONTEXT_KEY: deferred}): points
                for card, points in coupon_points.items()
            }
        )
        self._loyalty_post_earned(before)
        return result

    def _loyalty_drop_surplus(self):
        """One card of a program with a ledger: Odoo would delete the others (T8)."""
        for program, lines in self.coupon_point_ids.grouped(
            lambda line: line.coupon_id.program_id
        ).items():
            if program.is_ledger and len(lines) > 1:
                kept = lines.sorted(
                    lambda line: (
                        not line.coupon_id.active,
                        line.coupon_id.partner_id != self.partner_id,
                        line.id,
                    )
                )[0]
                # sudo: as Odoo itself does with what the order will give
                (lines - kept).sudo().unlink()

    def _loyalty_drop_strangers(self):
        """A quotation earns and spends on its own customer's card, in programs that
        are open: what does not go together any more goes.

        Odoo would do the first as the user, whom it does not let; and leave applied
        what was applied of the card of a customer before.
        """
        domain = self._get_program_domain()
        rows = self.coupon_point_ids.filtered(
            lambda row: (
                row.coupon_id.is_ledger
                and (
                    self._loyalty_is_stranger(row.coupon_id)
                    or not row.coupon_id.program_id.filtered_domain(domain)
                    or not row.coupon_id.program_id._is_open_on(
                        self._loyalty_day(row.coupon_id.program_id)
                    )
                )
            )
        )
        # sudo: as Odoo itself writes what the order will give
        rows.sudo().unlink()
        if self.state != "sale":
            applied = self.applied_coupon_ids | self.order_line.coupon_id
            strange = applied.filtered(self._loyalty_is_stranger)
            if strange:
                lines = self.order_line
                lines.filtered(lambda line: line.coupon_id in strange).unlink()
                self.applied_coupon_ids -= strange

    def _loyalty_is_stranger(self, card):
        """Whether a card with a ledger is another customer's."""
        return (
            card.is_ledger
            and card.partner_id
            and card.partner_id != self.partner_id
            and not card.partner_id.is_public  # Odoo hands the card over
        )

    # REWARDS

    def _loyalty_costs(self):
        """What the rewards of confirmed orders cost on cards with a ledger.

        :return: ``{(sale.order, card, reward): points}``
        """
        costs = {}
        for order in self.filtered(lambda order: order.state == "sale"):
            for line in order.order_line:
                if line.coupon_id.is_ledger:
                    key = (order, line.coupon_id, line.reward_id)
                    # a cost below 0 is none: it would make points
                    costs[key] = costs.get(key, 0) + max(line.points_cost, 0)
        return costs

    def _loyalty_post_costs(self, before):
        """Post by what the costs changed: first what is given back."""
        after = self.exists()._loyalty_costs()
        changes = {
            key: to_points(round(after.get(key, 0) - before.get(key, 0), 2))
            for key in {**before, **after}
        }
        for key, change in sorted(changes.items(), key=lambda item: item[1]):
            order, card, reward = key
            if change < 0:
                order._loyalty_give_back(card, reward, -change)
            elif change > 0:
                order._loyalty_redeem_more(card, reward, change)

    def _loyalty_redeem_more(self, card, reward, points):
        if self._loyalty_is_stranger(card):
            raise UserError(
                self.env._(
                    "The card %(card)s is another customer's: its points are not spent "
                    "on %(order)s.",
                    card=card.code,
                    order=self.display_name,
                )
            )
        number = card.sudo().ledger_seq + 1  # names the change, like its entry
        move = self._loyalty_redeem_move(card, reward, points, f"edit{number}")
        card._post_points([move], as_of=None)

    def _loyalty_give_back(self, card, reward, points):
        """Reverse what the order redeemed of a card, of that reward first."""
        entries = (
            self.env["crm.loyalty.entry"]
            ._of_documents(self)
            .filtered(lambda entry: entry.kind == "redeem" and entry.card_id == card)
            .sorted(
                lambda entry: (
                    (entry.snapshot or {}).get("reward_id") != reward.id,
                    -entry.id,
                )
            )
        )
        left = entries._left()
        number = card.sudo().ledger_seq
        moves = []
        for entry in entries:
            part = min(points, left[entry])
            if part > 0:
                number += 1
                moves.append(
                    self._loyalty_reversal(entry, part, f"{entry.key}:edit{number}")
                )
                points -= part
        self.env["loyalty.card"]._post_points(moves)
        if points:
            self._loyalty_adjust(card, points, "edit")

    # EARNINGS

    def _loyalty_post_earned(self, before):
        """Post by what the earning changed since it was posted.

        :param before: ``{card: points}`` that the order gave before the edit. An order
            older than the ledger has given what nothing is posted for: left alone. So
            is what was earned in a program that has ended since.
        """
        entries = self.env["crm.loyalty.entry"]._of_documents(self)
        for line in self.coupon_point_ids:
            card = line.coupon_id
            if not card.is_ledger:
                continue
            posted = entries.filtered(
                lambda entry, card=card: (
                    entry.card_id._successor() == card._successor()
                    and entry.kind in ("earn", "pending")
                )
            )
            current = posted.filtered(self._loyalty_is_current)
            # sudo: as Odoo itself writes what the order gives
            if current or not before.get(card):
                line.sudo().points = self._loyalty_post_delta(card, current)
            elif line.points != before[card]:
                line.sudo().points = before[card]

    def _loyalty_is_current(self, entry):
        """Whether an earning was posted by the present confirmation of the order."""
        snapshot = entry.snapshot or {}
        return (
            entry.kind in ("earn", "pending")
            and snapshot.get("round", 1) == self.loyalty_round + 1
        )

    def _loyalty_post_delta(self, card, posted):
        """Post what lines earn more, and take back what they earn less.

        :param posted: its entries of the kinds earn and pending, on the card
        :return: points that the order gives
        """
        parts = posted._lines_in_force()
        first = posted.sorted("id")[:1].snapshot or {}
        rated = (first.get("grade"), Decimal(first["factor"])) if first else None
        earning = self._loyalty_earning(card.program_id, rated)
        was = sum((part["points"] for part in parts.values()), ZERO)
        snapshot = self._loyalty_snapshot(card.program_id, earning)
        wanted = {line["line_id"]: line for line in snapshot["lines"]}
        if not self._loyalty_is_edited(wanted, parts):
            return float(was)  # R4: new terms do not touch what is posted
        if first.get("terms") not in (None, snapshot["terms"]):
            self._loyalty_keep_terms(card.program_id, wanted, parts)
        lines = [
            self._loyalty_line_delta(line_id, parts.get(line_id), wanted.get(line_id))
            for line_id in {**parts, **wanted}
        ]
        more = [line for line in lines if Decimal(line["points"]) > 0]
        less = [line for line in lines if Decimal(line["points"]) < 0]
        rest = [line for line in lines if not Decimal(line["points"])]
        moves = []
        if more:
            moves.append(
                self._loyalty_credit(
                    card._successor(),
                    total_of(more),
                    earning.day,
                    {**snapshot, "edit": True, "lines": more + rest},
                    f"edit{card.sudo().ledger_seq + 1}",
                )
            )
        if less:
            moves += self._loyalty_take_back(
                card,
                -total_of(less),
                {**snapshot, "edit": True, "lines": less + (rest if not more else [])},
                len(moves),
            )
        self._loyalty_write_off(self.env["loyalty.card"]._post_points(moves))
        return float(was + total_of(more) + total_of(less))

    @api.model
    def _loyalty_line_delta(self, line_id, part, want):
        """What a line of a snapshot changes by, as text.

        :param part: what is in force of the line, or None
        :param want: what it is worth now, or None
        """
        part = part or EMPTY
        want = want or {"amount": "0", "quantity": "0", "base": "0", "points": "0"}
        # What refunds took back is not taken back again: a quantity that was lowered is
        # what was returned, as far as it goes; a line that grew has been refunded still
        target = Decimal(want["points"])
        if target < part["points"]:
            target = min(target, part["points"] - part["refunded"])
        else:
            target -= part["refunded"]
        target = max(target, ZERO)
        points = target - (part["points"] - part["refunded"])
        return {
            "line_id": line_id,
            "name": want.get("name") or part["name"],
            **{
                name: text(Decimal(want[name]) - part[name])
                for name in ("amount", "quantity", "base")
            },
            "raw": text(points),
            "points": text(points),
            "terms": [],
        }

    @api.model
    def _loyalty_keep_terms(self, program, wanted, parts):
        """Lines that were rated keep their rate where terms have changed since (R4).

        As refunds have it: in proportion to what the entry says of the line. What was
        added to the order earns by the terms of today.

        :param wanted: ``{line id: line of a snapshot}``; its points are changed
        :param parts: ``{line id: what is in force}``
        """
        unit = unit_of(Decimal(repr(round(program.rounding_step, 2))))
        for line_id, part in parts.items():
            want = wanted.get(line_id)
            # a free product: by its quantity
            measure = "amount" if part["amount"] else "quantity"
            if want and part[measure] > 0:
                exact = part["points"] * Decimal(want[measure]) / part[measure]
                want["points"] = text(round_to(max(exact, ZERO), unit, "down"))

    @api.model
    def _loyalty_is_edited(self, wanted, parts):
        """Whether lines differ from those that the posted points are for."""
        sizes = {
            key: (Decimal(line["amount"]), Decimal(line["base"]))
            for key, line in wanted.items()
        }
        was = {
            key: (part["amount"], part["base"])
            for key, part in parts.items()
            if part["amount"] or part["base"]
        }
        return sizes != was

    def _loyalty_take_back(self, card, points, snapshot, place):
        """Movements that reverse earnings of the order: promises, then the latest.

        :param place: number of movements before them
        """
        entries = (
            self.env["crm.loyalty.entry"]
            ._of_documents(self)
            .filtered(
                # promises of a card that was merged are on the card it is now
                lambda entry: (
                    entry.card_id._successor() == card._successor()
                    and entry.kind != "redeem"
                )
            )
            .sorted(lambda entry: (entry.kind != "pending", -entry.id))
        )
        left = entries._left()
        number = card.sudo().ledger_seq + place
        moves = []
        for entry in entries:
            part = min(points, left[entry])
            if part > 0:
                number += 1
                moves.append(
                    self._loyalty_reversal(
                        entry,
                        part,
                        f"{entry.key}:edit{number}",
                        # the first one tells the lines, for all of them
                        snapshot if not moves else None,
                    )
                )
                points -= part
        return moves


def total_of(lines):
    """Points of lines of a snapshot."""
    return sum((Decimal(line["points"]) for line in lines), ZERO)


def totals(costs):
    """Costs by order and card: ``{(order id, card id): points}``."""
    result = {}
    for (order, card, _reward), cost in costs.items():
        key = (order.id, card.id)
        result[key] = result.get(key, 0) + cost
    return result
