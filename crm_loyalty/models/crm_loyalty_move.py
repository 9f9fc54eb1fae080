# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One movement of points on its way into the ledger: read, checked, explained."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.ledger import ZERO, LedgerError, to_points
from .crm_loyalty_amount import format_points
from .crm_loyalty_terms import CREDIT_KINDS, KINDS, MAX_POINTS

ALL_KINDS = {kind for kind, _label in KINDS}
#: kinds that take back or fulfil an entry, which they name
NEED_ORIGIN = ("reverse_earn", "reverse_redeem", "release", "void_pending")
#: which kinds each of them may name
ORIGINS = {
    "reverse_earn": ("earn", "release", "event", "goodwill", "opening"),
    "reverse_redeem": ("redeem",),
    "release": ("pending",),
    "void_pending": ("pending",),
    "earn": ("reverse_earn",),
    "redeem": ("reverse_redeem",),
    # promised again on the card that a card was merged into
    "pending": ("void_pending",),
}
KNOWN = {
    "card",
    "kind",
    "points",
    "key",
    "source",
    "reason",
    "snapshot",
    "effective_date",
    "expiry_date",
    "company",
    "reverses",
    "qualifying",
    "allow_debt",
    "hold",
    "release_date",
    "grace",
    "lot_expiry",
}


@dataclass
class Move:
    """A movement as ``loyalty.card._post_points`` takes it, checked."""

    card: models.BaseModel
    kind: str
    points: Decimal
    key: str
    source: Any
    reason: str | None
    snapshot: Any
    effective_date: date | None
    has_expiry: bool
    expiry_date: date | None
    company: models.BaseModel
    reverses: models.BaseModel
    qualifying: Decimal | None
    allow_debt: bool
    hold: str | None
    release_date: date | None
    grace: date | None
    has_lot_expiry: bool
    lot_expiry: date | None
    grade_id: int | None = None
    today: date | None = None
    program: Any = None
    effect: Any = None
    seq: int = 0
    balance: Decimal = field(default=ZERO)

    @classmethod
    def from_values(cls, cards, values):
        """Check one dict of a caller.

        :param cards: ``loyalty.card``: the card, where the dict names none
        :raise UserError: what is wrong, in the user's words
        """
        env = cards.env
        if unknown := set(values) - KNOWN:
            raise ValueError(f"Not of a movement of points: {sorted(unknown)}")
        kind, key = values.get("kind"), values.get("key")
        card = values.get("card", cards)
        if len(card) != 1 or not card.id:
            raise UserError(env._("Points move on the card of one member."))
        if kind not in ALL_KINDS:
            raise UserError(
                env._("There is no movement of points %(kind)s.", kind=kind or "")
            )
        if not isinstance(key, str) or not key.strip():
            raise UserError(env._("A movement of points needs a key."))
        entries = env["crm.loyalty.entry"].sudo()
        reverses = values.get("reverses") or entries
        if reverses:
            reverses = reverses.sudo()
        if (kind in NEED_ORIGIN and not reverses) or (
            reverses and reverses.kind not in ORIGINS.get(kind, ())
        ):
            raise UserError(
                env._("This movement of points does not say what it takes back.")
            )
        if reverses and kind != "pending" and reverses.card_id != card:
            raise UserError(env._("What is taken back was posted on another card."))
        source = values.get("source")
        move = cls(
            card=card,
            kind=kind,
            points=_read_points(env, kind, values.get("points")),
            key=key.strip(),
            source=source,
            reason=values.get("reason"),
            snapshot=values.get("snapshot"),
            effective_date=fields.Date.to_date(values.get("effective_date")),
            has_expiry="expiry_date" in values,
            expiry_date=fields.Date.to_date(values.get("expiry_date")),
            company=values.get("company") or _company_of(env, source),
            reverses=reverses,
            qualifying=None
            if values.get("qualifying") is None
            else to_points(values["qualifying"]),
            allow_debt=bool(values.get("allow_debt")),
            hold=values.get("hold"),
            release_date=fields.Date.to_date(values.get("release_date")),
            grace=fields.Date.to_date(values.get("grace")),
            has_lot_expiry="lot_expiry" in values,
            lot_expiry=fields.Date.to_date(values.get("lot_expiry")),
        )
        return move

    @property
    def is_credit(self):
        """Whether it brings points into a lot of its own."""
        return (self.kind in CREDIT_KINDS and not self.reverses) or (
            self.kind == "release" or (self.kind == "adjust" and self.points > 0)
        )

    def prepare(self, program, today):
        """Fill in what the program decides.

        :raise UserError: the points would expire before they count
        """
        self.program, self.today = program, today
        self.effective_date = self.effective_date or today
        if self.is_credit and not self.has_expiry:
            self.expiry_date = program._expiry_of(self.effective_date)
        if not self.is_credit:
            self.expiry_date = None
        if (
            self.expiry_date
            and self.expiry_date < self.effective_date
            and self.kind != "transfer_in"  # moves as it is
        ):
            raise UserError(
                self.card.env._(
                    "Points cannot expire on %(expiry)s, before they count "
                    "on %(date)s.",
                    expiry=fields.Date.to_string(self.expiry_date),
                    date=fields.Date.to_string(self.effective_date),
                )
            )
        if self.qualifying is None:
            self.qualifying = self._default_qualifying()

    def _default_qualifying(self):
        """Bought points count for the grade, gifts do not; reversals count alike."""
        if self.kind == "release" or (self.kind == "earn" and not self.reverses):
            return self.points
        if self.kind == "reverse_earn" and self.reverses.qualifying_points > 0:
            return -self.points
        if self.kind == "earn" and self.reverses.qualifying_points < 0:
            return self.points
        return ZERO

    def rest_expiry(self):
        """Last day of restored points that settled a debt when they were taken back."""
        earned = self.reverses.reverses_id
        if self.kind == "earn" and earned:
            return fields.Date.to_date(earned.expiry_date) or None
        return self.program._expiry_of(self.today)

    def fills_one_lot(self):
        """Whether the entry itself tells the one lot it filled."""
        return self.is_credit and len(self.effect.lots) == 1

    def check_replay(self, entry):
        """:raise UserError: the key was used for something else"""
        same = (
            entry.card_id == self.card
            and entry.kind == self.kind
            and to_points(abs(entry.points) or abs(entry.pending)) == abs(self.points)
        )
        if not same:
            raise UserError(
                self.card.env._(
                    "Under the key %(key)s another movement of points was posted: "
                    "%(kind)s, %(points)s.",
                    key=self.key,
                    kind=dict(
                        entry._fields["kind"]._description_selection(self.card.env)
                    )[entry.kind],
                    points=format_points(entry.points or entry.pending),
                )
            )

    def row(self):
        """The entry's columns, for ``jsonb_to_recordset``."""
        effect = self.effect
        return {
            "card_id": self.card.id,
            "program_id": self.program.id,
            "company_id": self.company.id or None,
            "seq": self.seq,
            "kind": self.kind,
            "points": effect.points,
            "pending": effect.pending,
            "debt": effect.debt,
            "balance": self.balance,
            "qualifying": self.qualifying,
            "effective_date": self.effective_date,
            "expiry_date": self.expiry_date,
            "key": self.key,
            "res_model": self.source._name if self.source else None,
            "res_id": self.source.id if self.source else None,
            "reverses_id": self.reverses.id or None,
            "grade_id": self.grade_id,
            "reason": self.reason,
            "snapshot": self.snapshot,
            "release_date": self.release_date,
        }

    def explain(self, error):
        """What an account refused, in the user's words."""
        env = self.card.env
        member = self.card.sudo().partner_id.display_name or self.card.code
        if error.code == "insufficient":
            return env._(
                "Insufficient points: %(member)s has %(available)s to spend, "
                "%(points)s are asked.",
                member=member,
                available=format_points(max(error.values["available"], ZERO)),
                points=format_points(error.values["points"]),
            )
        if error.code == "reversed":
            return env._(
                "More points cannot be taken back than there were: %(left)s are left.",
                left=format_points(error.values["left"]),
            )
        if error.code == "expired":
            return env._("So many points have not expired.")
        return env._(
            "A balance holds at most %(limit)s points.", limit=f"{MAX_POINTS:,}"
        )


def _read_points(env, kind, value):
    """:raise UserError: what the points are instead of a number within bounds"""
    try:
        points = to_points(value)
    except LedgerError as error:
        if error.code == "places":
            raise UserError(
                env._("Points have at most two decimals: %(value)s.", value=value)
            ) from None
        if error.code == "number":
            raise UserError(
                env._("Points are a number, not %(value)s.", value=repr(value)[:40])
            ) from None
        points = Decimal(MAX_POINTS + 1)
    if abs(points) > MAX_POINTS:
        raise UserError(
            env._("At most %(limit)s points move at once.", limit=f"{MAX_POINTS:,}")
        )
    if not points or (points < 0 and kind != "adjust"):
        raise UserError(env._("Points that move are more than 0."))
    return points


def _company_of(env, source):
    """The company of the document; none where there is no document, or it has none."""
    if source and "company_id" in source._fields:
        return source.sudo().company_id
    return env["res.company"]
