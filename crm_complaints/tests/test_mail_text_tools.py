# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules about e-mails and deliveries without a database."""

import base64
import email
import email.policy
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odoo.addons.crm_complaints.tools import mail_bounds, webhook
from odoo.addons.crm_complaints.tools.mail_automatic import automatic_reason
from odoo.addons.crm_complaints.tools.mail_text import (
    clean_file_name,
    clean_line,
    clean_text,
    received_at,
    subject_numbers,
)

ARRIVAL = datetime(2026, 9, 18, 9)


@pytest.mark.parametrize(
    ("headers", "sender", "reason"),
    [
        ([("Auto-Submitted", "auto-replied")], "a@b.example", "auto-submitted"),
        ([("auto-submitted", "Auto-Generated; x=1")], "a@b.example", "auto-submitted"),
        ([("Auto-Submitted", "no")], "a@b.example", None),
        ([("Auto-Submitted", "no (really)")], "a@b.example", None),
        ([("Precedence", "Bulk")], "a@b.example", "precedence"),
        ([("Precedence", "first-class")], "a@b.example", None),
        (
            [("X-Auto-Response-Suppress", "OOF")],
            "a@b.example",
            "x-auto-response-suppress",
        ),
        ([("X-Auto-Response-Suppress", "None")], "a@b.example", None),
        ([("X-Autoreply", "yes")], "a@b.example", "x-autoreply"),
        ([("X-Autorespond", "")], "a@b.example", None),
        ([("List-Id", "<x.example>")], "a@b.example", "list-id"),
        ([("Return-Path", " < > ")], "a@b.example", "return-path"),
        ([("Return-Path", "<a@b.example>")], "a@b.example", None),
        ([("Content-Type", "multipart/report; x=y")], "a@b.example", "content-type"),
        ([("Content-Type", "multipart/mixed")], "a@b.example", None),
        ([], "MAILER-DAEMON@b.example", "sender"),
        ([], "no_reply+12@b.example", "sender"),
        ([], "do-not-reply@b.example", "sender"),
        ([], "norepli@b.example", None),
        ([], "own@b.example", "own address"),
        ([], "", None),
        ([], None, None),
    ],
)
def test_automatic(headers, sender, reason):
    assert automatic_reason(headers, sender, ["own@b.example"]) == reason


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (None, ARRIVAL),
        (ARRIVAL, ARRIVAL),
        (ARRIVAL - timedelta(minutes=2), ARRIVAL - timedelta(minutes=2)),
        (ARRIVAL - timedelta(hours=1), ARRIVAL - timedelta(hours=1)),
        (ARRIVAL - timedelta(hours=1, seconds=1), ARRIVAL),
        (ARRIVAL + timedelta(seconds=1), ARRIVAL),
        (datetime(1970, 1, 1), ARRIVAL),
        (datetime(9999, 1, 1), ARRIVAL),
    ],
)
def test_received_at(claimed, expected):
    assert received_at(claimed, ARRIVAL) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\shell.php", "shell.php"),
        ("photo\u202egpj.svg", "photogpj.svg"),
        ("a\r\nb\0.txt", "a b.txt"),
        ("..", "attachment"),
        ("", "attachment"),
        (None, "attachment"),
        ("投诉.pdf", "投诉.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
    ],
)
def test_clean_file_name(name, expected):
    assert clean_file_name(name) == expected


@given(st.text())
@example("a\u2028b")
def test_clean_line(text):
    line = clean_line(text)
    assert len(line) <= 200 and "\0" not in line
    assert line == " ".join(line.split())
    assert clean_line(line) == line


def test_clean_text():
    assert clean_text("a\r\n\0b\rc\n") == "a\nb\nc"


def test_subject_numbers():
    assert subject_numbers("AW: [CMP/2026/00001] x [SPAM] [a b]") == [
        "CMP/2026/00001",
        "SPAM",
    ]
    assert subject_numbers("[[CMP/1]]") == ["CMP/1"]
    assert (
        len(subject_numbers("[abc]" * 9 + "".join(f"[n{n:03}]" for n in range(9)))) == 5
    )
    assert subject_numbers(None) == []


# BOUNDS


def _parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def test_ordinary_mail_passes_as_it_is():
    raw = b"Message-Id: <1@x>\r\nSubject: a\r\n b\r\nTo: x@y.example\r\n\r\nText\r\n"
    assert mail_bounds.bounded(raw) == raw


def test_no_message_id():
    raw = b"Subject: a\r\n\r\nText"
    bounded = mail_bounds.bounded(raw)
    assert bounded == mail_bounds.bounded(raw)
    assert "@no-message-id>" in _parsed(bounded)["Message-Id"]
    assert mail_bounds.bounded(raw + b"!") != bounded


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"no header", b"\0", b"\xff\xfe: \xff"]
)
def test_nothing_at_all(raw):
    assert _parsed(mail_bounds.bounded(raw))["Message-Id"]


def test_thousands_of_recipients():
    people = [f"p{n}@many.example" for n in range(5000)]
    raw = b"Message-Id: <1@x>\r\nTo: %s,\r\n Us <us@own.example>\r\n\r\nText" % (
        ",\r\n ".join(people).encode()
    )
    bounded = mail_bounds.bounded(raw, lambda texts: [t for t in texts if "own" in t])
    addresses = [a.addr_spec for a in _parsed(bounded)["To"].addresses]
    assert addresses == [*people[: mail_bounds.RECIPIENTS], "us@own.example"]


def test_nested_a_thousand_times():
    head = b"From: a@b.example\r\nSubject: deep\r\nMessage-Id: <1@x>\r\n"
    raw = head
    for level in range(1000):
        raw += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (
            level,
            level,
        )
    raw += b"Content-Type: text/plain\r\n\r\nBottom\r\n"
    message = _parsed(mail_bounds.bounded(raw, notice="See the file."))
    assert message["Subject"] == "deep" and message["From"] == "a@b.example"
    text, original = message.iter_parts()
    assert text.get_content() == "See the file.\n"
    assert original.get_filename() == "original.eml"
    assert original.get_content() == raw


def test_thousands_of_parts():
    raw = b'Message-Id: <1@x>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    raw += b"--b\r\n\r\n\r\n" * 6000
    assert len(list(_parsed(mail_bounds.bounded(raw)).walk())) == 3


def test_too_large_is_not_attached(monkeypatch):
    monkeypatch.setattr(mail_bounds, "MAX_BYTES", 1000)
    raw = b"Message-Id: <1@x>\r\nSubject: big\r\n\r\n" + b"x" * 2000
    message = _parsed(mail_bounds.bounded(raw, notice="Too large."))
    assert message["Subject"] == "big" and message.get_content() == "Too large.\n"


def test_headers_of_megabytes():
    raw = b"Message-Id: <1@x>\r\nX-Long: " + b"x" * 10**6 + b"\r\n"
    raw += b"References: " + b"<r@x> " * 10**5 + b"\r\n"
    raw += b"X-N: 1\r\n" * 1000 + b"\r\nText"
    bounded = mail_bounds.bounded(raw)
    assert len(bounded) < 50_000
    assert _parsed(bounded)["References"].endswith("<r@x>")


def test_nul_in_encoded_words():
    raw = b"Message-Id: <1@x>\r\nSubject: =?utf-8?Q?a=00b?= =?utf-8?B?%s?=\r\n\r\n" % (
        base64.b64encode(b"c\0d")
    )
    assert _parsed(mail_bounds.bounded(raw))["Subject"] == "abcd"


@pytest.mark.parametrize("charset", ["x-unknown", "utf-8", "rot13", "base64", "a b\0"])
def test_any_charset_is_readable(charset):
    raw = b'Content-Type: text/plain; charset="%s"\r\n\r\n' % charset.encode()
    message = _parsed(raw + b"l\xe4uft\0 nicht")
    mail_bounds.repair_parts(message)
    assert "uft nicht" in message.get_content()


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_a_text_of_megabytes_becomes_a_file(subtype):
    long = b"x" * (mail_bounds.MAX_TEXT + 1)
    single = _parsed(
        b"Subject: s\r\nContent-Type: text/%s\r\n\r\n%s" % (subtype.encode(), long)
    )
    mail_bounds.repair_parts(single)
    text, attachment = single.iter_parts()
    assert text.get_content() == "…\n" and attachment.is_attachment()
    assert attachment.get_content() == long
    assert single["Subject"] == "s"
    several = _parsed(
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/%s\r\n\r\n%s\r\n--b--" % (subtype.encode(), long)
    )
    mail_bounds.repair_parts(several)
    (part,) = several.iter_parts()
    assert part.is_attachment() and len(part.get_content()) >= len(long)


# WEBHOOK

BODY = {"external_id": "m1", "text": "Broken"}


def test_signature():
    signature = webhook.sign("secret", "1000", b"body")
    assert signature == (
        # printf 1000.body | openssl dgst -sha256 -hmac secret
        "b758bf26aabb35e5311bc10fd17ab6ad0881e9717e7d5fa7e233f3cea6868b45"
    )
    for stamp, given_signature, body, now, is_right in (
        ("1000", signature, b"body", 1000, True),
        ("1000", f"sha256={signature.upper()}", b"body", 1300, True),
        ("1000", signature, b"body", 700, True),
        ("1000", signature, b"body", 1301, False),
        ("1000", signature, b"body", 699, False),
        ("1001", signature, b"body", 1000, False),
        ("1000", signature, b"Body", 1000, False),
        ("1000", signature[:-1], b"body", 1000, False),
        ("1000", "", b"body", 1000, False),
        ("1000", None, b"body", 1000, False),
        (None, signature, b"body", 1000, False),
        ("1e3", signature, b"body", 1000, False),
        ("-1000", signature, b"body", 1000, False),
        ("1" * 400, signature, b"body", 1000, False),
        ("١٠٠٠", signature, b"body", 1000, False),
    ):
        assert (
            webhook.is_signed("secret", stamp, given_signature, body, now) is is_right
        )
    assert not webhook.is_signed("Secret", "1000", signature, b"body", 1000)


def test_parse():
    values = webhook.parse(
        json.dumps(
            {
                **BODY,
                "name": " Li\n Na ",
                "phone": None,
                "occurred_at": "2026-09-18T17:00:00+08:00",
            }
        ).encode()
    )
    assert values == {
        "external_id": "m1",
        "conversation": "",
        "name": "Li Na",
        "phone": "",
        "email": "",
        "subject": "",
        "text": "Broken",
        "order": "",
        "occurred_at": datetime(2026, 9, 18, 9),
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"\xff",
        b"[" * 60000,
        b"1" * 60000,
        b'{"external_id": "m1"}',
        b'{"text": "x"}',
        b'{"external_id": "", "text": "x"}',
        b'{"external_id": "m1", "text": "   "}',
        b'{"external_id": 1, "text": "x"}',
        b'{"external_id": ["m1"], "text": "x"}',
        b'{"external_id": "m 1", "text": "x"}',
        b'{"external_id": "m1", "text": "a\\u0000b"}',
        b'{"external_id": "m\\ud800", "text": "x"}',
        b'{"external_id": "m1", "text": {"a": 1}}',
        b'{"external_id": "m1", "text": "x", "state": "closed"}',
        b'{"external_id": "m1", "text": "x", "occurred_at": "yesterday"}',
        b'{"external_id": "m1", "text": "x", "occurred_at": "2026-09-18T09:00:00"}',
        b'{"external_id": "m", "text": "x", "occurred_at": "0001-01-01T00:00+09:00"}',
        json.dumps({**BODY, "text": "x" * 20001}).encode(),
        json.dumps({**BODY, "name": "x" * 129}).encode(),
    ],
)
def test_junk(body):
    with pytest.raises(webhook.Junk):
        webhook.parse(body)
