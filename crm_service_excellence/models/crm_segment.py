# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from ast import literal_eval
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegment(models.Model):
    """A group of customers who share needs, and how they are served differently.

    Membership is the saved domain, evaluated when asked: nobody keeps lists.
    """

    _name = "crm.segment"
    _description = "Customer Segment"
    _inherit = ["mail.thread"]
    _order = "priority desc, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty for a segment that all companies use.",
    )
    color = fields.Integer(string="Colour")
    domain = fields.Char(string="Who belongs to it", required=True, default="[]")
    description = fields.Text(translate=True)
    persona = fields.Html(
        translate=True, help="A typical customer of the segment, told as a person."
    )
    service_notes = fields.Html(
        string="Differentiated service",
        translate=True,
        help="What we do for them that we do not do for others.",
    )
    priority = fields.Selection(
        selection=[
            ("1", "Lowest"),
            ("2", "Low"),
            ("3", "Normal"),
            ("4", "High"),
            ("5", "Highest"),
        ],
        string="Resource priority",
        default="3",
        required=True,
    )
    member_count = fields.Integer(string="Members", compute="_compute_member_count")
    is_empty = fields.Boolean(compute="_compute_member_count")
    overlap_count = fields.Integer(
        string="Also in other segments",
        compute="_compute_overlap",
        help="Members who belong to another segment as well.",
    )
    overlap_names = fields.Char(string="Overlaps with", compute="_compute_overlap")

    @api.depends("domain", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_member_count(self):
        customers = self.env["crm.customer"]
        for segment in self:
            segment.member_count = customers.search_count(segment._get_domain())
            segment.is_empty = not segment.member_count

    @api.depends("domain", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_overlap(self):
        pairs = self._count_overlaps()
        for segment in self:
            others = pairs.get(segment._origin.id, {})
            segment.overlap_count = sum(others.values())
            segment.overlap_names = ", ".join(
                f"{other.name} ({others[other.id]})"
                for other in self.browse(others).sorted("name")
            )

    @api.constrains("domain")
    def _check_domain(self):
        for segment in self:
            try:
                self.env["crm.customer"].search(segment._get_domain(), limit=1)
            except (ValueError, TypeError, SyntaxError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "The rule of the segment %(name)s cannot be evaluated: "
                        "%(error)s",
                        name=segment.name,
                        error=error,
                    )
                ) from error

    def action_view_members(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_customer_action"
        )
        return {
            **action,
            "display_name": self.name,
            "domain": list(self._get_domain()),
            "context": {},
        }

    def _get_domain(self):
        """Domain on ``crm.customer`` of the members: literals only, never evaluated."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain or "[]"))
        companies = self.company_id or self.env.companies
        return domain & Domain("company_id", "in", companies.ids)

    def _get_union_domain(self):
        """Domain of whoever belongs to any segment of ``self``."""
        return Domain.OR(segment._get_domain() for segment in self)

    def _members_among(self, customers):
        """Segments of each of ``customers``: ``{customer id: segment ids}``."""
        members = defaultdict(list)
        for segment in self:
            domain = segment._get_domain() & Domain("id", "in", customers.ids)
            for customer in self.env["crm.customer"].search(domain):
                members[customer.id].append(segment.id)
        return members

    def _count_overlaps(self):
        """Members that segments share: ``{segment id: {other segment id: members}}``.

        One query whatever the number of segments; record rules apply by ``_search``.
        """
        segments = self.search([])
        if not segments:
            return {}
        memberships = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS segment_id, member.id AS customer_id FROM %s member",
                segment.id,
                self.env["crm.customer"]
                ._search(segment._get_domain())
                .subselect(SQL.identifier("crm_customer", "id")),
            )
            for segment in segments
        )
        rows = self.env.execute_query(
            SQL(
                """WITH membership AS (%s)
                   SELECT one.segment_id, two.segment_id, COUNT(*)
                     FROM membership one
                     JOIN membership two ON two.customer_id = one.customer_id
                                        AND two.segment_id <> one.segment_id
                    GROUP BY one.segment_id, two.segment_id""",
                memberships,
            )
        )
        overlaps = defaultdict(dict)
        for one, two, count in rows:
            overlaps[one][two] = count
        return overlaps
