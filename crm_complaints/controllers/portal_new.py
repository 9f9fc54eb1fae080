# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .complaint_form import complaint_values, read_form, remedy_choices
from .intake_request import (
    MAX_LINE,
    MAX_SUBJECT,
    MAX_TEXT,
    file_limits,
    max_request_bytes,
)

NEW_LIMITS = [(3600, 10), (86400, 30)]
ORDERS_SHOWN = 50


class ComplaintPortalNew(CustomerPortal):
    """A customer who is logged in complains."""

    def _own_orders(self):
        """Return the orders one can complain about: the customer's, newest first."""
        # sudo: portal users see only orders that they follow; these are their company's
        orders = request.env["sale.order"].sudo()
        commercial = request.env.user.partner_id.commercial_partner_id
        return orders.search(
            [
                ("partner_id.commercial_partner_id", "=", commercial.id),
                ("state", "=", "sale"),
            ],
            order="date_order desc, id desc",
            limit=ORDERS_SHOWN,
        )

    @route(
        "/my/complaints/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=max_request_bytes,
    )
    def portal_complaint_new(self, **params):
        orders = self._own_orders()
        typed, errors = {}, {}
        if request.httprequest.method == "POST":
            typed, files, errors = read_form(params)
            order = orders.filtered(lambda order: str(order.id) == typed["order"])
            if not errors and not self._within_new_limits():
                errors["form"] = request.env._(
                    "That was very often. Please try again later, or call us."
                )
            if not errors:
                complaint = self._create_complaint(typed, order, files)
                return request.redirect(f"{complaint.access_url}?done=created")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "complaint_new",
            "typed": typed,
            "errors": errors,
            "orders": [{"id": str(order.id), "name": order.name} for order in orders],
            "remedies": remedy_choices(),
            **file_limits(),
            "max_subject": MAX_SUBJECT,
            "max_line": MAX_LINE,
            "max_text": MAX_TEXT,
        }
        return request.render("crm_complaints.portal_complaint_new", values)

    def _within_new_limits(self):
        return request.env["crm.intake.throttle"]._allow(
            "portal_new", f"user/{request.env.uid}", NEW_LIMITS
        )

    def _create_complaint(self, typed, order, files):
        """Create the complaint of the logged-in customer, and confirm its receipt."""
        person = request.env.user.partner_id
        commercial = person.commercial_partner_id
        company = order.company_id or request.env.company
        values = {
            **complaint_values(typed, [(request.env._("Product"), typed["product"])]),
            "company_id": company.id,
            "channel": "portal",
            "partner_id": commercial.id,
            "contact_id": person.id if person != commercial else False,
            "email_from": person.email_formatted or False,
            "phone": person.phone or False,
            "sale_order_id": order.id,
        }
        # sudo: customers have no access to the model; the values are listed here
        complaint = request.env["crm.complaint"].sudo().with_company(company)
        return complaint._portal_create(values, files)
