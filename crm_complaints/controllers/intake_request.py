# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the pages for customers and strangers share when they read a request."""

import hmac
import ipaddress

import pytz
import werkzeug.exceptions

from odoo.http import request

from ..tools.intake_files import FILE_TYPES, MEGABYTE, FileLimits, check_files

# Of a whole request, what the form is wrapped in.
FORM_BYTES = 2 * MEGABYTE
MAX_SUBJECT = 150
MAX_TEXT = 20_000
MAX_LINE = 100
MAX_ID = 2**31 - 1
ACCEPTED_FILES = ",".join(f".{extension}" for extension in sorted(FILE_TYPES))


def remote_network():
    """Return the sender's address as limits count it: IPv6 by its network (/64)."""
    address = request.httprequest.remote_addr or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def current_limits():
    """Return the :class:`FileLimits` that the company has set."""
    company = request.env.company.sudo()  # sudo: strangers read no company
    return FileLimits(
        company.crm_complaint_attachment_count,
        company.crm_complaint_attachment_mb * MEGABYTE,
    )


def max_request_bytes(_controller=None):
    """Return how much a request may bring: the files, and the form around them."""
    return current_limits().total_bytes + FORM_BYTES


def posted_files(field="files"):
    """Return the checked files of a form; raise FileRefusedError for the first bad one.

    Reads no more of each than decides that it is too big.
    """
    limits = current_limits()
    found = []
    for storage in request.httprequest.files.getlist(field):
        content = storage.read(limits.file_bytes + 1)
        if storage.filename or content:
            found.append((storage.filename, content))
        if len(found) > limits.files:
            break
    return check_files(found, limits)


def file_limits():
    """Return what forms say about files."""
    limits = current_limits()
    return {
        "accepted_files": ACCEPTED_FILES,
        "max_files": limits.files,
        "max_file_bytes": limits.file_bytes,
    }


def file_error(error):
    """Return what to tell a person whose file was refused."""
    limits = current_limits()
    if error.code == "count" and not limits.files:
        return request.env._("We take no files here. Please describe it in words.")
    if error.code == "count":
        return request.env._(
            "Please send at most %(count)s files at once.", count=limits.files
        )
    if error.code == "total":
        return request.env._(
            "These files are too big together. Please send at most %(size)s MB.",
            size=limits.total_bytes // MEGABYTE,
        )
    if error.code == "size":
        return request.env._(
            "%(name)s is too big. Please send files of at most %(size)s MB.",
            name=error.name,
            size=limits.file_bytes // MEGABYTE,
        )
    if error.code == "empty":
        return request.env._("%(name)s is empty.", name=error.name)
    return request.env._(
        "We cannot take %(name)s. Please send pictures, videos, PDF, office or text"
        " files.",
        name=error.name,
    )


def same_token(expected, given):
    """Whether a secret was given, in a time that does not depend on it."""
    if not expected or not given or not isinstance(given, str):
        return False
    return hmac.compare_digest(
        expected.encode(), given[: 4 * len(expected)].encode("utf-8", "replace")
    )


def not_found():
    """End the request with one and the same page, whatever was not found.

    Odoo's own page is not used: it looks the address up among the attachments first,
    and PostgreSQL takes no NUL.
    """
    response = request.render("crm_complaints.portal_not_found", status=404)
    response.flatten()
    response.headers["Cache-Control"] = "no-store"
    werkzeug.exceptions.abort(response)


def row_id(number):
    """Return ``number`` if it can be the id of a row; not found otherwise."""
    if not isinstance(number, int) or not 0 < number <= MAX_ID:
        not_found()
    return number


def use_reader_zone(company):
    """Show times in the reader's zone: the user's, the browser's, or the company's."""
    if request.env.user.tz and not request.env.user._is_public():
        return
    zone = request.httprequest.cookies.get("tz")
    if zone not in pytz.all_timezones_set:
        # sudo: the zone may be in a calendar that the reader does not see
        zone = company.sudo()._crm_timezone()
    request.update_context(tz=zone)
