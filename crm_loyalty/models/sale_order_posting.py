# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Orders post to the ledger: when they are confirmed, edited and cancelled."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields, models

from ..tools.ledger import to_points


class SaleOrder(models.Model):
    _inherit = "sale.order"

    loyalty_round = fields.Integer(
        string="Confirmations that were cancelled",
        copy=False,
        readonly=True,
        aggregator=None,
        export_string_translation=False,
        help="Keeps what each confirmation posts apart from what earlier ones did.",
    )

    def _action_confirm(self):
        """Post what the order spends and earns, once its state is what it will be."""
        result = super()._action_confirm()
        for order in self:
            order._loyalty_post_confirm()
        return result

    def _loyalty_cards(self):
        """Cards with a ledger that the order earns on, or spends of."""
        return (self.coupon_point_ids.coupon_id | self.order_line.coupon_id).filtered(
            "is_ledger"
        )

    def _loyalty_key(self, kind, card, code=None):
        """Key of what the order posts in this round of confirming it.

        ``so:{order}:earn:{card}``, from the second round on followed by its number.
        """
        self.ensure_one()
        parts = ["so", self.id, kind, card.id, code, None]
        if self.loyalty_round:
            parts[-1] = self.loyalty_round + 1
        return ":".join(str(part) for part in parts if part is not None)

    def _loyalty_post_confirm(self):
        """Post the redemptions and the earnings of an order that is being confirmed.

        Safe to repeat: what is posted stands under the keys of the round.
        """
        self.ensure_one()
        cards = self._loyalty_cards()
        if not cards:
            return
        day = {card: self._loyalty_day(card.program_id) for card in cards}
        moves = []
        for card in cards:
            spent = [
                self._loyalty_redeem_move(card, reward, points, code)
                for (reward, code), points in self._loyalty_groups(card).items()
            ]
            earned = self._loyalty_earn_moves(card)
            if self._loyalty_earns_at_once(card.program_id):
                moves.append((day[card], earned + spent))
            else:
                moves.append((day[card], spent + earned))
        # cards of one order are locked together, in one order; days differ by zone only
        for when in sorted(set(day.values())):
            self.env["loyalty.card"]._post_points(
                [move for on, group in moves if on == when for move in group],
                as_of=when,
            )
        self._loyalty_let_go(cards)

    def _loyalty_groups(self, card):
        """What each reward on the order costs.

        :return: ``{(loyalty.reward, code of its lines): Decimal}``
        """
        groups = {}
        for line in self.order_line.filtered(lambda line: line.coupon_id == card):
            key = (line.reward_id, line.reward_identifier_code or str(line.id))
            groups[key] = groups.get(key, 0) + line.points_cost
        return {
            key: to_points(round(cost, 2))
            for key, cost in groups.items()
            if round(cost, 2) > 0
        }

    def _loyalty_redeem_move(self, card, reward, points, code):
        return {
            "card": card,
            "kind": "redeem",
            "points": points,
            "key": self._loyalty_key("redeem", card, code),
            "source": self,
            "reason": self._loyalty_reason(reward.description),
            "snapshot": {
                "reward_id": reward.id,
                "reward": reward.description,
                "round": self.loyalty_round + 1,
            },
            "hold": self._loyalty_hold_key(),
        }

    def _loyalty_reason(self, detail=None):
        """Words of an entry: the order, and for what."""
        if detail:
            return self.env._(
                "%(order)s: %(detail)s", order=self.display_name, detail=detail
            )
        return self.display_name

    def _loyalty_earn_moves(self, card):
        """The earning of the order, or its promise, as movements; none for 0 points.

        What the order shows is brought to the same figure: Odoo counted the points
        before it wrote the last reward lines.
        """
        counted = self.coupon_point_ids.filtered(lambda line: line.coupon_id == card)
        if not counted:
            return []
        earning = self._loyalty_earning(card.program_id)
        points = float(earning.points)
        if round(counted.points, 2) != round(points, 2):
            # sudo: as Odoo itself writes what the order will give
            counted.sudo().points = points
            self.env["loyalty.history"].sudo().search(
                [
                    ("card_id", "=", card.id),
                    ("order_model", "=", self._name),
                    ("order_id", "=", self.id),
                ],
                limit=1,
            ).issued = points
        if not earning.points:
            return []
        return [
            self._loyalty_credit(
                card,
                earning.points,
                earning.day,
                self._loyalty_snapshot(card.program_id, earning),
            )
        ]

    def _loyalty_credit(self, card, points, day, snapshot, suffix=None):
        """A movement that credits points, or promises them, as the program says."""
        program = card.program_id
        pending = program.earn_on != "confirm" or program.earn_delay_days > 0
        move = {
            "card": card,
            "kind": "pending" if pending else "earn",
            "points": points,
            "key": self._loyalty_key("pending" if pending else "earn", card, suffix),
            "source": self,
            "reason": self._loyalty_reason(),
            "snapshot": snapshot,
            "effective_date": day,
        }
        if pending and program.earn_on == "confirm":
            move["release_date"] = day + timedelta(days=program.earn_delay_days)
        return move

    def _loyalty_let_go(self, cards):
        """Free what the cart held and did not spend."""
        # sudo: the hold is the order's own
        holds = (
            self.env["crm.loyalty.hold"]
            .sudo()
            .search(
                [
                    ("card_id", "in", cards.ids),
                    ("key", "=", self._loyalty_hold_key()),
                    ("state", "=", "open"),
                ]
            )
        )
        if holds:
            holds.card_id._void_hold(self._loyalty_hold_key())

    # CANCEL

    def _action_cancel(self):
        """Take back what was posted for the orders, never what would be posted now."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        cards = {order: order._loyalty_cards() for order in confirmed}
        native = {
            (order, card): order._loyalty_native_change(card)
            for order, held in cards.items()
            for card in held
        }
        self.check_access("write")
        # sudo: Odoo deletes these rows as the user, and salespeople may not; they may
        # cancel the order
        self.coupon_point_ids.filtered("coupon_id.is_ledger").sudo().unlink()
        result = super()._action_cancel()
        for order in confirmed.filtered(lambda order: order.state == "cancel"):
            order._loyalty_post_cancel(
                {card: native[order, card] for card in cards[order]}
            )
        return result

    def _loyalty_native_change(self, card):
        """What Odoo would have added to the card when the order was confirmed."""
        points = self.coupon_point_ids.filtered(lambda line: line.coupon_id == card)
        return sum(points.mapped("points")) - self._loyalty_cost(card)

    def _loyalty_post_cancel(self, native):
        """Reverse every entry of the order that is still in force.

        :param native: ``{card: points}`` that Odoo itself gave, for an order that was
            confirmed before the program kept a ledger
        """
        self.ensure_one()
        entries = self.env["crm.loyalty.entry"]._of_documents(self)
        left = entries._left()
        # first what is given back: it pays for what is taken back
        moves = [
            self._loyalty_reversal(entry, left[entry], f"{entry.key}:cancel")
            for entry in entries.sorted(
                lambda entry: (entry.kind != "redeem", entry.id)
            )
            if left[entry] > 0
        ]
        posted = self.env["loyalty.card"]._post_points(moves)
        self._loyalty_write_off(posted)
        known = entries.card_id
        for card, change in native.items():
            if card not in known and round(change, 2):
                self._loyalty_adjust(card, -change, "cancel")
        if entries:
            # sudo: a number of our own, whoever may cancel the order
            self.sudo().loyalty_round += 1

    def _loyalty_reversal(self, entry, points, key, snapshot=None):
        """The movement that takes back so many points of an entry of the order."""
        kind = {
            "redeem": "reverse_redeem",
            "pending": "void_pending",
        }.get(entry.kind, "reverse_earn")
        program = entry.program_id
        move = {
            "card": entry.card_id,
            "kind": kind,
            "points": points,
            "key": key,
            "source": self,
            "reason": self._loyalty_reason(),
            "reverses": entry,
            "snapshot": snapshot,
        }
        if kind == "reverse_redeem" and program.restore_policy == "grace":
            move["grace"] = program._crm_today() + timedelta(
                days=program.restore_grace_days
            )
        return move

    def _loyalty_write_off(self, entries):
        """Forgive what members owe by these entries, where the program says so.

        Without a refund there is nothing to withhold from: that stays a debt.
        """
        moves = [
            {
                "card": entry.card_id,
                "kind": "adjust",
                "points": to_points(entry.debt),
                "key": f"{entry.key}:write_off",
                "source": self,
                "reason": self.env._("Written off: spent before it was taken back"),
            }
            for entry in entries
            if entry.kind == "reverse_earn"
            and entry.debt > 0
            and entry.program_id.refund_policy == "write_off"
        ]
        self.env["loyalty.card"]._post_points(moves)

    def _loyalty_adjust(self, card, change, why):
        """Post what the ledger has no entry for: of an order older than the ledger."""
        card._post_points(
            [
                {
                    "kind": "adjust",
                    "points": to_points(round(change, 2)),
                    "key": f"so:{self.id}:{why}:{card.id}:{card.sudo().ledger_seq + 1}",
                    "source": self,
                    "reason": self._loyalty_reason(
                        self.env._("confirmed before the ledger began")
                    ),
                    "allow_debt": True,
                }
            ]
        )

    # SNAPSHOT

    def _loyalty_snapshot(self, program, earning):
        """The arithmetic of an earning, as its entry keeps it: all numbers as text."""
        return {
            "grade": earning.grade,
            "factor": text(earning.factor),
            "currency": program.currency_id.name,
            "rate": text(Decimal(repr(earning.rate))),
            "raw": text(earning.raw),
            "points": text(earning.points),
            "caps": earning.caps,
            "round": self.loyalty_round + 1,
            "terms": earning.terms,
            "lines": [
                {
                    **line._loyalty_snapshot(),
                    "base": text(earning.bases[line]),
                    "raw": text(part.raw),
                    "points": text(part.points),
                    "terms": [
                        {
                            "kind": term.kind,
                            "label": term.label,
                            "base": text(term.base),
                            "factor": text(term.factor),
                            "points": text(term.points),
                        }
                        for term in part.terms
                    ],
                }
                for line, part in zip(earning.bases, earning.lines, strict=True)
                if part.raw or earning.bases[line]
            ],
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _loyalty_snapshot(self):
        """What of the line a refund is measured by later."""
        self.ensure_one()
        return {
            "line_id": self.id,
            "name": self.product_id.display_name or self.name,
            "amount": text(Decimal(repr(self.currency_id.round(self.price_subtotal)))),
            "quantity": text(Decimal(repr(self.product_uom_qty))),
        }


def text(number):
    """A number as text: exact, without exponent and trailing zeros of no meaning."""
    plain = format(number.normalize(), "f") if number else "0"
    whole, _dot, places = plain.partition(".")
    return f"{whole}.{places.ljust(2, '0')}" if places else whole
