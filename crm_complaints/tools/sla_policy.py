# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which promise holds for a complaint: the most specific line of all policies.

No database here. A policy is compiled into :class:`Line` rows, a company's policies
into a :class:`CompiledPolicies`, which answers a lookup with a few dictionary probes.
"""

from itertools import product
from typing import NamedTuple

DAY_MINUTES = 480  # a "day" in a promise, whatever hours a calendar has


class Target(NamedTuple):
    """A promise, with what its policy says about changes on the way."""

    policy_id: int
    version: int
    minutes: int  # of working time
    calendar_id: int | None
    retarget_mode: str
    grace_percent: int
    may_lengthen: bool
    reopen_mode: str
    reopen_minutes: int


class Line(NamedTuple):
    """A promised time and whom it is for; ``None`` stands for anyone, anything."""

    target: Target
    sequence: int
    is_shared: bool  # among all companies, rather than of this one
    metric: str
    severity: str | None
    grade_id: int | None
    team_id: int | None
    category_id: int | None

    @property
    def key(self):
        return (
            self.metric,
            self.team_id,
            self.category_id,
            self.severity,
            self.grade_id,
        )

    @property
    def rank(self):
        """Order among lines that are equally specific; the shorter promise holds."""
        return (self.sequence, self.target.policy_id, self.target.minutes)


class CompiledPolicies:
    """The policies of one company, ready for lookups.

    For each metric by itself, in this order:

    1. the company's own policies go before those that all companies share,
    2. the more of team, category, severity and grade a line names, the better,
    3. the category itself goes before the one above it; a line without category last,
    4. the policy's sequence, then the older policy,
    5. of two lines of one policy that are equally specific (one for a grade, one for a
       severity) the shorter time: both are promised, so neither may be broken.

    :param lines: iterable of :class:`Line`
    """

    def __init__(self, lines):
        self._best = ({}, {})  # own, shared
        for line in lines:
            tier = self._best[line.is_shared]
            known = tier.get(line.key)
            if known is None or line.rank < known.rank:
                tier[line.key] = line
        self._found = {}  # bounded by the configuration that the keys are made of

    def lookup(
        self, metric, severity=None, grade_id=None, team_id=None, category_ids=()
    ):
        """The promise of a metric, or None if nothing is promised.

        Falsy values name nothing and match only lines for anything.

        :param category_ids: the complaint's category and those above it, nearest first
        :return: :class:`Target` or None
        """
        question = (
            metric,
            severity or None,
            grade_id or None,
            team_id or None,
            tuple(category_ids),
        )
        try:
            return self._found[question]
        except KeyError:
            answer = self._found[question] = self._search(*question)
            return answer

    def _search(self, metric, severity, grade_id, team_id, category_ids):
        categories = [*enumerate(category_ids), (len(category_ids), None)]
        for tier in self._best:
            found = [
                (-_named(key), distance, line.rank, line.target)
                for distance, category_id in categories
                for key in product(
                    (metric,),
                    {team_id, None},
                    (category_id,),
                    {severity, None},
                    {grade_id, None},
                )
                if (line := tier.get(key))
            ]
            if found:
                return min(found)[-1]
        return None


def _named(key):
    """How many of team, category, severity and grade a key names."""
    return sum(value is not None for value in key[1:])


def spell(minutes):
    """Working minutes as people write them, a day being 8 hours.

    >>> spell(1470)
    '3 d 30 min'
    """
    days, rest = divmod(round(minutes), DAY_MINUTES)
    hours, rest = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (rest, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"
