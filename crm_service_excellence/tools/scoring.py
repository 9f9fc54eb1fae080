# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points, scores and the distance to the next grade.

A *ladder* is a list of :class:`Rung`, sorted by ``lower``: a raw value earns the
points of the highest rung whose ``lower`` it reaches (inclusive lower bound). Points
need not rise with the value: for "days since the last order" they fall.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
QUANTILES = (
    5  # classes of an RFM score; more would need far more customers to be stable
)
QUANTILE_MIN_POPULATION = 20  # below it, ranks say nothing: the bands are used instead


class Rung(NamedTuple):
    """One step of a ladder: from ``lower`` (inclusive) on, ``points`` are earned."""

    lower: Decimal
    points: Decimal


class LadderError(ValueError):
    """A ladder that cannot grade every value; ``code`` says why, ``value`` where."""

    def __init__(self, code, value=None):
        super().__init__(code)
        self.code = code
        self.value = value


def check_ladder(rungs):
    """Refuse a ladder that leaves a value without points, or with two.

    :param rungs: iterable of :class:`Rung`, in any order
    :raise LadderError: ``empty``; ``overlap`` (two rungs start at ``value``); ``hole``
        (nothing covers the values below ``value``, as no rung starts at zero or less);
        ``points`` (points outside 0..100)
    """
    rungs = sorted(rungs)
    if not rungs:
        raise LadderError("empty")
    for previous, rung in zip(rungs, rungs[1:], strict=False):
        if previous.lower == rung.lower:
            raise LadderError("overlap", rung.lower)
    if rungs[0].lower > 0:
        raise LadderError("hole", rungs[0].lower)
    for rung in rungs:
        if not 0 <= rung.points <= 100:
            raise LadderError("points", rung.points)


def points_of(rungs, value):
    """Points that ``value`` earns; what lies below the first rung belongs to it.

    :param rungs: :class:`Rung` sorted by ``lower``
    :return: points, or ``None`` when there is no value (missing is not zero)
    """
    if value is None:
        return None
    earned = rungs[0].points
    for rung in rungs:
        if value < rung.lower:
            break
        earned = rung.points
    return earned


def quantile_ladder(starts):
    """Turn the lowest raw value of each quantile into a ladder of 20, 40 ... 100.

    :param starts: ``{quantile (1..5): lowest raw value in it}``; a quantile that ties
        leave empty is simply absent
    """
    step = Decimal(100) / QUANTILES
    return [
        Rung(Decimal(low), step * quantile) for quantile, low in sorted(starts.items())
    ]


def weighted_score(items, missing="renormalise"):
    """Score of 0..100 with two decimals, rounded half up, and each item's share of it.

    The shares telescope (differences of rounded running totals), so that they add up
    to the score to the cent.

    :param items: list of ``(weight, points or None)``
    :param missing: ``renormalise`` leaves criteria without a value out of the weights,
        ``zero`` counts them as zero points
    :return: ``(score, [contribution or None])``
    """
    total = sum(
        (w for w, points in items if missing == "zero" or points is not None),
        Decimal(0),
    )
    running, reached, shares = Decimal(0), Decimal(0), []
    for weight, points in items:
        if points is None and missing != "zero":
            shares.append(None)
            continue
        running += weight * (points or 0)
        upto = (running / total).quantize(CENT, ROUND_HALF_UP) if total else Decimal(0)
        shares.append(upto - reached)
        reached = upto
    return reached, shares


class Step(NamedTuple):
    """One criterion's way to the next grade: ``gap`` more (negative: fewer) of it."""

    index: int
    target: Decimal
    gap: Decimal
    score: Decimal


def steps_to(score_needed, criteria, missing="renormalise"):
    """What each criterion alone would need so that the score reaches ``score_needed``.

    :param criteria: list of ``(weight, raw or None, rungs)``
    :return: one :class:`Step` per criterion that can do it alone, nearest rung first
        within a criterion; criteria without a value, or that cannot, are left out
    """
    items = [(w, points_of(rungs, raw)) for w, raw, rungs in criteria]
    steps = []
    for index, (weight, raw, rungs) in enumerate(criteria):
        if raw is None:
            continue
        best = None
        for number, rung in enumerate(rungs):
            trial = list(items)
            trial[index] = (weight, rung.points)
            score, _shares = weighted_score(trial, missing)
            if score < score_needed:
                continue
            target = _nearest_in_rung(rungs, number, raw)
            if target is None:
                continue
            if best is None or abs(target - raw) < abs(best.gap):
                best = Step(index, target, target - raw, score)
        if best is not None:
            steps.append(best)
    return steps


def _nearest_in_rung(rungs, number, raw):
    """Value of rung ``number`` that is nearest to ``raw``, which lies outside of it."""
    lower = rungs[number].lower
    if raw < lower:
        return lower
    if number + 1 < len(rungs) and raw >= rungs[number + 1].lower:
        # falling ladders (fewer days are better): the last whole value below the next
        return rungs[number + 1].lower - 1
    return None
