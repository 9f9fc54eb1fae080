# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The part of a complaint that customers and strangers write alike."""

from odoo.http import request
from odoo.tools import plaintext2html

from ..models.crm_complaint_terms import REMEDIES
from ..tools.intake_files import FileRefusedError, clean_line, clean_text
from .intake_request import MAX_LINE, MAX_SUBJECT, MAX_TEXT, file_error, posted_files

REMEDY_KEYS = tuple(key for key, _label in REMEDIES)


def remedy_choices():
    """Return ``[(key, label)]`` in the reader's language."""
    field = request.env["crm.complaint"]._fields["remedy_sought"]
    return field._description_selection(request.env)


def read_form(params):
    """Return what was typed (to show it again), the files and the errors by field."""
    typed = {
        "subject": clean_line(params.get("subject"), MAX_SUBJECT),
        "text": clean_text(params.get("text"), MAX_TEXT),
        "order": clean_line(params.get("order"), MAX_LINE),
        "product": clean_line(params.get("product"), MAX_LINE),
        "lot": clean_line(params.get("lot"), MAX_LINE),
        "remedy": params.get("remedy") if params.get("remedy") in REMEDY_KEYS else "",
        "remedy_note": clean_line(params.get("remedy_note"), MAX_LINE),
    }
    errors, files = {}, []
    if not typed["subject"]:
        errors["subject"] = request.env._("Please say in a few words what it is about.")
    if not typed["text"]:
        errors["text"] = request.env._("Please tell us what happened.")
    elif len(params["text"]) > MAX_TEXT:
        errors["text"] = request.env._(
            "Please keep it to %(count)s characters; you can add a file.",
            count=MAX_TEXT,
        )
    try:
        files = posted_files()
    except FileRefusedError as error:
        errors["files"] = file_error(error)
    return typed, files, errors


def complaint_values(typed, references):
    """Return the values of a complaint from what was typed.

    :param references: ``[(label, text)]`` that have no field of their own, such as the
        number of an order that nobody has looked up; they open the description
    """
    lines = [f"{label}: {text}" for label, text in references if text]
    text = "\n".join(lines) + "\n\n" + typed["text"] if lines else typed["text"]
    return {
        "name": typed["subject"],
        "description": plaintext2html(text),
        "lot_name": typed["lot"] or False,
        "remedy_sought": typed["remedy"] or False,
        "remedy_note": typed["remedy_note"] or False,
    }
