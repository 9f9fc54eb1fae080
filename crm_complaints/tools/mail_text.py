# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What strangers write, made harmless: subjects, names of files, moments. Pure."""

import re
import unicodedata
from datetime import timedelta

# How much older than its arrival the moment may be that a sender claims.
CLAIM_LIMIT = timedelta(hours=1)
SUBJECT_LENGTH = 200
FILE_NAME_LENGTH = 120
TOKENS = 5  # numbers in one subject that are looked up
TOKEN = re.compile(r"\[([^\[\]\s]{3,40})\]")
# What turns the direction of reading makes "exe.gpj" look like a picture.
CATEGORIES_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})
JOINERS = "\u200c\u200d"  # parts of words and of emoji


def clean_line(text, length=SUBJECT_LENGTH):
    """One line of visible characters, at most ``length`` of them.

    >>> clean_line("a\\r\\nBcc: b\\0")
    'a Bcc: b'
    """
    visible = (
        " " if char.isspace() else char
        for char in text or ""
        if char.isspace()
        or char in JOINERS
        or unicodedata.category(char) not in CATEGORIES_DROPPED
    )
    return " ".join("".join(visible).split())[:length].rstrip()


def clean_text(text):
    """Text of several lines without NUL and other control characters."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean_line(line, len(line)) for line in lines).strip()


def clean_file_name(name, default="attachment"):
    """A file name without folders, control characters and turned reading direction.

    >>> clean_file_name("../../etc/passwd")
    'passwd'
    """
    name = clean_line(name, 1000).replace("\\", "/").rpartition("/")[2].strip(" .")
    if len(name) > FILE_NAME_LENGTH:
        stem, dot, suffix = name.rpartition(".")
        keep = suffix if dot and len(suffix) <= 10 else ""
        room = FILE_NAME_LENGTH - len(keep) - 1
        name = f"{(stem or name)[:room]}.{keep}" if keep else name[:FILE_NAME_LENGTH]
    return name or default


def received_at(claimed, arrival):
    """When a message was received: what its sender claims, if that can be true.

    A promise runs from the arrival. The claim makes up for the minutes that a mail
    server or a gateway keeps a message; a clock that is wrong by more decides nothing.

    :param claimed: naive UTC datetime or None
    :param arrival: naive UTC datetime
    :return: ``claimed`` if within an hour before ``arrival``, else ``arrival``
    """
    if claimed and arrival - CLAIM_LIMIT <= claimed <= arrival:
        return claimed
    return arrival


def subject_numbers(subject):
    """What stands in square brackets in a subject and may be a number, in order.

    >>> subject_numbers("Re: [CMP/2026/00001] broken")
    ['CMP/2026/00001']
    """
    return list(dict.fromkeys(TOKEN.findall(clean_line(subject, 1000))))[:TOKENS]
