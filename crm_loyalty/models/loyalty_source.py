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
