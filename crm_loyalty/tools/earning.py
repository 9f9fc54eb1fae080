# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many points a purchase earns, without a database.

The order of computing (``loyalty.md`` R2, example E1): what each line is worth in plain
points, times the grade, plus the campaigns; then the caps; then **one** rounding of the
total; then its split to the lines, for refunds. All numbers are exact decimals.
"""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

ZERO = Decimal(0)
ONE = Decimal(1)
CENT = Decimal("0.01")
ROUNDINGS = {"down": ROUND_FLOOR, "half_up": ROUND_HALF_UP, "up": ROUND_CEILING}


@dataclass(frozen=True)
class Term:
    """One part of what a line earns: ``base`` plain points times ``factor``."""

    kind: str  # rule, grade or campaign
    label: str
    base: Decimal
    factor: Decimal

    @property
    def points(self):
        """What the part adds, not rounded."""
        return self.base * self.factor


@dataclass(frozen=True)
class Boost:
    """A campaign: its factor, and whether it multiplies what the grade gave."""

    label: str
    factor: Decimal
    compounds: bool = False


@dataclass
class Line:
    """A line of a purchase.

    :param id: what identifies it; also the last tie-break of the split
    :param plain: ``[(label, plain points)]``, one for each rule that the line meets
    :param boosts: the campaigns that it takes part in
    """

    id: int
    plain: list = field(default_factory=list)
    boosts: tuple = ()
    terms: list = field(default_factory=list)
    points: Decimal = ZERO

    @property
    def raw(self):
        """Points before caps and rounding."""
        return sum((term.points for term in self.terms), ZERO)


@dataclass
class Earning:
    """What a purchase earns: the total, and how it came about."""

    points: Decimal
    raw: Decimal
    lines: list
    caps: list  # which caps cut it: "order", "month"
    factor: Decimal = ONE
    grade: str | None = None
    # what whoever asked knows of it: day, rate and base of each line, and its terms
    day: object = None
    rate: float = 1.0
    bases: dict = field(default_factory=dict)
    terms: str = ""


def earn(
    lines,
    factor=ONE,
    grade=None,
    order_cap=None,
    month_left=None,
    step=ONE,
    mode="down",
):
    """Compute the points of a purchase.

    :param lines: list of :class:`Line`; their ``terms`` and ``points`` are filled in
    :param factor: multiplier of the member's grade
    :param grade: its name, for the words
    :param order_cap: most points of the order; None: no cap
    :param month_left: what the month's cap leaves; None: no cap
    :param step: the total is a multiple of it
    :param mode: ``down``, ``half_up`` or ``up``
    :return: :class:`Earning`
    """
    for line in lines:
        line.terms = terms_of(line, factor, grade)
    raw = sum((line.raw for line in lines), ZERO)
    total, caps = raw, []
    for name, cap in (("order", order_cap), ("month", month_left)):
        if cap is not None and total > cap:
            total = max(cap, ZERO)
            caps.append(name)
    points = round_to(total, step, mode)
    if caps and points > total:  # a cap is not exceeded by rounding
        points = round_to(total, step, "down")
    shares = split(points, {line.id: line.raw for line in lines}, unit_of(step))
    for line in lines:
        line.points = shares.get(line.id, ZERO)
    return Earning(points, raw, lines, caps, factor, grade)


def terms_of(line, factor, grade=None):
    """What a line earns, part by part; the parts add up.

    The grade multiplies the plain points. A campaign adds to the plain points: 1.5 for
    gold and double points are 2.5. One that compounds multiplies what the grade gave:
    they are 3.

    :return: list of :class:`Term`
    """
    plain = [(label, points) for label, points in line.plain if points]
    total = sum((points for _label, points in plain), ZERO)
    graded = factor != ONE
    terms = [
        Term(
            "grade" if graded else "rule",
            (grade or "") if graded else label,
            points,
            factor,
        )
        for label, points in plain
    ]
    compounded = total * factor
    for boost in line.boosts:
        if not total:
            break
        base = compounded if boost.compounds else total
        terms.append(Term("campaign", boost.label, base, boost.factor - ONE))
        if boost.compounds:
            compounded *= boost.factor
    return terms


def round_to(value, step, mode):
    """Round to a multiple of ``step``.

    :param mode: ``down``, ``half_up`` or ``up``
    :return: Decimal of at most two places
    """
    return ((value / step).to_integral_value(ROUNDINGS[mode]) * step).quantize(CENT)


def unit_of(step):
    """The unit in which a total is split: whole points, where totals are whole."""
    return ONE if step == step.to_integral_value() else CENT


def split(total, weights, unit=ONE):
    """Split a total in proportion, exactly: the largest remainders get what is left.

    :param total: a multiple of ``unit``, not negative
    :param weights: ``{id: weight}``, not negative
    :param unit: the smallest part
    :return: ``{id: part}``; the parts add up to ``total``. Ties go to the larger
        weight, then to the smaller id, so the order of lines does not matter.
    """
    weighed = {key: Fraction(weight) for key, weight in weights.items() if weight > 0}
    whole = sum(weighed.values())
    if not whole:
        return dict.fromkeys(weights, ZERO)
    units = int(total / unit)
    exact = {key: units * weight / whole for key, weight in weighed.items()}
    parts = {key: value.numerator // value.denominator for key, value in exact.items()}
    left = units - sum(parts.values())
    ranked = sorted(
        exact, key=lambda key: (parts[key] - exact[key], -weighed[key], key)
    )
    for key in ranked[:left]:
        parts[key] += 1
    return {key: parts.get(key, 0) * unit for key in weights}


def spread(amounts, reduction, scope, unit=CENT):
    """Take a discount off the lines it concerns, in proportion and exactly.

    :param amounts: ``{id: amount}``, not negative; changed
    :param reduction: the discount, not negative
    :param scope: ids of the lines that it concerns
    :param unit: the smallest amount of money
    :return: what could not be taken off, as the lines are worth less
    """
    weights = {key: amounts[key] for key in scope if amounts.get(key, ZERO) > 0}
    taken = min(reduction, sum(weights.values(), ZERO))
    for key, part in split(taken, weights, unit).items():
        amounts[key] -= part
    return reduction - taken
