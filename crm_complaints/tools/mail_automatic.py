# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a person wrote an e-mail: RFC 3834, RFC 3464 and common headers. Pure."""

import re

PRECEDENCES = frozenset({"bulk", "junk", "auto_reply", "list"})
PRESENT = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id")
NOT_AUTOMATIC = frozenset({"", "no", "none"})
ROBOTS = frozenset({"mailerdaemon", "postmaster", "noreply", "donotreply"})


def automatic_reason(headers, sender, own_addresses=()):
    """Why a message was sent by a machine, or None if a person may have written it.

    :param headers: pairs of (name, value) as they stand in the message
    :param sender: the sender's plain address, lower case, or a false value
    :param own_addresses: addresses at which we receive mail: who writes from there
        answers himself
    :return: the header or address that tells, or None
    """
    sender = (sender or "").strip().lower()
    if sender and sender in own_addresses:
        return "own address"
    local = re.sub(r"[^a-z]", "", sender.partition("@")[0].partition("+")[0])
    if local in ROBOTS:
        return "sender"
    for raw_name, raw_value in headers:
        name = str(raw_name).strip().lower()
        value = str(raw_value).strip().lower()
        word = re.split(r"[\s;(]", value, maxsplit=1)[0]
        if name == "auto-submitted" and word not in NOT_AUTOMATIC:
            return name
        if name == "precedence" and word in PRECEDENCES:
            return name
        if name in PRESENT and value not in NOT_AUTOMATIC:
            return name
        if name == "return-path" and re.sub(r"\s", "", value) == "<>":
            return name
        if name == "content-type" and word == "multipart/report":
            return name
    return None
