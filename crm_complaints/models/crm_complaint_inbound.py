# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deliveries of gateways: each is taken once, whatever happens at the same time."""

import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.mail_text import received_at


class CrmComplaintInbound(models.Model):
    """A message that a gateway delivered, by its identifier there."""

    _name = "crm.complaint.inbound"
    _description = "Delivery of a Gateway"
    _order = "date_received desc, id desc"
    _rec_name = "external_id"

    gateway_id = fields.Many2one(
        comodel_name="crm.complaint.gateway",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    external_id = fields.Char(string="Identifier", required=True, readonly=True)
    conversation = fields.Char(readonly=True)
    opening = fields.Integer(
        readonly=True, help="The how manieth complaint of its conversation it opened."
    )
    digest = fields.Char(required=True, readonly=True)
    complaint_id = fields.Many2one(
        comodel_name="crm.complaint", readonly=True, ondelete="cascade", index=True
    )
    date_received = fields.Datetime(string="Received", required=True, readonly=True)

    _external_uniq = models.UniqueIndex(
        "(gateway_id, external_id)", "This message was delivered already."
    )
    _opening_uniq = models.UniqueIndex(
        "(gateway_id, conversation, opening) WHERE conversation IS NOT NULL "
        "AND opening IS NOT NULL AND opening > 0",
        "This conversation has a complaint already.",
    )
    _conversation_idx = models.Index("(gateway_id, conversation, id)")

    @api.model
    def _take(self, gateway, values, body, arrival):
        """Make a complaint of a delivery, or a message on the one it continues.

        :param gateway: ``crm.complaint.gateway`` that signed it, in sudo
        :param values: of ``tools.webhook.parse``
        :param body: bytes as they came, by which a repetition is known
        :param arrival: naive UTC
        :return: the complaint, or None if the identifier was used for another message
        """
        digest = hashlib.sha256(body).hexdigest()
        known = self.search(
            [
                ("gateway_id", "=", gateway.id),
                ("external_id", "=", values["external_id"]),
            ]
        )
        if known:
            return known.complaint_id if known.digest == digest else None
        received = received_at(values["occurred_at"], arrival)
        former = self._continued(gateway, values["conversation"])
        thread = former.complaint_id
        if thread.state == "duplicate" and thread.duplicate_of_id:
            thread = thread.duplicate_of_id
        goes_on = thread and not thread._needs_successor()
        opening = 0
        if values["conversation"] and not goes_on:
            opening = former.opening + 1
        inbound = self._insert(gateway, values, digest, opening, arrival)
        if goes_on:
            complaint = thread
            complaint._take_delivered_message(gateway, values)
        else:
            complaint = self.env["crm.complaint"]._create_delivered(
                gateway, values, received, thread
            )
        inbound.complaint_id = complaint
        return complaint

    @api.model
    def _continued(self, gateway, conversation):
        """The delivery that opened the last complaint of a conversation."""
        if not conversation:
            return self.browse()
        return self.search(
            [
                ("gateway_id", "=", gateway.id),
                ("conversation", "=", conversation),
                ("opening", ">", 0),
            ],
            order="opening desc",
            limit=1,
        )

    @api.model
    def _insert(self, gateway, values, digest, opening, arrival):
        """Write the key first: of two at once, the second waits, fails, is retried.

        What the other transaction has committed meanwhile is not in this snapshot:
        PostgreSQL then raises a serialization failure, and Odoo runs the request again.
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_complaint_inbound
                       (gateway_id, company_id, external_id, conversation, opening,
                        digest, date_received,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%s, %s, %s, %s, %s, %s, %s,
                        %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC')
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                gateway.id,
                gateway.company_id.id,
                values["external_id"],
                values["conversation"] or None,
                opening or None,
                digest,
                arrival,
                self.env.uid,
                self.env.uid,
            )
        )
        return self.browse([row[0] for row in rows]).ensure_one()
