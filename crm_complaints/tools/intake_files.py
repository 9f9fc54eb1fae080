# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a stranger may send: pure checks of texts and files, without Odoo.

A file is taken when its name says a type that we take *and* its first bytes say the
same. What is taken is never opened or unpacked here, and is given out as a download
with its own type and ``nosniff``: what else it may be (a picture that is a page too)
stays harmless.
"""

import io
import re
import unicodedata
import zipfile
from typing import NamedTuple

MEGABYTE = 1024 * 1024
# Of all files at once, unless a single one may be larger.
USUAL_TOTAL_BYTES = 25 * MEGABYTE
MAX_NAME = 100
# An office file is a zip: so much it may say it unpacks to, and so many times its size.
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_UNPACK_RATIO = 200

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
# extension: (type that we store, kind of the first bytes)
FILE_TYPES = {
    "pdf": ("application/pdf", "pdf"),
    "png": ("image/png", "png"),
    "jpg": ("image/jpeg", "jpeg"),
    "jpeg": ("image/jpeg", "jpeg"),
    "gif": ("image/gif", "gif"),
    "webp": ("image/webp", "webp"),
    "heic": ("image/heic", "iso"),
    "mp4": ("video/mp4", "iso"),
    "mov": ("video/quicktime", "iso"),
    "txt": ("text/plain", "text"),
    "csv": ("text/csv", "text"),
    "docx": (f"{_OFFICE}.wordprocessingml.document", "zip"),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", "zip"),
    "odt": (f"{_OPEN_DOCUMENT}.text", "zip"),
    "ods": (f"{_OPEN_DOCUMENT}.spreadsheet", "zip"),
}
_OFFICE_MEMBERS = {
    "docx": "word/",
    "xlsx": "xl/",
    "odt": "content.xml",
    "ods": "content.xml",
}
# controls but tab and line ends; NUL is refused by PostgreSQL
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class CheckedFile(NamedTuple):
    """A file that may be stored: name without path, type that we determined, bytes."""

    name: str
    mimetype: str
    content: bytes


class FileLimits(NamedTuple):
    """How many files may come at once, and how large each may be (bytes)."""

    files: int = 5
    file_bytes: int = 10 * MEGABYTE

    @property
    def total_bytes(self):
        """How large all of them may be together."""
        return max(USUAL_TOTAL_BYTES, self.file_bytes) if self.files else 0


DEFAULT_LIMITS = FileLimits()


class FileRefusedError(ValueError):
    """A file is not taken; ``code`` says why, ``name`` which one (safe to show).

    Codes: ``count``, ``total``, ``size``, ``empty``, ``type``, ``content``.
    """

    def __init__(self, code, name=""):
        super().__init__(code)
        self.code = code
        self.name = name


def clean_text(value, limit):
    """Return ``value`` as a text that can be stored, at most ``limit`` characters.

    Anything that is no text (a file, a list, a number) is an empty text. Controls go,
    line ends are one character, blanks around it go.
    """
    if not isinstance(value, str):
        return ""
    text = value[: limit * 2].replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", text)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text.strip()[:limit]


def clean_line(value, limit):
    """Return ``value`` as one line: like :func:`clean_text`, every blank one space."""
    return " ".join(clean_text(value, limit).split())


def safe_name(name):
    """Return the last part of a file's name without what hides its true ending.

    Directories (of either system), controls and invisible characters such as the
    right-to-left override go; so do dots in front. Never empty.
    """
    name = str(name or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", name[:1000])
    name = "".join(
        char
        for char in name
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")
    )
    name = " ".join(re.sub(r'[<>:"|?*]', "_", name).split()).lstrip(".")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        return name[:MAX_NAME] or "file"
    return f"{stem[: MAX_NAME - 10] or 'file'}.{extension[:9]}"


def check_files(files, limits=DEFAULT_LIMITS):
    """Return a :class:`CheckedFile` for each ``(name, content)``.

    :param limits: :class:`FileLimits`
    :raise FileRefusedError: for the first one that is not taken; then none is.
    """
    if len(files) > limits.files:
        raise FileRefusedError("count")
    if sum(len(content) for _name, content in files) > limits.total_bytes:
        raise FileRefusedError("total")
    return [check_file(name, content, limits) for name, content in files]


def check_file(name, content, limits=DEFAULT_LIMITS):
    """Return the :class:`CheckedFile` of one file, or raise FileRefusedError."""
    name = safe_name(name)
    if not content:
        raise FileRefusedError("empty", name)
    if len(content) > limits.file_bytes:
        raise FileRefusedError("size", name)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in FILE_TYPES:
        raise FileRefusedError("type", name)
    mimetype, kind = FILE_TYPES[extension]
    if not _starts_as(kind, content):
        raise FileRefusedError("content", name)
    if kind == "zip" and not _is_sound_office(extension, content):
        raise FileRefusedError("content", name)
    return CheckedFile(name, mimetype, content)


def _starts_as(kind, content):
    """Whether the first bytes are those of this kind of file."""
    if kind == "pdf":
        return b"%PDF-" in content[:1024]
    if kind == "png":
        return content.startswith(b"\x89PNG\r\n\x1a\n")
    if kind == "jpeg":
        return content.startswith(b"\xff\xd8\xff")
    if kind == "gif":
        return content.startswith((b"GIF87a", b"GIF89a"))
    if kind == "webp":
        return content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if kind == "iso":
        return content[4:8] == b"ftyp"
    if kind == "zip":
        return content.startswith(b"PK\x03\x04")
    return _is_text(content)


def _is_text(content):
    """Whether these bytes are a text in one of the usual encodings."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        if b"\x00" in content:
            return False
        encodings = ("utf-8-sig", "gb18030", "cp1252")
    for encoding in encodings:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_sound_office(extension, content):
    """Whether a zip is such an office file, and small when unpacked.

    Reads the table of contents only. The sizes it states bind whoever unpacks it
    later: Python's reader stops at them.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    unpacked = sum(member.file_size for member in members)
    if unpacked > min(MAX_UNPACKED_BYTES, MAX_UNPACK_RATIO * len(content)):
        return False
    wanted = _OFFICE_MEMBERS[extension]
    return any(member.filename.startswith(wanted) for member in members)
