# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where an e-mail belongs: to a complaint, to its successor, to a new one, nowhere."""

import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_split

from ..tools.mail_automatic import automatic_reason
from ..tools.mail_text import clean_line, received_at, subject_numbers

_logger = logging.getLogger(__name__)

# Automatic answers kept on one complaint within two hours.
QUIET_LIMIT = 20
QUIET_WINDOW = {"hours": 2}


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    @api.model
    def _automatic_reason(self, message, message_dict):
        """Why an e-mail was not written by a person, or None."""
        sender = email_normalize(message_dict.get("email_from") or "")
        # sudo: aliases are configuration that strangers' mails are compared with
        own = self.env["mail.alias.domain"].sudo()._find_aliases([sender])
        return automatic_reason(message.raw_items(), sender, own)

    # ROUTES

    @api.model
    def _complaint_aliases(self, message_dict):
        """Aliases of complaints among the recipients, and whether there are others."""
        recipients = [
            address.lower() for address in email_split(message_dict["recipients"] or "")
        ]
        aliases = (
            self.env["mail.alias"]
            .sudo()
            .search(
                [
                    "|",
                    ("alias_full_name", "in", recipients),
                    "&",
                    (
                        "alias_name",
                        "in",
                        [address.partition("@")[0] for address in recipients],
                    ),
                    ("alias_incoming_local", "=", True),
                ]
            )
        )
        ours = aliases.filtered(lambda a: a.alias_model_id.model == self._name)
        return ours, bool(aliases - ours)

    @api.model
    def _route_before_aliases(self, message, message_dict, model):
        """Routes that Odoo's own search would miss or refuse; None to go on with it.

        Automatic mail must not even be refused: a refusal is an answer. A reply to the
        catch-all address whose headers were stripped still names its complaint.
        """
        aliases, has_others = self._complaint_aliases(message_dict)
        parent = self.env["mail.message"].sudo()
        parent = parent.browse(message_dict.get("parent_id") or ())
        thread = self.browse(
            parent.res_id if parent.model == self._name else ()
        ).exists()
        is_catchall = not thread and self._detect_write_to_catchall(message_dict)
        if not thread and (aliases or is_catchall):
            thread = self._find_by_subject(
                message_dict, aliases and self._alias_company(aliases[0])
            )
        if not thread and not aliases and model != self._name:
            return None
        reason = self._automatic_reason(message, message_dict)
        if reason and not has_others:
            _logger.info(
                "Automatic e-mail (%s) with Message-Id %s makes no complaint",
                reason,
                message_dict["message_id"],
            )
            if thread:
                thread._keep_quietly(message_dict)
            return []
        if thread and is_catchall:
            self._routing_reset_bounce(message, message_dict)
            return [(self._name, thread.id, {}, self.env.uid, self.env["mail.alias"])]
        return None

    @api.model
    def _route_complaints(self, message, message_dict, routes):
        """Decide for each route to complaints where the message belongs.

        :param routes: of ``message_route``
        :return: the same, without those that make no complaint; one new complaint a
            company at most
        """
        if not any(route[0] == self._name for route in routes or ()):
            return routes
        is_automatic = bool(self._automatic_reason(message, message_dict))
        kept, seen = [], set()
        for route in routes:
            if route[0] != self._name:
                kept.append(route)
                continue
            route = self._route_complaint(route, message_dict, is_automatic)
            if not route:
                continue
            key = route[1] or f"company {route[2]['company_id']}"
            if key not in seen:
                seen.add(key)
                kept.append(route)
        arrival = fields.Datetime.now()
        claimed = fields.Datetime.to_datetime(message_dict.get("date"))
        message_dict["date"] = fields.Datetime.to_string(received_at(claimed, arrival))
        return kept

    @api.model
    def _route_complaint(self, route, message_dict, is_automatic):
        """One route: to a thread, to its successor, or to a new complaint."""
        model, thread_id, values, user_id, alias = route
        values = dict(values or {})
        company = self._alias_company(alias, values)
        named = self.browse()
        thread = self.sudo().browse(thread_id or ()).exists()
        if not thread:
            named = self._find_by_number(message_dict.get("subject"), company)
            thread = named.filtered(
                lambda c: c._belongs_to_sender(message_dict["email_from"])
            )[:1]
        if is_automatic:
            if thread:
                thread._keep_quietly(message_dict)
            return None
        if thread and thread.state == "duplicate" and thread.duplicate_of_id:
            thread = thread.duplicate_of_id
        if thread and not thread._is_past_reopening(message_dict["email_from"]):
            return model, thread.id, values, user_id, alias
        former = thread or named[:1]
        if thread:
            company = thread.company_id
            team = thread.team_id
        else:
            team = self.env["crm.complaint.team"].browse(values.get("team_id") or ())
        team = team or self._default_team(company)
        values.update(
            company_id=company.id, team_id=team.id, previous_id=former.id or False
        )
        return model, 0, values, user_id, alias

    @api.model
    def _alias_company(self, alias, values=None):
        """The company of the alias' team."""
        teams = self.env["crm.complaint.team"].sudo()
        team_id = (values or {}).get("team_id")
        if not team_id and alias and alias.alias_parent_model_id.model == teams._name:
            team_id = alias.alias_parent_thread_id
        return teams.browse(team_id or ()).exists().company_id or self.env.company

    @api.model
    def _default_team(self, company):
        teams = self.env["crm.complaint.team"].sudo()
        return teams.search([("company_id", "=", company.id)], limit=1)

    @api.model
    def _find_by_number(self, subject, company=None):
        """Complaints whose number stands in a subject, in square brackets."""
        numbers = subject_numbers(subject)
        if not numbers:
            return self.browse()
        domain = Domain("number", "in", numbers)
        if company:
            domain &= Domain("company_id", "=", company.id)
        # sudo: the gateway is nobody; who wrote is checked by the caller
        return self.sudo().with_context(active_test=False).search(domain)

    @api.model
    def _find_by_subject(self, message_dict, company=None):
        """The one complaint that a subject names and whose customer wrote it."""
        named = self._find_by_number(message_dict.get("subject"), company or None)
        named = named.filtered(
            lambda c: c._belongs_to_sender(message_dict["email_from"])
        )
        return named if len(named) == 1 else self.browse()

    def _keep_quietly(self, message_dict):
        """Attach an automatic message as a note: nobody is told, nothing happens."""
        self.ensure_one()
        messages = self.env["mail.message"].sudo()
        since = fields.Datetime.subtract(fields.Datetime.now(), **QUIET_WINDOW)
        domain = [("model", "=", self._name), ("res_id", "=", self.id)]
        kept = messages.search_count(
            [
                *domain,
                ("message_type", "=", "email"),
                ("is_internal", "=", True),
                ("create_date", ">=", since),
            ]
        )
        known = messages.search_count([("message_id", "=", message_dict["message_id"])])
        if known or kept >= QUIET_LIMIT:
            return
        self.env["mail.thread"]._make_harmless(message_dict)
        # sudo: the gateway is nobody; as itself it would bypass the check of contents
        thread = self.sudo().with_context(attachments_mime_plainxml=True)
        values = {
            "model": self._name,
            "res_id": self.id,
            "body": message_dict.get("body") or "",
            "subject": clean_line(message_dict.get("subject")) or False,
            "email_from": message_dict["email_from"],
            "author_id": False,
            "message_type": "email",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            "is_internal": True,
            "message_id": message_dict["message_id"],
            "date": fields.Datetime.now(),
        }
        values.update(
            thread._process_attachments_for_post(
                message_dict.get("attachments"), [], values
            )
        )
        thread._message_create([values])

    def _message_receive_bounce(self, email, partner):
        """Whoever handles the complaint sees that a message reached nobody."""
        result = super()._message_receive_bounce(email, partner)
        for complaint in self:
            complaint._message_log(
                body=self.env._("An e-mail to %(email)s came back.", email=email)
            )
        return result

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        return [("email_normalized", "=", email_from_normalized)]
