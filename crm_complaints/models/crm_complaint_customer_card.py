# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

LAST_ORDERS = 3
LISTED_COMPLAINTS = 5


class CrmComplaint(models.Model):
    """Who complains: what somebody who answers has to know of the customer.

    Read by people who need not have the rights of Customer Care or Sales: it is shown
    to whoever may read the complaint, and no more than is listed here.
    """

    _inherit = "crm.complaint"

    customer_card = fields.Json(string="At a glance", compute="_compute_customer_card")

    @api.depends("partner_id", "company_id", "state")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_customer_card(self):
        readable = self._filtered_access("read")
        (self - readable).customer_card = False
        for complaint in readable:
            complaint.customer_card = complaint._describe_customer()

    def _describe_customer(self):
        """What the card shows, or False while the customer is not known.

        :return: dict of ``grade``, ``grade_color``, ``since``, ``open_count``,
            ``count``, ``complaints`` (those the reader may open), ``orders``
        """
        partner = self.partner_id.commercial_partner_id
        if not partner:
            return False
        # sudo: of the customer of a complaint that the reader was allowed to read
        customer_sudo = self.env["crm.customer"].sudo()
        customer_sudo = customer_sudo.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company_id.id)],
            limit=1,
        )
        first = customer_sudo.first_order_date
        return {
            "grade": customer_sudo.grade_id.name or False,
            "grade_color": customer_sudo.grade_id.color,
            "since": format_date(self.env, first) if first else False,
            "orders": self._describe_orders(partner),
            **self._describe_other_complaints(partner),
        }

    def _describe_orders(self, partner):
        # sudo: the last orders are shown to whoever handles the complaint
        orders_sudo = self.env["sale.order"].sudo()
        orders_sudo = orders_sudo.search(
            [
                ("partner_id", "child_of", partner.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
            ],
            order="date_order desc, id desc",
            limit=LAST_ORDERS,
        )
        readable = orders_sudo.sudo(self.env.su)
        readable = (
            readable._filtered_access("read")
            if readable.has_access("read")
            else readable.browse()
        )
        return [
            {
                "id": order.id if order.id in readable.ids else False,
                "name": order.name,
                "date": format_date(self.env, order.date_order),
                "amount": format_amount(
                    self.env, order.amount_total, order.currency_id
                ),
            }
            for order in orders_sudo
        ]

    def _describe_other_complaints(self, partner):
        of_customer = Domain("partner_id", "child_of", partner.id) & Domain(
            "company_id", "=", self.company_id.id
        )
        unfinished = of_customer & self._get_unfinished_domain()
        others = unfinished & Domain("id", "!=", self._origin.id)
        states = dict(self._fields["state"]._description_selection(self.env))
        # sudo: how many there are, others' included; only one's own are listed
        complaints_sudo = self.sudo()
        return {
            "open_count": complaints_sudo.search_count(others),
            "count": complaints_sudo.search_count(of_customer),
            "complaints": [
                {
                    "id": other.id,
                    "name": other.display_name,
                    "state": states[other.state],
                }
                for other in self.search(others, limit=LISTED_COMPLAINTS)
            ],
        }

    # ACTIONS

    def action_view_customer_complaints(self):
        """List the complaints of this customer, closed ones too."""
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.crm_complaint_action"
        )
        return {
            **action,
            "name": self.env._("Complaints of %(customer)s", customer=partner.name),
            "domain": [("partner_id", "child_of", partner.id)],
            "context": {"default_partner_id": self.partner_id.id},
            "views": [(False, "list"), (False, "form")],
        }
