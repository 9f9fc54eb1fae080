# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What of an entry is still in force, and which entries a document posted."""

from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

ZERO = Decimal(0)
#: a line of an order for which nothing is posted
EMPTY = {
    "name": "",
    "amount": ZERO,
    "quantity": ZERO,
    "base": ZERO,
    "points": ZERO,
    "refunded": ZERO,
}


class CrmLoyaltyEntry(models.Model):
    _inherit = "crm.loyalty.entry"

    @api.model
    def _of_documents(self, documents):
        """Everything that was posted for documents and can be taken back.

        Earnings, promises, what was released of them, and redemptions; not what takes
        others back. In the order of posting.

        :param documents: a recordset, such as ``sale.order``
        :return: ``crm.loyalty.entry`` as sudo: each caller has checked who asks
        """
        entries_sudo = self.sudo()
        if not documents.ids:
            return entries_sudo.browse()
        found = entries_sudo.search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("kind", "in", ("earn", "pending", "release", "redeem")),
            ],
            order="id",
        )
        # what was promised again, after a refund or on the card of a merged contact,
        # undoes a voiding
        return found.filtered(
            lambda entry: entry.kind in ("release", "pending") or not entry.reverses_id
        )

    def _left(self):
        """What of each entry was not taken back, released or voided yet.

        The figures are those of the moment; ``_post_points`` refuses to take back more
        than is left, whoever was faster.

        :return: ``{crm.loyalty.entry: Decimal}``, not negative
        """
        if not self:
            return {}
        self.env.flush_all()
        # a child takes back what it says, unless a child of its own undid that
        self.env.cr.execute(
            SQL(
                """SELECT entry.id,
                          (ABS(CASE WHEN entry.kind = 'pending' THEN entry.pending
                                    ELSE entry.points END)
                           - COALESCE(SUM(CASE
                                 WHEN child.kind = 'release' THEN child.points
                                 WHEN child.kind = 'void_pending' THEN -child.pending
                                 ELSE ABS(child.points) - undone.points END), 0))::text
                     FROM crm_loyalty_entry entry
                     LEFT JOIN crm_loyalty_entry child ON child.reverses_id = entry.id
                     LEFT JOIN LATERAL (
                          SELECT COALESCE(SUM(ABS(undo.points)), 0) AS points
                            FROM crm_loyalty_entry undo
                           WHERE undo.reverses_id = child.id) undone ON TRUE
                    WHERE entry.id = ANY(%s) GROUP BY entry.id""",
                self.ids,
            )
        )
        left = dict(self.env.cr.fetchall())
        return {entry: Decimal(left[entry.id]) for entry in self}

    def _lines_in_force(self):
        """What earnings of one order are for, line by line.

        Reads the snapshots of the entries (kinds earn and pending) and of everything
        that takes them back: what edits of the order posted changes what a line is
        worth, what other documents took back, such as credit notes, is *refunded*.
        Whatever reverses a part has lines with negative numbers in its snapshot.

        :return: ``{line id: {"name", "amount", "quantity", "base", "points",
            "refunded"}}``, all Decimal but the name; amounts without tax, in the
            currency of the order
        """
        lines = {}
        for entry in self.filtered(lambda entry: not entry.reverses_id):
            entry._add_lines(lines, "points")
        for child in self._descendants():
            if child.kind != "release":
                own = (child.res_model, child.res_id) == (
                    self[0].res_model,
                    self[0].res_id,
                )
                child._add_lines(lines, "points" if own else "refunded")
        return lines

    def _descendants(self):
        """Everything that takes back, releases or restores the entries."""
        found, last = self.browse(), self
        while last:
            last = self.sudo().search([("reverses_id", "in", last.ids)], order="id")
            found |= last
        return found

    def _add_lines(self, lines, column):
        """Add the lines of the snapshot to ``lines``; refunds count as positive."""
        for line in (self.snapshot or {}).get("lines", ()):
            known = lines.setdefault(line["line_id"], dict(EMPTY))
            known["name"] = known["name"] or line.get("name", "")
            points = Decimal(line["points"])
            if column == "refunded":
                known["refunded"] -= points
                continue
            known["points"] += points
            for name in ("amount", "quantity", "base"):
                known[name] += Decimal(line.get(name, "0"))
