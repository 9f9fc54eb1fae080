# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How things are measured: arms in turn, medians, ratios within one session.

A time says more about the machine and its neighbours than about the code; a ratio of
arms that took turns in one session says what the code is worth. Pure: no database.
"""

import dataclasses
import statistics
import time

WARM_UPS = 1
ROUNDS = 5
#: spread, (max - min) / median, of an arm beyond which a session is called noisy
NOISY = 0.15


@dataclasses.dataclass
class Result:
    """What one measure found; times in seconds, ``ratio`` without a unit.

    ``ok`` is None where there is no target to meet. ``broken`` tells a wrong outcome
    (rows written that should not be) from a slow one.
    """

    name: str
    target: str
    ratio: float | None
    low: float | None = None
    high: float | None = None
    medians: dict = dataclasses.field(default_factory=dict)
    counters: dict = dataclasses.field(default_factory=dict)
    ok: bool | None = None
    broken: bool = False
    noisy: list = dataclasses.field(default_factory=list)
    note: str = ""


def timed(action, *arguments):
    """Run ``action``; return its seconds and its result."""
    start = time.perf_counter()
    outcome = action(*arguments)
    return time.perf_counter() - start, outcome


def interleave(arms, rounds=ROUNDS, warm_ups=WARM_UPS):
    """Run the arms in turn, A B C A B C, and keep what the timed rounds return.

    :param arms: ``{name: function returning {part: seconds}}``
    :return: ``{part: [seconds of each timed round]}`` over the parts of all arms
    """
    samples = {}
    for number in range(warm_ups + rounds):
        for arm in arms.values():
            for part, seconds in arm().items():
                if number >= warm_ups:
                    samples.setdefault(part, []).append(seconds)
    return samples


def compare(name, samples, over, under, limit=None, at_least=None, scale=1.0):
    """Return the :class:`Result` of ``over / under``: the ratio of their medians.

    ``low`` and ``high`` are the extremes of the ratios within one round.

    :param limit: highest ratio that meets the target
    :param at_least: lowest ratio that does
    :param scale: factor of the ratio, where the arms do different amounts of work
    """
    ratio = statistics.median(samples[over]) / statistics.median(samples[under]) * scale
    pairs = [
        scale * one / other
        for one, other in zip(samples[over], samples[under], strict=True)
    ]
    ok, target = None, ""
    if limit is not None:
        ok, target = ratio <= limit, f"<= {limit:g}"
    elif at_least is not None:
        ok, target = ratio >= at_least, f">= {at_least:g}"
    parts = (over, under)
    return Result(
        name,
        target,
        ratio,
        min(pairs),
        max(pairs),
        medians={part: statistics.median(samples[part]) for part in parts},
        ok=ok,
        noisy=[part for part in parts if spread(samples[part]) > NOISY],
    )


def spread(values):
    """Return how far apart the values are, as a share of their median."""
    return (max(values) - min(values)) / statistics.median(values)


def status(results):
    """Return the exit status of a session: 1 wrong, 2 a target missed, else 0."""
    if any(result.broken for result in results):
        return 1
    return 2 if any(result.ok is False for result in results) else 0
