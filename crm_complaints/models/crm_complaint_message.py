# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a message on a complaint means: an answer, or a customer who wrote."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize

from ..tools.mail_text import received_at
from .crm_complaint_mail import INTAKE

_logger = logging.getLogger(__name__)

# Written by a person (S17); what is sent by itself answers nobody.
PERSONAL_TYPES = frozenset({"comment", "email"})
REOPENED_STATES = frozenset({"resolved", "closed", "rejected"})
SETTLED_STATES = frozenset({"closed", "rejected", "withdrawn", "duplicate"})
COLLEAGUE, CUSTOMER = "colleague", "customer"


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    last_customer_message_at = fields.Datetime(
        string="Customer wrote on", readonly=True, copy=False
    )
    last_answer_at = fields.Datetime(
        string="Answered on", readonly=True, copy=False, help="By a colleague."
    )
    is_unanswered = fields.Boolean(
        string="Customer wrote",
        compute="_compute_is_unanswered",
        store=True,
        help="The customer wrote after the last answer.",
    )

    _unanswered_idx = models.Index("(company_id) WHERE is_unanswered")

    @api.depends("last_customer_message_at", "last_answer_at")
    def _compute_is_unanswered(self):
        for complaint in self:
            wrote, answer = complaint.last_customer_message_at, complaint.last_answer_at
            complaint.is_unanswered = bool(wrote and (not answer or answer < wrote))

    # HOOK

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        for complaint in self:
            # sudo: what a message means does not depend on the rights of who wrote it
            complaint.sudo()._understand(message.sudo())
        return result

    def _understand(self, message):
        """Draw the consequences of a message that a person wrote."""
        if (
            message.message_type not in PERSONAL_TYPES
            or message.is_internal
            or message.subtype_id.internal
            or not message.subtype_id
        ):
            return
        now = fields.Datetime.now()
        if message.message_type == "email":
            now = received_at(message.date, now)
        if self.env.context.get(INTAKE):
            self._after_mail_intake(message)
            return
        role = self._role_of_author(message)
        if role == COLLEAGUE:
            self._note_response(now)  # S17
        elif role == CUSTOMER:
            self._on_customer_message(now)

    def _role_of_author(self, message):
        """Who wrote: a colleague, the customer's side, or neither (None)."""
        author = message.author_id
        if author and not author.partner_share:
            is_person = author.main_user_id.active
            return COLLEAGUE if is_person else None
        address = email_normalize(message.email_from or "") or False
        if address and address == self.email_normalized:
            return CUSTOMER
        if not author or not self.partner_id:
            return CUSTOMER  # nobody else's person, as far as we know
        if author.commercial_partner_id == self.partner_id.commercial_partner_id:
            return CUSTOMER
        return None  # a supplier or expert who was asked

    # CONSEQUENCES

    def _after_mail_intake(self, message):
        """The first message of a complaint that came by mail."""
        if self.description and "cid:" in self.description:
            self.description = message.body  # with the pictures that were attached
        if self._role_of_author(message) == COLLEAGUE:
            return  # passed on by a colleague: the customer waits for a person
        self._acknowledge_once_a_day()

    def _acknowledge_once_a_day(self):
        """Confirm the receipt by mail, unless this sender got one today.

        By whatever way the complaint came: mail, web form and portal share the claim.
        Further complaints of the day stay unconfirmed until a person confirms them: of
        two robots, one must not answer. Where it fails (no template, say), a complaint
        stays, the clock of the acknowledgement runs, and the next one may be tried.
        """
        self.ensure_one()
        if not self.email_normalized:
            return
        receipts = self.env["crm.complaint.receipt"]
        try:
            with self.env.cr.savepoint():
                if receipts._take(self, fields.Datetime.now()):
                    self._confirm_receipt(automatic=True)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            self._message_log(body=str(error))
        except Exception:
            # the complaint must not be lost; it stays visible as not confirmed
            _logger.exception("Complaint %s could not be acknowledged", self.id)

    def _note_response(self, moment):
        """Whatever tells the customer something also answers what he or she wrote."""
        result = super()._note_response(moment)
        self.write({"last_answer_at": moment})
        return result

    def _on_customer_message(self, moment):
        """The customer wrote: waiting ends (S9), what was closed goes on (S15)."""
        self.ensure_one()
        self.write({"last_customer_message_at": moment})
        waiting = self.pause_ids.filtered(
            lambda pause: not pause.date_to and pause.reason_id.resumes_on_reply
        )
        if waiting:
            self._sla_resume(waiting, moment=moment)
        if self.state in REOPENED_STATES and self._is_within_reopening(moment):
            self._reopen(self.env._("The customer wrote again."), moment=moment)

    # WINDOW

    def _is_within_reopening(self, moment):
        """Whether a message of ``moment`` still reopens the complaint (S15)."""
        self.ensure_one()
        if self.state == "resolved":
            return True  # not closed yet
        settled = self.date_closed or self.decision_sent_date or self.write_date
        window = timedelta(days=self.company_id.crm_complaint_reopen_days)
        return moment <= settled + window

    def _is_past_reopening(self, address):
        """Whether this sender's message needs a complaint of its own."""
        self.ensure_one()
        return (
            self.state in SETTLED_STATES
            and self._belongs_to_sender(address)
            and not self._is_within_reopening(fields.Datetime.now())
        )
