# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The messages that gateways deliver: signature and form. Pure."""

import hashlib
import hmac
import json
import re
from datetime import datetime, timezone

from .mail_text import clean_line, clean_text

MAX_BYTES = 64 * 1024  # of a body that is looked at
HARD_MAX_BYTES = 2 * 1024 * 1024  # of a body that is received at all
TOLERANCE = 300  # seconds that the clocks of both sides may differ
# Characters of each field that is accepted; all are text.
LENGTHS = {
    "external_id": 128,
    "conversation": 128,
    "name": 128,
    "phone": 40,
    "email": 254,
    "subject": 200,
    "text": 20000,
    "order": 64,
    "occurred_at": 40,
}
REQUIRED = ("external_id", "text")
# A key is compared, so it is taken as it is or not at all.
KEY = re.compile(r"[\x21-\x7e]+")
TIMESTAMP = re.compile(r"[0-9]{1,12}")
SIGNATURE = re.compile(r"(?:sha256=)?([0-9a-fA-F]{64})")


class Junk(ValueError):
    """A delivery that is signed, but no message."""


def sign(secret, timestamp, body):
    """The signature of a delivery: HMAC-SHA256 of timestamp, a full stop and the body.

    :param secret: str
    :param timestamp: str, seconds since 1970 UTC
    :param body: bytes as they are sent
    :return: 64 hexadecimal digits
    """
    message = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_signed(secret, timestamp, signature, body, now):
    """Whether whoever knows ``secret`` sent this, and just now.

    :param timestamp: header as it came, or None
    :param signature: header as it came, or None; may begin with ``sha256=``
    :param now: seconds since 1970 UTC
    """
    stamp = timestamp if TIMESTAMP.fullmatch(timestamp or "") else "0"
    given = SIGNATURE.fullmatch(signature or "")
    expected = sign(secret, stamp, body)
    # compared whatever else is wrong: the time it takes tells nothing
    matches = hmac.compare_digest(expected, given[1].lower() if given else "0" * 64)
    return matches and bool(given) and abs(now - int(stamp)) <= TOLERANCE


def parse(body):
    """The fields of a delivery, cleaned.

    :param body: bytes, JSON in UTF-8: one object of texts, keys of :data:`LENGTHS`
    :return: dict with every key of :data:`LENGTHS`; what was not sent is ``""``;
        ``occurred_at`` is a naive UTC datetime or None
    :raise Junk: anything else
    """
    try:
        data = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise Junk("no JSON") from error
    if not isinstance(data, dict) or set(data) - set(LENGTHS):
        raise Junk("unknown fields")
    values = {}
    for name, length in LENGTHS.items():
        value = data.get(name, "")
        if value is None:
            value = ""
        if not isinstance(value, str) or len(value) > length or "\0" in value:
            raise Junk(name)
        if name in ("external_id", "conversation") and value:
            if not KEY.fullmatch(value):
                raise Junk(name)
        else:
            value = clean_text(value) if name == "text" else clean_line(value, length)
        values[name] = value
    for name in REQUIRED:
        if not values[name]:
            raise Junk(name)
    values["occurred_at"] = _moment(values["occurred_at"])
    return values


def _moment(text):
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise Junk("occurred_at")
        return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError) as error:
        raise Junk("occurred_at") from error
