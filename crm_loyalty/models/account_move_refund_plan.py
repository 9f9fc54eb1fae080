# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which movements of points follow from an invoice or a credit note.

Nothing is posted here. What was refunded of an order line is compared with what has
been reversed of its points, so that planning twice plans once. The ratio comes from the
snapshot of the entry that earned the points (F2), never from rules of today.
"""

from decimal import Decimal

from odoo import fields

from ..tools.ledger import ZERO, to_points
from ..tools.refund import (
    net_refunded,
    points_to_move,
    refund_step,
    refunded_share,
)
from .account_move_refund_tree import REVERSALS, Node, RefundTree

#: gifts back first, then what is only promised, then what is taken
RANKS = {"reverse_redeem": 0, "void_pending": 1, "pending": 2, "earn": 3}
EARNED = ("earn", "pending")


class RefundPlan:
    """What one customer document means for the points of the orders it belongs to."""

    def __init__(self, move, later=()):
        """Read the ledger.

        :param move: ``account.move``, as superuser
        :param later: documents that count as not posted yet
        """
        self.move = move
        self.env = move.env
        self.later = later
        self.lines = {}  # order line: the first line of the document that bills it
        for line in move.invoice_line_ids:
            for order_line in line.sale_line_ids:
                self.lines.setdefault(order_line, line)
        self.orders = self.env["sale.order.line"].union(*self.lines).order_id
        self.tree = RefundTree(self.env, self.orders.ids)
        self.cards = self.env["loyalty.card"].browse(
            sorted({node.card_id for node in self.tree.nodes.values()})
        )
        self.posting = 1 + max(
            (node.info("posting") or 0 for node in self._own_nodes()), default=0
        )
        self._moves = []

    def concerns_points(self):
        """Whether the document can change points at all; most invoices cannot."""
        return bool(self.tree.nodes) and (
            self.move.move_type == "out_refund"
            or any(line.price_subtotal < 0 for line in self.lines.values())
            or any(node.info("line_id") for node in self.tree.nodes.values())
        )

    def _is_over(self, node):
        """Whether the confirmation that an entry is of was cancelled since.

        Cancelling took back all that was left of it: documents of it move no points any
        more, neither when they are posted nor when they are drafts again.
        """
        root = self.tree.nodes[node.root_id]
        order = self.env["sale.order"].browse(root.res_id)
        return (root.info("round") or 1) <= order.loyalty_round

    # POST

    def moves(self):
        """Movements for ``_post_points``, in the order in which they are posted."""
        self._moves = []
        rewards = set()
        for order_line, line in self.lines.items():
            if order_line.reward_id and order_line.coupon_id:
                reward = (
                    order_line.order_id,
                    order_line.coupon_id,
                    order_line.reward_identifier_code,
                )
                if reward not in rewards:
                    rewards.add(reward)
                    self._plan_reward(*reward, line)
            self._plan_earned(order_line, line)
        return sorted(self._moves, key=lambda move: RANKS.get(move["kind"], 9))

    def _plan_earned(self, order_line, line):
        """Take back, or give again, what an order line earned on each card."""
        cards = {}
        for root in self.tree.roots(order_line.order_id.id, EARNED):
            if not self._is_over(root):
                parts = self.tree.parts(root, order_line.id)
                if parts:
                    roots, all_parts = cards.setdefault(root.card_id, ([], []))
                    roots.append(root)
                    all_parts += parts
        for roots, parts in cards.values():
            amount, quantity, points = (
                sum((Decimal(part[name]) for part in parts), ZERO)
                for name in ("amount", "quantity", "points")
            )
            # fewer are sold now than when the points were counted: these are all of it
            sold = Decimal(repr(order_line.product_uom_qty))
            if ZERO < sold < quantity:
                quantity = sold
            self._plan(
                roots,
                order_line,
                line,
                (amount, quantity, points),
                self._documents(order_line),
            )

    def _plan_reward(self, order, card, code, line):
        """Give back, or charge again, what a reward cost."""
        order_lines = order.order_line.filtered(
            lambda other: (
                other.coupon_id == card and other.reward_identifier_code == code
            )
        )
        roots = [
            root
            for root in self.tree.roots(order.id, ("redeem",))
            if root.card_id == card.id and not self._is_over(root)
        ]
        key = f"so:{order.id}:redeem:{card.id}:{code}"
        own = [root for root in roots if f"{root.key}:".startswith(f"{key}:")]
        points = to_points(round(sum(order_lines.mapped("points_cost")), 2))
        if own:
            points = sum((root.points for root in own), ZERO)
        currency = order.currency_id
        self._plan(
            own or roots,
            order_lines.sorted("id")[0],
            line,
            (
                _decimal(sum(order_lines.mapped("price_subtotal")), currency),
                Decimal(repr(sum(order_lines.mapped("product_uom_qty")))),
                points,
            ),
            [
                document
                for order_line in order_lines
                for document in self._documents(order_line)
            ],
        )

    def _plan(self, roots, order_line, line, earned, documents):
        """Compare what was refunded with what is reversed, and plan the difference."""
        if not roots:
            return
        amount, quantity, points = earned
        if not amount:  # a free product: its quantity says how much of it came back
            amount = quantity
            documents = [(number, number) for _money, number in documents]
        refunded, whole = net_refunded(amount, quantity, documents)
        takeable = self.tree.takeable(roots)
        reversals = self.tree.reversals(roots, order_line.id)
        program = self.env["loyalty.card"].browse(roots[0].card_id).program_id
        change = points_to_move(
            refunded_share(
                points,
                refunded,
                whole,
                refund_step(to_points(round(program.rounding_step, 2))),
            ),
            sum((node.net for node in reversals), ZERO),
            sum((node.left for node in takeable), ZERO),
        )
        snapshot = {
            "posting": self.posting,
            "move_id": self.move.id,
            "move_line_id": line.id,
            "line_id": order_line.id,
            "name": order_line.name,
            "refunded": str(refunded),
            "refunded_of": str(whole),
        }
        prefix = f"cn:{line.id}:{self.posting}"
        for node in takeable if change > 0 else reversals:
            part = min(abs(change), node.left if change > 0 else node.net)
            if not part:
                break
            make = self._take if change > 0 else self._give
            make(node, part, f"{prefix}:{node.id}", snapshot)
            change -= part if change > 0 else -part

    # UNDO

    def undo_moves(self):
        """The inverse of what the document's last posting moved; nothing twice."""
        self._moves = []
        undone = {
            node.info("undoes") for node in self.tree.nodes.values()
        } | self._undone_adjustments()
        own = {node.key: node for node in self._own_nodes()}
        adjustments = self._adjustments().filtered(lambda entry: entry.id not in undone)
        for entry in adjustments:
            key, _colon, policy = entry.key.rpartition(":")
            if policy == "write_off" and key in own and self._is_over(own[key]):
                continue  # what it forgives is not given back
            self._moves.append(
                {
                    "card": entry.card_id,
                    "kind": "adjust",
                    "points": -to_points(entry.points),
                    "key": f"{entry.key}:undo",
                    "source": self.move,
                    "reason": self._reason("adjust", True),
                    "allow_debt": True,
                    "snapshot": {"undoes": entry.id},
                }
            )
        for node in own.values():
            if node.id in undone or self._is_over(node):
                continue
            origin = node
            if node.kind not in REVERSALS:
                origin = self.tree.nodes[node.reverses_id]
            snapshot = {
                "undoes": node.id,
                "line_id": origin.info("line_id"),
                "name": origin.info("name"),
            }
            if node.kind in REVERSALS:
                if node.net > 0:
                    self._give(node, node.net, f"{node.key}:undo", snapshot)
                continue
            # what an invoice gave again is taken from where it was taken before
            left = node.points
            for taken in self.tree.takeable([self.tree.nodes[node.root_id]]):
                part = min(left, taken.left)
                if part:
                    key = f"{node.key}:undo:{taken.id}"
                    self._take(taken, part, key, snapshot)
                    left -= part
        return self._moves

    def _own_nodes(self):
        return [
            node
            for node in self.tree.nodes.values()
            if node.info("move_id") == self.move.id
        ]

    def _adjustments(self):
        """What was written off or withheld when the document was posted."""
        return self._adjusts().filtered(
            lambda entry: (entry.snapshot or {}).get("move_id") == self.move.id
        )

    def _undone_adjustments(self):
        return {(entry.snapshot or {}).get("undoes") for entry in self._adjusts()} - {
            None
        }

    def _adjusts(self):
        return self.env["crm.loyalty.entry"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", self.move.id),
                ("kind", "=", "adjust"),
            ]
        )

    def _reason(self, kind, undoes):
        words = {"document": self.move.name}
        if undoes:
            return self.env._("%(document)s is a draft again", **words)
        if kind in REVERSALS:
            return self.env._("Refunded by %(document)s", **words)
        return self.env._("Invoiced again by %(document)s", **words)

    # MOVEMENTS

    def _take(self, node, points, key, snapshot):
        """Reverse points of an entry: pending ones are voided, spent ones come back."""
        kind = {"pending": "void_pending", "redeem": "reverse_redeem"}.get(
            node.kind, "reverse_earn"
        )
        values = self._append(node, kind, points, key, snapshot)
        if kind == "reverse_redeem":
            program = self.env["loyalty.card"].browse(node.card_id).program_id
            values["grace"] = program._restore_grace()

    def _give(self, node, points, key, snapshot):
        """Undo a reversal, in part or in full."""
        kind = {"void_pending": "pending", "reverse_redeem": "redeem"}.get(
            node.kind, "earn"
        )
        values = self._append(node, kind, points, key, snapshot)
        if kind == "redeem":
            values["allow_debt"] = True  # a document is never blocked by points
        elif kind == "pending":
            # promised for the order again, from the day it was promised for
            voided = self.env["crm.loyalty.pending"].search(
                [("entry_id", "=", node.reverses_id)]
            )
            values.update(
                source=self.env["sale.order"].browse(
                    self.tree.nodes[node.root_id].res_id
                ),
                release_date=voided.release_date,
            )

    def _append(self, node, kind, points, key, snapshot):
        entries = self.env["crm.loyalty.entry"]
        # read with the others, not each by itself
        entry = entries.browse(node.id).with_prefetch(list(self.tree.nodes))
        day = entry.program_id._crm_today()
        undoes = "undoes" in snapshot
        if kind in ("reverse_earn", "void_pending", "earn"):
            # what it changes the line of the order by, as entries of the order say it
            snapshot = {
                **snapshot,
                "lines": [
                    {
                        "line_id": snapshot["line_id"],
                        "name": snapshot["name"],
                        "points": str(points if kind == "earn" else -points),
                        "terms": [],
                    }
                ],
            }
        values = {
            "card": entry.card_id,
            "kind": kind,
            "points": points,
            "key": key,
            "source": self.move,
            "company": self.move.company_id,
            "reverses": entry,
            "reason": self._reason(kind, undoes),
            "snapshot": snapshot,
            "effective_date": day
            if undoes
            else min(self.move.invoice_date or day, day),
        }
        self._moves.append(values)
        # what is planned counts for what is planned next
        node.children.append(
            Node(0, node.root_id, node.id, node.card_id, kind, key, points, snapshot, 0)
        )
        return values

    # DOCUMENTS

    def _documents(self, order_line):
        """Posted invoices (positive) and credit notes (negative) of an order line.

        :return: ``[(untaxed amount in the order's currency, quantity)]``
        """
        found = []
        for line in order_line.invoice_lines:
            move = line.move_id
            if move in self.later or not move.is_sale_document(include_receipts=True):
                continue
            if move.state == "posted" or move == self.move:
                found.append(self._document(line, order_line))
        return found

    def _document(self, line, order_line):
        move = line.move_id
        currency = order_line.currency_id
        amount = line.price_subtotal * _part_of(line, order_line)
        if line.currency_id != currency:
            # at the rate of the invoice: a full refund refunds all of it
            invoice = move.reversed_entry_id
            if invoice.currency_id != line.currency_id:
                invoice = move
            amount = line.currency_id._convert(
                amount,
                currency,
                move.company_id,
                invoice.invoice_date or fields.Date.context_today(move),
            )
        quantity = line.quantity
        if line.product_uom_id and order_line.product_uom_id:
            quantity = line.product_uom_id._compute_quantity(
                quantity, order_line.product_uom_id, round=False, raise_if_failure=False
            )
        sign = -move.direction_sign
        return _decimal(amount, currency) * sign, Decimal(repr(quantity)) * sign


def _part_of(line, order_line):
    """Which part of a document's line is of one of its order lines: nearly always 1."""
    others = line.sale_line_ids
    if len(others) == 1:
        return 1
    total = sum(others.mapped("price_subtotal"))
    return order_line.price_subtotal / total if total else 1 / len(others)


def _decimal(amount, currency):
    return Decimal(repr(currency.round(amount)))
