# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two members become one: everything a card holds moves to the other card.

Entries stay on the card they were posted on, which is archived and says which card it
was merged into. What comes back to it later, such as a refund of an old order, is
posted there too, as it takes back what was posted there, and follows at once.
"""

from markupsafe import Markup

from odoo import api, fields, models

from ..tools.ledger import ZERO, to_points


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    merged_into_id = fields.Many2one(
        comodel_name="loyalty.card",
        string="Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The card that holds these points now, since contacts were merged.",
    )

    def _successor(self):
        """The card that each card is now: itself, unless it was merged into another.

        :return: ``loyalty.card``, each once
        """
        found = self.browse()
        for card in self:
            seen = self.browse()
            # sudo: the card of a member is one, whatever company looks
            while (merged := card.sudo().merged_into_id) and not card.sudo().active:
                if card in seen:
                    break
                seen |= card
                card = merged.sudo(self.env.su)
            found |= card
        return found

    def _absorb(self, others, as_of=None):
        """Take over the points, promises, debts, holds and open orders of cards.

        They are archived. Points keep their last day, promises their document and the
        day from which they count. All cards are of one program with a ledger.

        :param others: ``loyalty.card``
        :param as_of: date it is for the members; by default today
        """
        self.ensure_one()
        others = others.sorted("id")
        if not others:
            return
        self.env.flush_all()
        (self | others)._lock_accounts()  # all of them, in one order
        for card in others:
            card._hand_over(self, as_of)
            card._move_holds(self)
        others._repoint_open_orders(self)
        others.write({"active": False, "merged_into_id": self.id})
        (self | others)._touch_account()
        self._message_log(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("Cards of merged contacts were merged into this one:"),
                Markup("").join(Markup("<li>%s</li>") % card.code for card in others),
            )
        )

    # WHAT COMES BACK TO A MERGED CARD

    @api.model
    def _fetch_merged(self, moves, as_of=None):
        """Points that are about to be taken back return to the card they came by.

        What was earned on a card that was merged is where the member is now: so much
        as is left there comes back first, of the lot that it went to before others.
        Then what the card cannot pay is what the member really owes.

        :param moves: values for ``_post_points``
        """
        for values in moves:
            card = values.get("card", self)
            entry = values.get("reverses")
            if values.get("kind") != "reverse_earn" or not entry or len(card) != 1:
                continue
            # sudo: the card of a member is one, whatever company looks
            heir = card.sudo()._successor()
            if heir == card or self._posted_key(values.get("key")):
                continue
            card.sudo()._fetch(heir, values["points"], entry.sudo().lot_id, as_of)

    def _posted_key(self, key):
        return bool(
            self.env["crm.loyalty.entry"].sudo().search_count([("key", "=", key)])
        )

    def _fetch(self, heir, points, lot, as_of):
        """Move up to so many points from the card that this one was merged into.

        :param lot: the lot of this card that they were earned in, if it was one
        """
        self.env.flush_all()
        locked = (self | heir)._lock_accounts()
        account, own = locked[heir.id].account, locked[self.id].account
        today = fields.Date.to_date(as_of) or heir.program_id._crm_today()
        left = to_points(points) - sum((part.remaining for part in own.lots), ZERO)
        expiry = fields.Date.to_date(lot.expiry_date) or None
        first = account.lot_of(expiry) if lot else None
        others = sorted(
            (part for part in account.lots if part.is_open(today)),
            key=lambda part: (part is not first, part.rank),
        )
        if first and first not in others:
            others.insert(0, first)
        prefix = f"merge:{heir.id}:{self.id}:{locked[heir.id].seq}"
        moves = []
        for part in others:
            taken = min(part.remaining, left)
            if taken > 0:
                left -= taken
                moves += self._pair(heir, self, taken, f"{prefix}:lot:{part.id}", part)
        self.with_context(loyalty_no_mail=True)._post_moves(moves, as_of)

    def _follow_merge(self, merged, as_of=None):
        """What was posted on cards that are merged goes on to the cards they are now.

        :param merged: ids of cards
        """
        for card in self.sudo().browse(sorted(merged)):
            card._hand_over(card._successor(), as_of)

    # MOVE

    def _pair(self, source, target, points, key, lot):
        """The two movements of points that leave a lot of one card for another card."""
        pair = {
            "points": points,
            "reason": self.env._("Contacts merged: %(card)s", card=source.code),
        }
        return [
            {
                **pair,
                "card": source,
                "kind": "transfer_out",
                "key": f"{key}:out",
                "lot_expiry": lot.expiry,
            },
            {
                **pair,
                "card": target,
                "kind": "transfer_in",
                "key": f"{key}:in",
                "expiry_date": lot.expiry,
            },
        ]

    def _hand_over(self, target, as_of=None):
        """Post what moves everything that the card holds to another card."""
        self.ensure_one()
        quiet = self.sudo().with_context(loyalty_no_mail=True)
        self.env.flush_all()
        locked = (quiet | target)._lock_accounts()[self.id]
        prefix = f"merge:{self.id}:{target.id}:{locked.seq}"
        reason = self.env._("Contacts merged: %(card)s", card=self.code)
        moves = []
        for lot in sorted(locked.account.lots, key=lambda lot: lot.rank):
            if lot.remaining:
                moves += self._pair(
                    quiet, target, lot.remaining, f"{prefix}:lot:{lot.id}", lot
                )
        if locked.account.debt:
            pair = {"points": locked.account.debt, "reason": reason}
            moves += [
                {
                    **pair,
                    "card": quiet,
                    "kind": "transfer_in",
                    "key": f"{prefix}:debt:in",
                    "expiry_date": None,
                },
                {
                    **pair,
                    "card": target,
                    "kind": "transfer_out",
                    "key": f"{prefix}:debt:out",
                    "allow_debt": True,
                },
            ]
        quiet._post_moves(moves, as_of)
        quiet._hand_over_promises(target, prefix, reason, as_of)

    def _hand_over_promises(self, target, prefix, reason, as_of):
        """Promise again on ``target`` what is promised, for the same document.

        The new promise goes back to the first one by what it reverses; the arithmetic
        stays with that, so that nothing that adds up snapshots counts it twice.
        """
        promises_sudo = (
            self.env["crm.loyalty.pending"]
            .sudo()
            .search([("card_id", "=", self.id), ("remaining", ">", 0)], order="id")
        )
        for promise in promises_sudo:
            entry, source = promise.entry_id, promise._source()
            points, day = promise.remaining, promise.release_date
            key = f"{prefix}:pending:{promise.id}"
            common = {"points": points, "source": source, "company": entry.company_id}
            void, _accounts = self._post_moves(
                [
                    {
                        **common,
                        "card": self,
                        "kind": "void_pending",
                        "key": f"{key}:out",
                        "reverses": entry,
                        "reason": reason,
                    }
                ],
                as_of,
            )
            self._post_moves(
                [
                    {
                        **common,
                        "card": target,
                        "kind": "pending",
                        "key": f"{key}:in",
                        "reverses": void,
                        "reason": entry.reason or reason,
                        "effective_date": entry.effective_date,
                        "release_date": day,
                    }
                ],
                as_of,
            )

    def _move_holds(self, target):
        """What is set aside for carts stays set aside."""
        holds_sudo = self.env["crm.loyalty.hold"].sudo()  # nobody's to write
        for hold in holds_sudo.search(
            [("card_id", "=", self.id), ("state", "=", "open")]
        ):
            twin = holds_sudo.search(
                [("card_id", "=", target.id), ("key", "=", hold.key)]
            )
            if not twin:
                hold.card_id = target
                continue
            held = twin.points if twin.state == "open" else 0
            twin.write(
                {
                    "points": held + hold.points,
                    "expires_at": max(twin.expires_at, hold.expires_at),
                    "state": "open",
                }
            )
            hold.state = "void"

    def _repoint_open_orders(self, target):
        """Orders that are not confirmed yet use ``target`` in place of these cards."""
        for card in self:
            for model, column in (
                ("sale.order.line", "coupon_id"),
                ("sale.order.coupon.points", "coupon_id"),
            ):
                lines = self.env[model].search(
                    [
                        (column, "=", card.id),
                        ("order_id.state", "in", ("draft", "sent")),
                    ]
                )
                doubled = lines.filtered(
                    lambda line: (
                        line._name == "sale.order.coupon.points"
                        and target in line.order_id.coupon_point_ids.coupon_id
                    )
                )
                doubled.unlink()
                (lines - doubled).write({column: target.id})
            orders = self.env["sale.order"].search(
                [("applied_coupon_ids", "in", card.ids), ("state", "!=", "cancel")]
            )
            for order in orders:
                order.applied_coupon_ids = (order.applied_coupon_ids - card) | target
