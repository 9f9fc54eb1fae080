# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The choice of a promise without a database: cases by hand, and a naive oracle."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_complaints.tools.sla_policy import (
    CompiledPolicies,
    Line,
    Target,
    spell,
)


def line(minutes, metric="resolution", policy=1, sequence=10, shared=False, **names):
    target = Target(policy, 1, minutes, None, "retain", 0, True, "continue", 0)
    scope = dict.fromkeys(("severity", "grade_id", "team_id", "category_id"))
    return Line(target, sequence, shared, metric, **{**scope, **names})


def minutes(lines, metric="resolution", **question):
    target = CompiledPolicies(lines).lookup(metric, **question)
    return target and target.minutes


MATRIX = [
    line(1440),
    line(480, severity="serious"),
    line(720, grade_id=5),
    line(240, severity="serious", grade_id=5),
    line(30, metric="ack"),
]


def test_most_specific_line_of_a_matrix():
    assert minutes(MATRIX) == 1440
    assert minutes(MATRIX, severity="general", grade_id=4) == 1440
    assert minutes(MATRIX, severity="serious", grade_id=4) == 480
    assert minutes(MATRIX, severity="general", grade_id=5) == 720
    assert minutes(MATRIX, severity="serious", grade_id=5) == 240


def test_each_metric_falls_back_by_itself():
    """A team that promises its resolution only keeps the acknowledgement of all."""
    lines = [*MATRIX, line(100, policy=2, team_id=7)]
    assert minutes(lines, team_id=7) == 100
    assert minutes(lines, "ack", team_id=7) == 30
    assert minutes(lines, "update", team_id=7) is None
    assert minutes([], "ack") is None


def test_two_names_beat_one():
    lines = [*MATRIX, line(100, policy=2, team_id=7)]
    assert minutes(lines, team_id=7, severity="serious", grade_id=5) == 240


def test_the_nearer_category():
    lines = [
        line(300, policy=2, category_id=1),
        line(200, policy=3, category_id=2),
        line(100, policy=4, team_id=7),
    ]
    assert minutes(lines, category_ids=(2, 1), team_id=7) == 200
    assert minutes(lines, category_ids=(3, 1)) == 300
    assert minutes(lines, category_ids=(4,), team_id=7) == 100
    assert minutes(lines, category_ids=(4,)) is None
    lines.append(line(150, policy=5, category_id=1, severity="serious"))
    # two names go before one that is nearer
    assert minutes(lines, category_ids=(2, 1), severity="serious") == 150


def test_own_before_shared_then_sequence_then_age():
    shared = line(10, policy=1, sequence=1, shared=True, severity="serious")
    assert minutes([shared, line(99, policy=9)], severity="serious") == 99
    assert minutes([shared], severity="serious") == 10
    assert minutes([line(5, policy=3), line(6, policy=2)]) == 6
    assert minutes([line(5, policy=3, sequence=1), line(6, policy=2)]) == 5


def test_the_shorter_of_two_equal_promises():
    lines = [line(240, severity="very_serious"), line(720, grade_id=5)]
    assert minutes(lines, severity="very_serious", grade_id=5) == 240
    assert minutes([line(900, severity="serious"), line(720, grade_id=5)]) is None


def test_spelled():
    assert [spell(count) for count in (30, 240, 1470, 2400, 0, 540.4)] == [
        "30 min",
        "4 h",
        "3 d 30 min",
        "5 d",
        "0 min",
        "1 d 1 h",
    ]


ids = st.none() | st.integers(1, 3)
severities = st.sampled_from([None, "general", "serious"])
metrics = st.sampled_from(["ack", "resolution"])
all_lines = st.lists(
    st.builds(
        line,
        minutes=st.integers(1, 9),
        metric=metrics,
        policy=st.integers(1, 3),
        sequence=st.integers(1, 2),
        shared=st.booleans(),
        severity=severities,
        grade_id=ids,
        team_id=ids,
        category_id=ids,
    ),
    max_size=15,
)


def oracle(lines, metric, severity, grade_id, team_id, category_ids):
    """Drop what does not match, sort what is left by the rules, one by one."""
    left = [
        one
        for one in lines
        if one.metric == metric
        and one.severity in (None, severity)
        and one.grade_id in (None, grade_id)
        and one.team_id in (None, team_id)
        and (one.category_id is None or one.category_id in category_ids)
    ]
    left.sort(key=lambda one: one.target.minutes)
    left.sort(key=lambda one: one.target.policy_id)
    left.sort(key=lambda one: one.sequence)
    left.sort(
        key=lambda one: (
            category_ids.index(one.category_id)
            if one.category_id
            else len(category_ids)
        )
    )
    left.sort(
        key=lambda one: [
            one.severity,
            one.grade_id,
            one.team_id,
            one.category_id,
        ].count(None)
    )
    left.sort(key=lambda one: one.is_shared)
    return left[0].target if left else None


@given(all_lines, metrics, severities, ids, ids, st.permutations([1, 2, 3]))
def test_agrees_with_the_oracle(lines, metric, severity, grade, team, categories):
    compiled = CompiledPolicies(lines)
    for length in range(4):
        question = (metric, severity, grade, team, categories[:length])
        assert compiled.lookup(*question) == oracle(lines, *question)
        assert compiled.lookup(*question) == oracle(lines, *question)  # remembered
