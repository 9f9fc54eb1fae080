# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where a change of a card's points comes from, said in a way that no client can forge.

Odoo's own code changes points by writing ``loyalty.card.points``. Code of ours that
calls it says what it is about by putting a :class:`PostingSource` in the context. A
context that comes over RPC holds plain values only: it cannot hold one of these.
"""

from typing import Any, NamedTuple

CONTEXT_KEY = "crm_loyalty_source"


class PostingSource(NamedTuple):
    """What the points are written for.

    :param credit: kind of entry for points that come
    :param debit: kind of entry for points that go
    :param key: key of the entry; for several cards or changes the card and a number
        are appended
    :param record: the source record
    :param reason: words for the entry
    """

    credit: str
    debit: str
    key: str
    record: Any = None
    reason: str | None = None


def source_of(env):
    """Return the :class:`PostingSource` that server code put there, or None."""
    source = env.context.get(CONTEXT_KEY)
    return source if isinstance(source, PostingSource) else None


class Deferred:
    """In the context: whoever put it there posts the points when Odoo's code is done.

    Odoo's own steps on a confirmed order write a card's points back and forth before
    they are right. What they write to cards with a ledger is left out meanwhile, and
    ``costs`` keeps what the rewards of each order had cost when the steps began.

    :param costs: ``{(order id, card id): points}``
    """

    def __init__(self, costs):
        self.costs = costs


def deferred_of(env):
    """Return the :class:`Deferred` that server code put there, or None."""
    deferred = env.context.get(CONTEXT_KEY)
    return deferred if isinstance(deferred, Deferred) else None
