# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An earning in words."""

from decimal import Decimal

from odoo import models

from .crm_loyalty_amount import format_points


class CrmLoyaltyEntry(models.Model):
    _inherit = "crm.loyalty.entry"

    def _arithmetic(self):
        """How the points of the entry came about, in words of the reader's language.

        :return: such as "199.90 x 1.5 Gold + 199.90 Double points in May"; empty for an
            entry without arithmetic
        """
        self.ensure_one()
        # sudo: the snapshot of an entry that the reader has been shown
        snapshot = self.sudo().snapshot or {}
        return self._arithmetic_of(snapshot)

    def _arithmetic_of(self, snapshot):
        """The words of a snapshot, which may not be posted yet.

        Terms of the same kind are added up over the lines, as the points are rounded
        once.
        """
        if snapshot.get("edit"):
            return self.env._(
                "The order was edited: %(lines)s",
                lines=", ".join(
                    self._signed_line(line)
                    for line in snapshot["lines"]
                    if Decimal(line["points"])
                ),
            )
        sums = {}
        for line in snapshot.get("lines", ()):
            for term in line["terms"]:
                key = (term["kind"], term["label"], Decimal(term["factor"]))
                sums[key] = sums.get(key, Decimal(0)) + Decimal(term["base"])
        words = " + ".join(
            self._term_words(*key, base) for key, base in sums.items() if base
        )
        caps = [self._cap_words(cap) for cap in snapshot.get("caps", ())]
        if words and caps:
            return self.env._(
                "%(terms)s, at most %(points)s %(caps)s",
                terms=words,
                points=format_points(Decimal(snapshot["points"])),
                caps=", ".join(caps),
            )
        return words

    def _term_words(self, kind, label, factor, base):
        """One term: what is multiplied, by what, and why."""
        base = f"{base:,.2f}"
        if kind == "campaign":
            if factor == 1:
                return self.env._("%(base)s %(label)s", base=base, label=label)
            return self.env._(
                "%(base)s x %(factor)s %(label)s",
                base=base,
                factor=_factor(factor),
                label=label,
            )
        if kind == "grade":
            return self.env._(
                "%(base)s x %(factor)s %(grade)s",
                base=base,
                factor=_factor(factor),
                grade=label,
            ).strip()
        if label == "unit":
            return self.env._("%(base)s for units", base=base)
        if label == "order":
            return self.env._("%(base)s for the order", base=base)
        return base

    def _cap_words(self, cap):
        if cap == "order":
            return self.env._("for an order")
        return self.env._("for the month")

    def _signed_line(self, line):
        points = Decimal(line["points"])
        sign = "+" if points > 0 else "-"
        return f"{line['name']} {sign}{format_points(abs(points))}"


def _factor(factor):
    """A multiplier as people write it: 1.5, 2."""
    return format(factor.normalize(), "f")
