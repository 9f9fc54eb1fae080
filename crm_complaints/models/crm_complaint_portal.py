# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

from .crm_complaint_tell import LETTER
from .crm_complaint_terms import OPEN_STATES

# Message types in which people (and our confirmations) speak; not trackings.
SPOKEN_TYPES = ("comment", "email", "email_outgoing", "auto_comment")
# How far a complaint is, as the customer counts: received, confirmed, looked into,
# decided, closed.
RANKS = {"received": 0, "acknowledged": 1, "assessed": 2, "investigating": 2}
DECIDED, CLOSED = 3, 4


class CrmComplaint(models.Model):
    """What a customer may see and do.

    Customers have no access to the model. The controllers find out whether somebody is
    the customer, then take from here plain values made for the page: a template never
    gets the record, so what is not listed here cannot appear.
    """

    _inherit = "crm.complaint"

    intake_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Of the form it was sent with: sending it twice makes one complaint.",
    )
    customer_attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="crm_complaint_customer_attachment_rel",
        column1="complaint_id",
        column2="attachment_id",
        string="Files of the customer",
        readonly=True,
        copy=False,
        help="Came with the complaint; the customer sees them on the portal.",
    )

    _intake_key_uniq = models.UniqueIndex(
        "(intake_key) WHERE intake_key IS NOT NULL", "This form was sent already."
    )

    # LINKS AND TOKENS

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for complaint in self:
            complaint.access_url = f"/my/complaints/{complaint.id}"
        return result

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        """Odoo's discussion routes take no token of ours.

        They would list every file of the thread, those of internal notes too, and
        accept files of any type. Our own page lists what the customer may see.
        """
        for key in ("hash", "pid", "token"):
            kwargs.pop(key, None)
        return super()._get_thread_with_access(thread_id, mode=mode, **kwargs)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Lead the customer's people to their page, and nobody else outside."""
        # the portal app takes it that there is one customer only
        one = self.with_context(crm_complaint_one_customer=True)
        groups = super(CrmComplaint, one)._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        self.ensure_one()
        # sudo: who posts may read the complaint, not write the token
        complaint = self.sudo()
        partners = complaint.partner_id | complaint.contact_id
        own_ids = set(
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    (
                        "commercial_partner_id",
                        "in",
                        partners.commercial_partner_id.ids,
                    )
                ]
            )
            .ids
        )
        email = complaint.email_normalized

        def is_customer(data):
            if data.get("type") == "user":
                return False
            if data.get("id"):
                return data["id"] in own_ids
            return bool(email) and data.get("email_normalized") == email

        url = complaint.get_base_url() + complaint.get_portal_url()
        groups = [group for group in groups if group[0] != "portal_customer"]
        for name, _matches, values in groups:
            if name == "portal":
                values["has_button_access"] = False
        customer = {
            "active": True,
            "has_button_access": True,
            "button_access": {"url": url, "title": self.env._("View your complaint")},
        }
        return [("complaint_customer", is_customer, customer), *groups]

    def _mail_get_partners(self, introspect_fields=False):
        partners = super()._mail_get_partners(introspect_fields=introspect_fields)
        if self.env.context.get("crm_complaint_one_customer"):
            partners = {key: found[:1] for key, found in partners.items()}
        return partners

    # WHOSE IT IS

    @api.model
    def _portal_domain(self, partner):
        """Return the domain of the complaints of this person's company or household."""
        commercial = partner.commercial_partner_id
        if not commercial:
            return Domain.FALSE
        return Domain("partner_id.commercial_partner_id", "=", commercial.id)

    def _portal_is_of(self, partner):
        """Whether this person may see this complaint."""
        self.ensure_one()
        commercial = self.partner_id.commercial_partner_id
        return bool(commercial) and commercial == partner.commercial_partner_id

    # WHAT THE CUSTOMER SEES

    def _portal_status(self):
        """Return how far this is in the customer's words: (rank, key, label)."""
        self.ensure_one()
        if self.state == "withdrawn":
            return CLOSED, "withdrawn", self.env._("Withdrawn")
        if self.state == "duplicate":
            return CLOSED, "duplicate", self.env._("Handled with another complaint")
        told = bool(self.decision_sent_date)
        if self.state == "closed" or (self.state == "rejected" and told):
            return CLOSED, "closed", self.env._("Closed")
        if self.state == "resolved" and told:
            return DECIDED, "decided", self.env._("Decided")
        rank = RANKS.get(self.state, RANKS["investigating"])
        if rank == RANKS["received"]:
            return rank, "received", self.env._("Received")
        if rank == RANKS["acknowledged"]:
            return rank, "acknowledged", self.env._("Confirmed")
        return rank, "investigating", self.env._("We are looking into it")

    def _portal_steps(self):
        """Return the timeline: dicts of label, date (or False) and state."""
        self.ensure_one()
        rank = self._portal_status()[0]
        steps = [
            (self.env._("Received"), self.date_received),
            (self.env._("Confirmed"), self.confirmation_date or self.date_acknowledged),
            (self.env._("Looked into"), self.date_assessed),
            (self.env._("Decided"), self.decision_sent_date),
            (self.env._("Closed"), self.date_closed),
        ]
        if self.state in ("withdrawn", "duplicate"):
            # what did not happen is no step
            steps = [step for step in steps[:-1] if step[1]] + steps[-1:]
            rank = len(steps) - 1
        return [
            {
                "label": label,
                "date": date if position <= rank else False,
                "state": "done"
                if position <= rank
                else "next"
                if position == rank + 1
                else "later",
            }
            for position, (label, date) in enumerate(steps)
        ]

    def _portal_promise(self, moment):
        """Return the next promise to the customer: (text, deadline or False) or None.

        What is late is said by what we do next, not by an internal measure. Deadlines
        of internal work (containment) are not the customer's.
        """
        self.ensure_one()
        if self.state not in OPEN_STATES:
            return None
        if self.pause_ids.filtered(
            lambda pause: not pause.date_to and pause.reason_id.resumes_on_reply
        ):
            return self.env._("We are waiting for your answer."), False
        texts = {
            "ack": self.env._("We will confirm your complaint by"),
            "first_response": self.env._("You will have a first answer by"),
            "update": self.env._("You will hear from us again by"),
            "resolution": self.env._("We want to have it settled by"),
        }
        due = [
            (clock.deadline, clock.metric)
            for clock in self.clock_ids
            if clock.state == "running"
            and clock.metric in texts
            and clock.deadline
            and clock.deadline >= moment
        ]
        if due:
            deadline, metric = min(due)
            return texts[metric], deadline
        return self.env._(
            "We are working on it, and will come back to you soon."
        ), False

    def _portal_messages(self):
        """Return the messages that customers see, oldest first."""
        self.ensure_one()
        return self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", SPOKEN_TYPES),
                ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
                ("is_internal", "=", False),
            ],
            order="date, id",
        )

    def _portal_attachments(self):
        """Return the files that customers see: of visible messages, and their own."""
        self.ensure_one()
        return self._portal_messages().attachment_ids | self.customer_attachment_ids

    def _portal_values(self, partner, moment=None):
        """Return all that the page of this complaint shows, as plain values.

        Call it as superuser, after a check that the reader is the customer.

        :param partner: the reader's person, empty for one who came with a token
        """
        self.ensure_one()
        moment = moment or fields.Datetime.now()
        _rank, status, status_label = self._portal_status()
        told = bool(self.decision_sent_date)
        remedies = dict(self._fields["remedy_sought"]._description_selection(self.env))
        promise = self._portal_promise(moment)
        return {
            "id": self.id,
            "url": self.access_url,
            "number": self.number or "",
            "subject": self.name,
            "status": status,
            "status_label": status_label,
            "date_received": self.date_received,
            "is_open": self.state in OPEN_STATES,
            "description": self.description,
            "order": self.sale_order_id.name or "",
            "product": self.product_id.name or "",
            "lot": self.lot_name or "",
            "remedy": remedies.get(self.remedy_sought, ""),
            "remedy_note": self.remedy_note or "",
            "steps": self._portal_steps(),
            "promise": promise and {"text": promise[0], "deadline": promise[1]},
            "decision_text": self.decision_text if told else "",
            "compensation": self._told_compensation() if told else [],
            "decision_date": self.decision_sent_date if told else False,
            "appeal_path": self.appeal_path if told else "",
            "has_letter": told and self._portal_has_letter(),
            "answer": self.customer_answer or "",
            "can_write": self._portal_can_write(),
            "can_accept": self._portal_can_accept(),
            "can_appeal": self._portal_can_appeal(moment),
            "files": self._portal_file_values(self.customer_attachment_ids),
            "messages": [
                {
                    "id": message.id,
                    "is_customer": not message.author_id
                    or self._portal_is_of(message.author_id),
                    "is_own": bool(partner) and message.author_id == partner,
                    "author": message.author_id.name or self.partner_name or "",
                    "date": message.date,
                    "body": message.body,
                    "files": self._portal_file_values(message.attachment_ids),
                }
                for message in self._portal_messages()
            ],
        }

    def _portal_has_letter(self):
        """Whether the decision can be had as a letter: told, and there is a printer."""
        self.ensure_one()
        report = self.env.ref(LETTER, raise_if_not_found=False)
        return bool(self.decision_sent_date and report) and self._can_print()

    @api.model
    def _portal_file_values(self, attachments):
        return [
            {"id": attachment.id, "name": attachment.name, "size": attachment.file_size}
            for attachment in attachments
        ]
