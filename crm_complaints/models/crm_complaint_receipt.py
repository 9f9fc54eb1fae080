# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

KEPT = timedelta(days=30)


class CrmComplaintReceipt(models.Model):
    """That a sender was acknowledged automatically on a day: never twice."""

    _name = "crm.complaint.receipt"
    _description = "Automatic Acknowledgement"
    _order = "day desc, id desc"
    _rec_name = "email"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    email = fields.Char(string="E-mail", required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, index=True)
    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )

    _sender_uniq = models.UniqueIndex(
        "(company_id, email, day)", "This sender was acknowledged on this day already."
    )

    @api.model
    def _take(self, complaint, moment):
        """Claim the acknowledgement of the complaint's sender for this day.

        :param moment: naive UTC; the day is the company's
        :return: whether this is the first one; of two at once, one waits for the other
        """
        zone = ZoneInfo(complaint.company_id._crm_timezone())
        day = moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
        complaint.flush_recordset(["company_id", "email_normalized"])
        taken = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_complaint_receipt
                       (company_id, email, day, complaint_id,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%s, %s, %s, %s,
                        %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC')
                    ON CONFLICT (company_id, email, day) DO NOTHING
             RETURNING id
                """,
                complaint.company_id.id,
                complaint.email_normalized,
                day,
                complaint.id,
                self.env.uid,
                self.env.uid,
            )
        )
        return bool(taken)

    @api.autovacuum
    def _gc_receipts(self):
        """A day's claim is of no use later."""
        limit = fields.Date.context_today(self) - KEPT
        old = self.sudo().search([("day", "<", limit)], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000
