# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Raw e-mails that would cost too much, or break the parser, made plain. Pure.

What is ordinary passes as it is. Nothing is lost quietly: what cannot be read is
attached to the plain message that stands for it.
"""

import base64
import codecs
import hashlib
import re
from email.message import EmailMessage

MAX_BYTES = 64 * 1024 * 1024  # more is not even attached
MAX_CONTAINERS = 50  # multipart or forwarded messages in one another
MAX_BOUNDARIES = 5000
MAX_TEXT = 1024 * 1024  # longer texts are attached
MAX_HEADER = 16 * 1024
MAX_HEADERS = 500
RECIPIENTS = 50  # kept of a longer list, beside our own

CONTAINER = re.compile(rb"multipart/|message/rfc822", re.IGNORECASE)
END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
NEXT_HEADER = re.compile(rb"\r?\n(?![ \t])")
ADDRESS = re.compile(rb"[^\s<>()\[\],;:\"'@\\]+@[^\s<>()\[\],;:\"'@\\]+")
ENCODED_WORD = re.compile(rb"=\?([\w.:-]+)(?:\*[\w-]*)?\?([bBqQ])\?([^?\s]*)\?=")
BREAKING = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
LISTS = (b"to", b"cc", b"delivered-to", b"resent-to", b"resent-cc", b"bcc")


def bounded(raw, keep_addresses=None, notice=""):
    """The same e-mail, without what no gateway should have to bear.

    :param raw: bytes as they came
    :param keep_addresses: takes a list of addresses (str, lower case), returns those
        that must not be cut from a list of thousands
    :param notice: text of the plain message that stands for one that cannot be read
    :return: bytes; ``raw`` itself if nothing is wrong with it
    """
    whole = raw
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"")
    head, separator, body = _split(raw)
    headers = [
        _harmless(line, keep_addresses) for line in NEXT_HEADER.split(head) if line
    ]
    if len(headers) > MAX_HEADERS:
        headers = headers[:MAX_HEADERS]
    if not any(_name(line) == b"message-id" for line in headers):
        # the same message brought twice must be known again
        digest = hashlib.sha256(whole).hexdigest()
        headers.insert(0, b"Message-Id: <%s@no-message-id>" % digest.encode())
    raw = b"\r\n".join(headers) + (separator or b"\r\n\r\n") + body
    if (
        len(raw) > MAX_BYTES
        or len(CONTAINER.findall(raw)) > MAX_CONTAINERS
        or raw.count(b"\n--") > MAX_BOUNDARIES
    ):
        return flat(raw, notice)
    return raw


def flat(raw, notice=""):
    """A plain message with the sender, subject and recipients of ``raw``.

    :param raw: bytes of a message that cannot be read, or not for this price
    :param notice: its text
    :return: bytes with ``raw`` attached, unless it is over :data:`MAX_BYTES`
    """
    head = _split(raw)[0]
    lines = [
        line
        for line in NEXT_HEADER.split(head)
        if not _name(line).startswith((b"content-", b"mime-version"))
    ]
    body = EmailMessage()
    body.set_content(notice or "…", cte="base64")
    if len(raw) <= MAX_BYTES:
        body.add_attachment(
            raw, maintype="application", subtype="octet-stream", filename="original.eml"
        )
    return b"\r\n".join(lines) + b"\r\n" + body.as_bytes()


def repair_parts(message):
    """Make the texts of a parsed message readable, in place.

    An unknown charset is guessed, NUL goes, a text of many megabytes becomes a file.

    :param message: ``email.message.EmailMessage``
    """
    for part in message.walk():
        if part.get_content_maintype() != "text":
            continue
        content = part.get_payload(decode=True)
        if content is None:
            continue
        name = part.get_content_charset()
        charset = _codec(name or "utf-8")
        long = len(content) > MAX_TEXT
        if charset and not long and b"\0" not in content:
            continue
        text = _decoded(content, charset).replace("\0", "")
        if part.get("Content-Transfer-Encoding") is not None:
            del part["Content-Transfer-Encoding"]
        part.set_param("charset", "utf-8")
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(base64.encodebytes(text.encode(errors="replace")).decode())
        if long and part is message:
            _attach_itself(message)
        elif long:
            suffix = "html" if part.get_content_subtype() == "html" else "txt"
            del part["Content-Disposition"]
            part.add_header(
                "Content-Disposition", "attachment", filename=f"text.{suffix}"
            )


def _attach_itself(message):
    """Turn a message that is one long text into one with that text as a file."""
    text = message.get_payload(decode=True)
    suffix = "html" if message.get_content_subtype() == "html" else "txt"
    for header in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition"):
        del message[header]
    message.set_payload(None)
    message.set_content("…")
    message.add_attachment(
        text, maintype="application", subtype="octet-stream", filename=f"text.{suffix}"
    )


def _split(raw):
    end = END_OF_HEADERS.search(raw)
    if not end:
        return raw, b"", b""
    return raw[: end.start()], end.group(), raw[end.end() :]


def _name(line):
    return line.partition(b":")[0].strip().lower()


def _harmless(line, keep_addresses):
    """One header, folded or not, short enough and without NUL in its words."""
    if b"=?" in line:
        line = ENCODED_WORD.sub(_in_one_line, line)
    if len(line) <= MAX_HEADER:
        return line
    name = line.partition(b":")[0]
    if _name(line) in LISTS:
        addresses = list(dict.fromkeys(ADDRESS.findall(line[len(name) :])))
        kept = addresses[:RECIPIENTS]
        if keep_addresses:
            texts = [address.decode("ascii", "ignore").lower() for address in addresses]
            own = set(keep_addresses(texts))
            kept += [
                address
                for address, text in zip(addresses, texts, strict=True)
                if text in own and address not in kept
            ]
        return name + b": " + b", ".join(kept)
    if _name(line) == b"references":
        return name + b": " + b" ".join(line[-MAX_HEADER:].split()[1:])
    return line[:MAX_HEADER].replace(b"\r", b"").replace(b"\n", b"")


def _in_one_line(match):
    """An encoded word that decodes neither to NUL nor to the end of a header."""
    charset, encoding, text = match.groups()
    codec = _codec(charset.decode()) or "utf-8"
    try:
        if encoding in b"bB":
            content = base64.b64decode(text + b"=" * (-len(text) % 4))
        else:
            content = re.sub(
                rb"=([0-9A-Fa-f]{2})",
                lambda code: bytes([int(code[1], 16)]),
                text.replace(b"_", b" "),
            )
    except ValueError:
        return b""
    decoded = content.decode(codec, "replace")
    clean = BREAKING.sub(" ", decoded.replace("\0", ""))
    if clean == decoded:
        return match.group()
    clean = clean.encode(errors="replace")
    return b"=?utf-8?B?%s?=" % base64.b64encode(clean)


def _codec(name):
    """The name if Python knows it as an encoding of texts."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return name if getattr(info, "_is_text_encoding", True) else None


def _decoded(content, charset):
    for name in filter(None, (charset, "utf-8")):
        try:
            return content.decode(name)
        except ValueError:
            continue
    return content.decode("latin-1")
