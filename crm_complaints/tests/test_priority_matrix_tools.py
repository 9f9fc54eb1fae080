# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The priority matrix without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_complaints.tools.priority_matrix import (
    CELLS,
    MatrixError,
    check_order,
    default_matrix,
    pack,
    priority_of,
    unpack,
)

levels = st.tuples(*[st.integers(1, 3)] * 3)


def test_default_by_hand():
    """Points are 2 x urgency + 2 x impact + difficulty; P1 from 13, P2 11, P3 8."""
    matrix = default_matrix()
    assert len(matrix) == 27
    assert matrix[2, 2, 2] == 3  # 10 points
    assert matrix[3, 3, 1] == 1  # 13
    assert matrix[3, 2, 2] == 2  # 12
    assert matrix[3, 2, 1] == 2  # 11
    assert matrix[1, 3, 2] == 3  # 10
    assert matrix[1, 1, 3] == 4  # 7
    assert matrix[1, 1, 1] == 4  # 5
    assert set(matrix.values()) == {1, 2, 3, 4}


@given(levels, levels)
def test_default_is_monotone(one, other):
    """Whoever is higher on every axis is at least as urgent (a lower number)."""
    matrix = default_matrix()
    if all(a >= b for a, b in zip(one, other, strict=True)):
        assert matrix[one] <= matrix[other]


@given(st.lists(st.integers(1, 4), min_size=27, max_size=27))
def test_what_the_check_lets_pass_is_monotone(values):
    """Comparing neighbours finds every disorder: checked against all pairs."""
    matrix = dict(zip(CELLS, values, strict=True))
    disorder = any(
        matrix[one] > matrix[other]
        for one in CELLS
        for other in CELLS
        if all(a >= b for a, b in zip(one, other, strict=True))
    )
    try:
        check_order(matrix)
    except MatrixError as error:
        assert disorder
        assert error.code == "order"
    else:
        assert not disorder


@given(st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_packing_loses_nothing(steps):
    matrix = {cell: sorted(steps, reverse=True)[min(cell) - 1] for cell in CELLS}
    assert unpack(pack(matrix)) == matrix


def test_danger_is_always_p1():
    calm = dict.fromkeys(CELLS, 4)
    assert priority_of(calm, 1, 1, 1) == 4
    assert priority_of(calm, 1, 1, 1, is_forced=True) == 1


@pytest.mark.parametrize(
    "change, code",
    [
        ({"111": 5}, "value"),
        ({"111": True}, "value"),
        ({"111": 1.5}, "value"),
        ({"111": None}, "value"),
        ({"411": 1}, "unknown"),
        ({"333": 4}, "order"),
    ],
)
def test_what_cannot_be_used_is_refused(change, code):
    with pytest.raises(MatrixError) as caught:
        unpack({**pack(default_matrix()), **change})
    assert caught.value.code == code


@pytest.mark.parametrize("cells", [None, [], "111", {}, {"111": 4}])
def test_an_incomplete_matrix_is_refused(cells):
    with pytest.raises(MatrixError, match="missing"):
        unpack(cells)
