# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What may become of a complaint: pure table."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_complaints.models.crm_complaint_terms import OPEN_STATES, STATES
from odoo.addons.crm_complaints.tools import transitions
from odoo.addons.crm_complaints.tools.transitions import TABLE, allowed, missing, target

# written down a second time, by hand, from the issue: what leads where
MOVES = {
    ("received", "acknowledge"): "acknowledged",
    ("acknowledged", "assess"): "assessed",
    ("assessed", "investigate"): "investigating",
    ("investigating", "resolve"): "resolved",
    ("resolved", "close"): "closed",
    ("resolved", "reopen"): "investigating",
    ("closed", "reopen"): "investigating",
    ("rejected", "reopen"): "investigating",
    ("received", "reject"): "rejected",
    ("acknowledged", "reject"): "rejected",
    ("assessed", "reject"): "rejected",
    ("investigating", "reject"): "rejected",
    ("received", "withdraw"): "withdrawn",
    ("acknowledged", "withdraw"): "withdrawn",
    ("assessed", "withdraw"): "withdrawn",
    ("investigating", "withdraw"): "withdrawn",
    ("resolved", "withdraw"): "withdrawn",
    ("received", "mark_duplicate"): "duplicate",
    ("acknowledged", "mark_duplicate"): "duplicate",
    ("assessed", "mark_duplicate"): "duplicate",
    ("investigating", "mark_duplicate"): "duplicate",
}
EVERY_NEED = {need for move in TABLE.values() for need in move.needs}


def test_terms_and_table_know_the_same_states():
    assert {state for state, _name in STATES} == transitions.STATES
    assert set(OPEN_STATES) == transitions.OPEN


@pytest.mark.parametrize(
    ("state", "action"), itertools.product(sorted(transitions.STATES), TABLE)
)
def test_every_pair_is_in_the_table_or_refused(state, action):
    """Nothing is undecided: each of the (state, action) pairs."""
    to = target(action, state)
    if TABLE[action].to:
        assert to == MOVES.get((state, action))
    else:
        assert to in (None, state)
    codes = missing(action, state, EVERY_NEED)
    assert codes == ([] if to else ["state"])
    assert (action in allowed(state)) is bool(to)


@given(
    action=st.sampled_from(sorted(TABLE)),
    state=st.sampled_from(sorted(transitions.STATES)),
    given_needs=st.sets(st.sampled_from(sorted(EVERY_NEED))),
)
def test_what_is_missing_is_exactly_what_was_not_given(action, state, given_needs):
    codes = missing(action, state, given_needs)
    move = TABLE[action]
    if state not in move.sources:
        assert codes == ["state"]
    else:
        assert set(codes) == set(move.needs) - given_needs
        # in the table's order, each once
        assert codes == [need for need in move.needs if need in codes]


def test_what_the_issue_asks_for():
    assert missing("acknowledge", "received", set()) == ["confirmation"]
    assert missing("assess", "acknowledged", {"severity"}) == ["category"]
    assert missing("resolve", "investigating", set()) == ["solution", "decision"]
    assert missing("close", "resolved", {"told"}) == ["answer"]
    assert missing("reject", "received", set()) == [
        "reject_reason",
        "appeal_path",
        "told",
    ]


def test_withdrawn_and_duplicate_never_come_back():
    assert not allowed("withdrawn")
    assert not allowed("duplicate")


def test_an_unknown_action_is_an_error():
    with pytest.raises(KeyError):
        missing("explode", "received", set())
