# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The pure tools, without a database."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_service_excellence.tools.lifetime_value import (
    expected_months,
    lifetime_factor,
)
from odoo.addons.crm_service_excellence.tools.scoring import (
    LadderError,
    Rung,
    check_ladder,
    points_of,
    quantile_ladder,
    steps_to,
    weighted_score,
)

SPEND = [
    Rung(D(lower), D(points))
    for lower, points in (
        (0, 0),
        (10_000, 20),
        (50_000, 50),
        (200_000, 80),
        (500_000, 100),
    )
]
points = st.decimals(0, 100, places=2)
ladders = st.lists(
    st.tuples(st.integers(0, 10_000), points),
    min_size=1,
    max_size=6,
    unique_by=lambda rung: rung[0],
).map(lambda rungs: sorted(Rung(D(lower), earned) for lower, earned in rungs))


def test_reference_scores():
    """service.md C1, cases A, B, C."""
    half, third, fifth = D("0.5"), D("0.3"), D("0.2")
    a = weighted_score([(half, D(80)), (third, D(70)), (fifth, D(90))])
    assert a == (D("79.00"), [D(40), D(21), D(18)])
    b = weighted_score([(half, D(80)), (third, D(70)), (fifth, None)])
    assert b == (D("76.25"), [D(50), D("26.25"), None])
    c = weighted_score([(half, D(50)), (third, D(90)), (fifth, D(40))])
    assert c == (D("60.00"), [D(25), D(27), D(8)])


def test_rounded_half_up():
    assert weighted_score([(D(1), D("69.99")), (D(1), D(70))])[0] == D("70.00")


def test_nothing_measured_scores_zero():
    assert weighted_score([(D(1), None)]) == (D(0), [None])
    assert weighted_score([]) == (D(0), [])


@given(
    st.lists(
        st.tuples(st.decimals("0.01", 100, places=2), st.none() | points),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["renormalise", "zero"]),
)
def test_shares_add_up_and_stay_in_range(items, missing):
    score, shares = weighted_score(items, missing)
    assert 0 <= score <= 100
    assert sum(share for share in shares if share is not None) == score
    assert all(share >= 0 for share in shares if share is not None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-5, 0),
        (0, 0),
        (9_999, 0),
        (10_000, 20),
        (199_999, 50),
        (200_000, 80),
        (10**9, 100),
    ],
)
def test_lower_bounds_are_inclusive(value, expected):
    assert points_of(SPEND, value) == expected


def test_missing_is_not_zero():
    assert points_of(SPEND, None) is None


@pytest.mark.parametrize(
    ("rungs", "code", "value"),
    [
        ([], "empty", None),
        ([(0, 0), (5, 1), (5, 2)], "overlap", 5),
        ([(1, 0)], "hole", 1),
        ([(0, 101)], "points", 101),
        ([(0, -1)], "points", -1),
    ],
)
def test_refused_ladders(rungs, code, value):
    with pytest.raises(LadderError) as error:
        check_ladder([Rung(D(lower), D(earned)) for lower, earned in rungs])
    assert (error.value.code, error.value.value) == (code, value)


def test_quantiles_earn_20_to_100():
    ladder = quantile_ladder({5: "12", 1: "1", 4: "2"})
    assert ladder == [Rung(D(1), D(20)), Rung(D(2), D(80)), Rung(D(12), D(100))]


@given(ladders, st.integers(-100, 12_000), points)
def test_a_step_reaches_what_it_promises(ladder, raw, needed):
    """Whoever does what the explanation asks for has the score it promises."""
    start = weighted_score([(D(1), points_of(ladder, raw))])[0]
    for step in steps_to(needed, [(D(1), D(raw), ladder)]):
        if start < needed:
            assert points_of(ladder, raw + step.gap) >= needed
            assert step.score >= needed


def test_expected_months():
    """service.md L2: retention .95 makes 20 months; five years at most."""
    assert expected_months(0.95) == pytest.approx(20)
    assert expected_months(0) == 1
    assert expected_months(0.99) == 60
    assert expected_months(1) == 60


def test_lifetime_factor():
    assert lifetime_factor(0.95, 0) == pytest.approx(20)
    # (1 - 1.1^(-20/12)) / (1.1^(1/12) - 1) = .146876 / .00797414
    assert lifetime_factor(0.95, 0.10) == pytest.approx(18.419, abs=0.001)
