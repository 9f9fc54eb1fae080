# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A card with a ledger, as people look at it: a member."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_loyalty_terms import POINTS_DIGITS

#: SQL operators of the orders that a day can be searched by
ORDERS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        compute="_compute_grade_id",
        search="_search_grade_id",
        help="Of the member in the company of the card, else in the current one.",
    )
    grade_color = fields.Integer(
        compute="_compute_grade_id", export_string_translation=False
    )
    has_redeemed = fields.Boolean(
        compute="_compute_has_redeemed",
        search="_search_has_redeemed",
        help="Whether points of the member were ever spent.",
    )
    avatar_128 = fields.Image(
        related="partner_id.avatar_128", export_string_translation=False
    )
    next_expiry_date = fields.Date(
        string="Next expiry",
        compute="_compute_next_expiry",
        search="_search_next_expiry_date",
        help="Last day of the points that expire soonest.",
    )
    next_expiry_points = fields.Float(
        string="Expiring next",
        digits=POINTS_DIGITS,
        compute="_compute_next_expiry",
        aggregator=None,
        help="How many points have their last day on the day of the next expiry.",
    )

    @api.depends("program_id", "code", "is_ledger", "partner_id")
    def _compute_display_name(self):
        """A member is known by name; the code of the card says nothing to people."""
        members = self.filtered(lambda card: card.is_ledger and card.partner_id)
        for card in members:
            card.display_name = f"{card.program_id.name}: {card.partner_id.name}"
        return super(LoyaltyCard, self - members)._compute_display_name()

    # GRADE

    @api.depends("partner_id", "company_id")
    @api.depends_context("company")
    def _compute_grade_id(self):
        self._origin.flush_recordset(["company_id"])
        grades = self._origin._member_grades() if self._origin else {}
        # sudo: name and colour of the grade, for whoever may see the member
        records = self.env["crm.grade"].sudo()
        for card in self:
            grade = records.browse(grades.get(card._origin.id) or [])
            card.grade_id = grade.sudo(False)
            card.grade_color = grade.color

    def _search_grade_id(self, operator, value):
        """By grade, or whether there is one."""
        if operator == "any":
            # a few rows: all grades that there are
            value = self.env["crm.grade"]._search(value).get_result_ids()
        elif operator != "in":
            return NotImplemented
        query = self._all_cards()
        grade = self._field_to_sql(self._table, "grade_id", query)
        wanted = SQL("%s = ANY(%s)", grade, [item for item in value if item])
        if False in value:
            wanted = SQL("(%s IS NULL OR %s)", grade, wanted)
        query.add_where(wanted)
        return Domain("id", "in", query)

    def _field_to_sql(self, alias, field_expr, query=None):
        """The grade is no column of the card, and members are grouped by it."""
        if field_expr != "grade_id" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["grade_id"], "read")
        partner = query.make_alias(alias, "member")
        customer = query.make_alias(alias, "customer")
        query.add_join(
            "LEFT JOIN",
            partner,
            "res_partner",
            SQL(
                "%s = %s",
                SQL.identifier(partner, "id"),
                SQL.identifier(alias, "partner_id"),
            ),
        )
        query.add_join(
            "LEFT JOIN",
            customer,
            "crm_customer",
            SQL(
                "%s = %s AND %s = COALESCE(%s, %s)",
                SQL.identifier(customer, "partner_id"),
                SQL.identifier(partner, "commercial_partner_id"),
                SQL.identifier(customer, "company_id"),
                SQL.identifier(alias, "company_id"),
                self.env.company.id,
            ),
        )
        return SQL.identifier(
            customer,
            "grade_id",
            to_flush=self.env["crm.customer"]._fields["grade_id"],
        )

    def _all_cards(self):
        """A query to narrow down; rules of access apply where its result is used."""
        return self.with_context(active_test=False)._search([], bypass_access=True)

    # REDEEMED

    def _compute_has_redeemed(self):
        groups = self.env["crm.loyalty.entry"]._read_group(
            [("card_id", "in", self.ids), ("kind", "=", "redeem")], ["card_id"]
        )
        found = {card.id for (card,) in groups}
        for card in self:
            card.has_redeemed = card._origin.id in found

    def _search_has_redeemed(self, operator, value):
        if operator != "in":
            return NotImplemented
        query = self._all_cards()
        query.add_where(
            SQL(
                """EXISTS (SELECT FROM crm_loyalty_entry entry
                            WHERE entry.card_id = %s AND entry.kind = 'redeem')""",
                SQL.identifier(self._table, "id"),
            )
        )
        return Domain("id", "in" if True in value else "not in", query)

    # NEXT EXPIRY

    @api.model
    def _ledger_days(self):
        """Which day it is in each program with a ledger.

        :return: ``{program id: date}``
        """
        # sudo: the zone of a program, for whoever may see its members
        programs_sudo = self.env["loyalty.program"].sudo()
        programs = programs_sudo.with_context(active_test=False).search(
            [("is_ledger", "=", True)]
        )
        return {program.id: program._crm_today() for program in programs}

    @api.depends("points")
    def _compute_next_expiry(self):
        days = self._ledger_days()
        found = {}
        for day in set(days.values()):
            cards = self.browse(
                card._origin.id
                for card in self
                if days.get(card.program_id._origin.id) == day
            )
            found.update(cards._next_expiries(day))
        for card in self:
            date, points = found.get(card._origin.id, (False, 0))
            card.next_expiry_date = date
            card.next_expiry_points = points

    def _next_expiries(self, today):
        """:return: ``{card id: (last day, points)}`` of what expires soonest"""
        self.env["crm.loyalty.lot"].flush_model(["card_id", "expiry_date", "remaining"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (card_id) card_id, expiry_date, remaining
                     FROM crm_loyalty_lot
                    WHERE card_id = ANY(%s) AND remaining > 0 AND expiry_date >= %s
                    ORDER BY card_id, expiry_date""",
                self.ids,
                today,
            )
        )
        return {card: (day, float(points)) for card, day, points in rows}

    def _search_next_expiry_date(self, operator, value):
        """Members by the day on which points of theirs expire next."""
        having = SQL("")
        within = SQL("")
        if operator in ("<", "<="):
            # the soonest lies before a day where any does: the index answers
            within = SQL("AND lot.expiry_date %s %s", ORDERS[operator], value)
        elif operator in (">", ">="):
            having = SQL("HAVING MIN(lot.expiry_date) %s %s", ORDERS[operator], value)
        elif operator == "in":
            if False not in value:
                having = SQL("HAVING MIN(lot.expiry_date) = ANY(%s)", list(value))
        else:
            return NotImplemented
        found = self._expiring_cards(within, having)
        if operator != "in" or False not in value:
            return Domain("id", "in", found)
        days = [day for day in value if day]
        lasting = Domain("id", "not in", found)
        return lasting | Domain("next_expiry_date", "in", days) if days else lasting

    def _expiring_cards(self, within, having):
        """:return: SQL of the ids of cards with points that will expire"""
        days = self._ledger_days()
        if not days:
            return SQL("(SELECT NULL::int WHERE FALSE)")
        self.env["crm.loyalty.lot"].flush_model(["card_id", "expiry_date", "remaining"])
        return SQL(
            """(SELECT lot.card_id
                  FROM crm_loyalty_lot lot
                  JOIN loyalty_card card ON card.id = lot.card_id
                  JOIN (VALUES %(days)s) day (program_id, today)
                    ON day.program_id = card.program_id
                 WHERE lot.remaining > 0 AND lot.expiry_date >= %(first)s
                   AND lot.expiry_date >= day.today %(within)s
                 GROUP BY lot.card_id %(having)s)""",
            days=SQL(", ").join(
                SQL("(%s, %s::date)", program, today) for program, today in days.items()
            ),
            first=min(days.values()),
            within=within,
            having=having,
        )

    # ACTIONS

    def get_formview_id(self, access_uid=None):
        """A member opens as a member, wherever the link stands."""
        if len(self) == 1 and self.is_ledger:
            return self.env.ref("crm_loyalty.loyalty_card_view_form_member").id
        return super().get_formview_id(access_uid=access_uid)

    def _get_records_action(self, **kwargs):
        """As above: Odoo takes the first form there is, which knows no ledger."""
        if len(self.ids) == 1 and self.is_ledger:
            kwargs.setdefault("views", [(self.get_formview_id(), "form")])
        return super()._get_records_action(**kwargs)

    def action_open_partner(self):
        """Open the member's contact."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    def action_view_entries(self):
        """The entries of this member, to be searched and added up."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_loyalty.crm_loyalty_entry_action"
        )
        return {**action, "domain": [("card_id", "=", self.id)], "context": {}}
