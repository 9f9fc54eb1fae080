# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one table of what may become of a complaint: pure, no database.

A complaint goes received > acknowledged > assessed > investigating > resolved > closed
(ISO 10002, 7.2-7.9); it may be rejected, withdrawn, found to be a duplicate, reopened.
What is not in :data:`TABLE` is not allowed. An action that leads nowhere (``to`` is
None) leaves the stage as it is.
"""

from typing import NamedTuple

OPEN = frozenset({"received", "acknowledged", "assessed", "investigating"})
STATES = OPEN | {"resolved", "closed", "rejected", "withdrawn", "duplicate"}
# Nothing more happens to these unless they are reopened.
SETTLED = frozenset({"closed", "rejected", "withdrawn", "duplicate"})


class Move(NamedTuple):
    """From which states, to which one, and what there has to be."""

    sources: frozenset
    to: str | None
    needs: tuple = ()


TABLE = {
    "acknowledge": Move(frozenset({"received"}), "acknowledged", ("confirmation",)),
    "assess": Move(frozenset({"acknowledged"}), "assessed", ("severity", "category")),
    "investigate": Move(frozenset({"assessed"}), "investigating"),
    "contain": Move(OPEN, None, ("containment",)),
    "pause": Move(OPEN, None, ("pause_reason",)),
    "resume": Move(OPEN, None, ("open_pause",)),
    "tell": Move(OPEN | {"resolved"}, None, ("decision_text",)),
    "resolve": Move(frozenset({"investigating"}), "resolved", ("solution", "decision")),
    "update": Move(OPEN, None),
    "accept": Move(frozenset({"resolved"}), None, ("told",)),
    "close": Move(frozenset({"resolved"}), "closed", ("told", "answer")),
    "reopen": Move(frozenset({"resolved", "closed", "rejected"}), "investigating"),
    "appeal": Move(frozenset({"resolved", "closed", "rejected"}), None),
    "reject": Move(OPEN, "rejected", ("reject_reason", "appeal_path", "told")),
    "withdraw": Move(OPEN | {"resolved"}, "withdrawn"),
    "mark_duplicate": Move(
        OPEN,
        "duplicate",
        (
            "survivor",
            "other",
            "survivor_company",
            "survivor_leads",
            "survivor_customer",
        ),
    ),
}


def target(action, state):
    """The state that ``action`` leads to from ``state``; None if it is refused.

    :raise KeyError: there is no such action
    """
    move = TABLE[action]
    return (move.to or state) if state in move.sources else None


def missing(action, state, given):
    """What stands in the way of an action, all at once.

    :param action: a key of :data:`TABLE`
    :param state: the complaint's state
    :param given: set of those needs (see :data:`TABLE`) that are fulfilled
    :return: list of codes: ``state`` first if the action does not start from here, then
        the needs in the table's order; empty if the action is allowed
    :raise KeyError: there is no such action
    """
    move = TABLE[action]
    if state not in move.sources:
        # what else is missing would mislead: it would not help
        return ["state"]
    return [need for need in move.needs if need not in given]


def allowed(state):
    """The actions that start from ``state``, in the table's order."""
    return [action for action, move in TABLE.items() if state in move.sources]
