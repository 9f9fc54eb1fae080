# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The mail gateway where it belongs to no model yet: raw messages and their routes."""

import xmlrpc.client

import psycopg2
from lxml import etree
from markupsafe import Markup

from odoo import api, models

from ..tools.mail_bounds import bounded, flat, repair_parts
from ..tools.mail_text import clean_file_name

COMPLAINT = "crm.complaint"


class UnreadableMail(Exception):
    """The parser of e-mails broke on a message."""


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        """Hostile and broken messages arrive as plain ones: nothing is lost."""
        if isinstance(message, xmlrpc.client.Binary):
            message = bytes(message.data)
        if isinstance(message, str):
            message = message.encode("utf-8", "replace")
        notice = self.env._(
            "This e-mail could not be read as it is. It is attached, unless it was too "
            "large."
        )
        find_aliases = self.env["mail.alias.domain"].sudo()._find_aliases
        message = bounded(message, keep_addresses=find_aliases, notice=notice)
        try:
            return super().message_process(model, message, *args, **kwargs)
        except (UnreadableMail, RecursionError):
            message = flat(message, notice)
            plain = self.with_context(crm_mail_is_plain=True)
            return super(MailThread, plain).message_process(
                model, message, *args, **kwargs
            )

    @api.model
    def message_parse(self, message, save_original=False):
        """What the parser cannot digest is read as a plain message instead."""
        try:
            repair_parts(message)
            values = super().message_parse(message, save_original=save_original)
        except psycopg2.Error:
            raise
        except Exception as error:
            if self.env.context.get("crm_mail_is_plain"):
                raise
            raise UnreadableMail from error
        for key, value in values.items():
            if isinstance(value, str) and "\0" in value:
                values[key] = value.replace("\0", "")
        return values

    def _message_parse_extract_payload_postprocess(self, message, payload_dict):
        """A text without any element is no error."""
        try:
            return super()._message_parse_extract_payload_postprocess(
                message, payload_dict
            )
        except etree.ParserError:
            return {"body": Markup(), "attachments": payload_dict["attachments"]}

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        complaints = self.env[COMPLAINT]
        if message_dict.get("is_bounce"):
            return super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        routes = complaints._route_before_aliases(message, message_dict, model)
        if routes is None:
            routes = super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        return complaints._route_complaints(message, message_dict, routes)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        if any(route[0] == COMPLAINT for route in routes or ()):
            self._make_harmless(message_dict)
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _make_harmless(self, message_dict):
        """Names of files that only name; a sender that is not ourselves."""
        attachments = message_dict.get("attachments") or []
        message_dict["attachments"] = [
            self._Attachment(
                clean_file_name(attachment[0]), attachment[1], attachment[2]
            )
            for attachment in attachments
        ]
        if not message_dict.get("email_from"):
            # without any, the gateway's own user would become the author
            message_dict["email_from"] = self.env._("Unknown sender")
