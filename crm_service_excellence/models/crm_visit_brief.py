# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What to know before one goes in, and how to get there."""

from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.fields import Domain

BRIEF_LINES = 5


class CrmVisit(models.Model):
    _inherit = "crm.visit"

    brief = fields.Html(
        string="Customer brief", compute="_compute_brief", sanitize=False
    )
    grade_color = fields.Integer(related="grade_id.color")
    phone = fields.Char(compute="_compute_place")
    address = fields.Char(compute="_compute_place")
    map_url = fields.Char(compute="_compute_place")
    has_no_place = fields.Boolean(compute="_compute_place")
    is_report_overdue = fields.Boolean(
        string="Report overdue",
        compute="_compute_is_report_overdue",
        search="_search_is_report_overdue",
    )

    @api.depends("partner_id", "contact_id")
    def _compute_place(self):
        for visit in self:
            partners = [visit.contact_id, visit.partner_id]
            phones = [partner.phone for partner in partners if partner.phone]
            visit.phone = phones[0] if phones else False
            where = [partner for partner in partners if partner._crm_place_raw()]
            visit.map_url = visit._map_url(where[0] if where else visit.partner_id)
            met = visit.contact_id if visit.contact_id.street else visit.partner_id
            visit.address = met._crm_address()
            visit.has_no_place = bool(visit.partner_id) and not where

    @api.model
    def _map_url(self, partner):
        """A page that a phone opens in its map, on the way to the customer.

        Mainland Chinese coordinates and addresses go to a Chinese map.
        """
        place = partner._crm_place_raw()
        system = partner.crm_coordinate_system
        address = partner._crm_address()
        if not place and not address:
            return False
        if partner.country_id.code == "CN" or system == "gcj02":
            if not place:
                return f"https://uri.amap.com/search?{urlencode({'keyword': address})}"
            target = {
                "to": f"{place[1]},{place[0]},{partner.name or ''}",
                "coordinate": "gaode" if system == "gcj02" else "wgs84",
            }
            return f"https://uri.amap.com/navigation?{urlencode(target)}"
        target = f"{place[0]},{place[1]}" if place else address
        query = urlencode({"api": 1, "destination": target})
        return f"https://www.google.com/maps/dir/?{query}"

    @api.depends("state", "report_deadline")
    def _compute_is_report_overdue(self):
        now = fields.Datetime.now()
        for visit in self:
            deadline = visit.state == "done" and visit.report_deadline
            visit.is_report_overdue = bool(deadline) and deadline < now

    @api.model
    def _search_is_report_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "done") & Domain(
            "report_deadline", "<", fields.Datetime.now()
        )
        return overdue if True in value else ~overdue

    # BRIEF: under the reader's own rights

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_brief(self):
        qweb = self.env["ir.qweb"]
        for visit in self:
            visit.brief = bool(visit.partner_id) and qweb._render(
                "crm_service_excellence.crm_visit_brief", visit._prepare_brief()
            )

    def _prepare_brief(self):
        """What the brief shows, of what the reader may see.

        :return: values of the template ``crm_visit_brief``
        """
        self.ensure_one()
        partner = self.partner_id._origin or self.partner_id
        family = [("partner_id", "child_of", partner.ids)]
        customer = self._find("crm.customer", [("partner_id", "=", partner.id)], 1)
        score = customer._explain_score() if customer else False
        why = [item for item in score["items"] if item["contribution"]] if score else []
        return {
            "visit": self,
            "customer": customer,
            "score": score,
            "why": sorted(why, key=lambda item: -item["contribution"])[:3],
            "promises": customer.activity_ids.sorted("date_deadline")[:BRIEF_LINES],
            "opportunities": self._find(
                "crm.lead",
                [*family, ("type", "=", "opportunity"), ("probability", "<", 100)],
                order="expected_revenue desc, id desc",
            ),
            "touchpoints": self._find(
                "crm.touchpoint", [("partner_id", "=", partner.id)]
            ),
            "insights": self._find(
                "crm.customer.insight", [("partner_id", "=", partner.id)]
            ),
            "orders": self._find(
                "sale.order",
                [*family, ("state", "=", "sale")],
                limit=3,
                order="date_order desc, id desc",
            ),
        }

    def _find(self, model, domain, limit=BRIEF_LINES, order=None):
        """What there is in the visit's company, if the reader may see such records."""
        records = self.env[model]
        if not records.has_access("read"):
            return records
        company = [("company_id", "in", [False, self.company_id.id])]
        return records.search([*company, *domain], limit=limit, order=order)
