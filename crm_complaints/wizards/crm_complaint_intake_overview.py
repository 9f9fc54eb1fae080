# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What whoever takes a complaint sees of the caller, at once."""

from odoo import models
from odoo.tools import format_amount, format_date

from ..models.crm_complaint_terms import OPEN_STATES

SHOWN_PURCHASES = 8
SHOWN_INVOICES = 5
SHOWN_COMPLAINTS = 5


class CrmComplaintIntake(models.TransientModel):
    _inherit = "crm.complaint.intake"

    def _describe_customer(self):
        """Grade, open complaints, recent purchases and invoices of the caller.

        :return: dict for the widget, or False while nobody is chosen
        """
        partner = self.customer_id._origin
        if not partner:
            return False
        # sudo: who takes complaints sees so much of the caller, and no more; the
        # caller of this method has checked the right to take them
        customers_sudo = self.env["crm.customer"].sudo()
        customer_sudo = customers_sudo.with_context(active_test=False).search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", self.company_id._origin.id),
            ]
        )
        return {
            "name": partner.display_name,
            "grade": customer_sudo.grade_id.name or False,
            "grade_color": customer_sudo.grade_id.color,
            "complaint_count": customer_sudo.complaint_count_12m,
            "complaints": self._describe_complaints(partner),
            "purchases": self._describe_purchases(partner),
            "invoices": self._describe_invoices(partner),
        }

    def _describe_complaints(self, partner):
        # sudo: see _describe_customer
        open_sudo = (
            self.env["crm.complaint"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", self.company_id._origin.id),
                    ("state", "in", OPEN_STATES),
                ],
                limit=SHOWN_COMPLAINTS,
            )
        )
        return [self._describe_duplicate(complaint) for complaint in open_sudo]

    def _describe_purchases(self, partner):
        # sudo: see _describe_customer
        lines_sudo = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("order_id.partner_id", "child_of", partner.id),
                    ("company_id", "=", self.company_id._origin.id),
                    ("state", "=", "sale"),
                    ("product_id", "!=", False),
                    ("display_type", "=", False),
                ],
                order="id desc",
                limit=SHOWN_PURCHASES,
            )
        )
        return [
            {
                "id": line.id,
                "order_id": line.order_id.id,
                "order": line.order_id.name,
                "date": format_date(self.env, line.order_id.date_order),
                "product_id": line.product_id.id,
                "product": line.product_id.display_name,
                "quantity": line.product_uom_qty,
            }
            for line in lines_sudo
        ]

    def _describe_invoices(self, partner):
        # sudo: see _describe_customer
        moves_sudo = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("partner_id", "child_of", partner.id),
                    ("company_id", "=", self.company_id._origin.id),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("state", "=", "posted"),
                ],
                order="invoice_date desc, id desc",
                limit=SHOWN_INVOICES,
            )
        )
        paid = dict(
            moves_sudo._fields["payment_state"]._description_selection(self.env)
        )
        return [
            {
                "id": move.id,
                "name": move.name,
                "date": format_date(self.env, move.invoice_date),
                "amount": format_amount(
                    self.env, move.amount_total_signed, self.company_id.currency_id
                ),
                "state": paid.get(move.payment_state, ""),
            }
            for move in moves_sudo
        ]

    # DUPLICATES

    def _find_duplicates(self):
        """Complaints that may be the same, colleagues' included.

        :return: ``crm.complaint`` as superuser, to describe or to note on only
        """
        # sudo: a colleague's complaint about the same is what has to be found
        complaints_sudo = self.env["crm.complaint"].sudo()
        if not self.customer_id:
            if not self.email_from:
                return complaints_sudo
        draft = complaints_sudo.new(
            {
                "name": "",
                "company_id": self.company_id._origin.id,
                "partner_id": self.customer_id._origin.id,
                "email_from": self.email_from,
                "product_id": self.product_id._origin.id,
                "sale_order_id": self.sale_order_id._origin.id,
                "invoice_id": self.invoice_id._origin.id,
                "lot_name": self.lot_name,
            }
        )
        return draft._likely_duplicates()[draft]

    def _describe_duplicate(self, complaint):
        """What is said of a complaint: its text to those only who may read it."""
        can_open = complaint.with_env(self.env).has_access("read")
        states = dict(complaint._fields["state"]._description_selection(self.env))
        return {
            "id": complaint.id,
            "number": complaint.number or "",
            "name": complaint.name if can_open else "",
            "date": format_date(self.env, complaint.date_received),
            "state": states[complaint.state],
            "user": complaint.user_id.name or False,
            "can_open": can_open,
        }
