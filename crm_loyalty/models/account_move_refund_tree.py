# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What orders earned and spent, what was taken back since, and what is left of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from odoo.tools import SQL

from ..tools.ledger import ZERO, to_points

#: kinds of entries that an order begins with
ROOT_KINDS = ("earn", "pending", "redeem")
REVERSALS = ("reverse_earn", "reverse_redeem", "void_pending")

READ_TREE = """
WITH RECURSIVE tree AS (
    SELECT id, id AS root_id FROM crm_loyalty_entry
     WHERE res_model = 'sale.order' AND res_id = ANY(%(orders)s)
       AND kind = ANY(%(kinds)s) AND reverses_id IS NULL
     UNION ALL
    SELECT child.id, tree.root_id FROM tree
      JOIN crm_loyalty_entry child ON child.reverses_id = tree.id)
SELECT entry.id, tree.root_id, entry.reverses_id, entry.card_id, entry.kind, entry.key,
       ABS(CASE WHEN entry.kind IN ('pending', 'void_pending') THEN entry.pending
                ELSE entry.points END)::text,
       entry.snapshot, entry.res_id
  FROM tree JOIN crm_loyalty_entry entry ON entry.id = tree.id
 ORDER BY entry.id
"""


@dataclass
class Node:
    """An entry with what followed from it."""

    id: int
    root_id: int
    reverses_id: int | None
    card_id: int
    kind: str
    key: str
    points: Decimal
    snapshot: Any
    res_id: int
    children: list = field(default_factory=list)

    @property
    def net(self):
        """Of a reversal: what of it was not undone; of a promise: what is pending."""
        return self.points - sum((child.points for child in self.children), ZERO)

    @property
    def left(self):
        """Of earned, spent or pending points: what has not been taken back."""
        if self.kind == "pending":
            return self.net
        return self.points - sum(
            (child.net for child in self.children if child.kind in REVERSALS), ZERO
        )

    def info(self, name):
        """A value of its snapshot, None where there is none."""
        return self.snapshot.get(name) if isinstance(self.snapshot, dict) else None


class RefundTree:
    """The ledger's entries of some orders: roots, and all that reverses them."""

    def __init__(self, env, order_ids):
        self.nodes = {}
        if not order_ids:
            return
        env.flush_all()
        rows = env.execute_query(
            SQL(READ_TREE, orders=list(order_ids), kinds=list(ROOT_KINDS))
        )
        for *head, points, snapshot, res_id in rows:
            node = Node(*head, to_points(Decimal(points)), snapshot, res_id)
            self.nodes[node.id] = node
            if node.reverses_id in self.nodes:
                self.nodes[node.reverses_id].children.append(node)

    def roots(self, order_id, kinds):
        """What an order began with: entries of some kinds that reverse nothing."""
        return [
            node
            for node in self.nodes.values()
            if node.id == node.root_id
            and node.res_id == order_id
            and node.kind in kinds
        ]

    def family(self, roots):
        """All entries that follow from some roots, and these."""
        ids = {root.id for root in roots}
        return [node for node in self.nodes.values() if node.root_id in ids]

    def takeable(self, roots):
        """What a reversal can take from, pending points first (F5), newest first."""
        found = [
            node
            for node in self.family(roots)
            if node.left > 0
            and (
                node.kind in ("pending", "release", "redeem")
                or (node.kind == "earn" and node.id == node.root_id)
            )
        ]
        return sorted(found, key=lambda node: (node.kind != "pending", -node.id))

    def reversals(self, roots, line_id):
        """What refunds have taken back of an order line, newest first."""
        return [
            node
            for node in reversed(self.family(roots))
            if node.kind in REVERSALS
            and node.info("line_id") == line_id
            and node.net > 0
        ]

    def parts(self, root, line_id):
        """What a root and the edits of its order say of an order line.

        :return: parts of snapshots, with amount, quantity and points as text
        """
        return [
            part
            for node in self.family([root])
            if node is root or node.info("edit")
            for part in node.info("lines") or ()
            if part.get("line_id") == line_id
        ]
