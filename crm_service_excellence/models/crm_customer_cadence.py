# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a customer is to be contacted and visited next (service.md C5).

``due = max(last effective contact, start) + interval of the grade``. A better grade
never moves a date later: the former due date caps the new one until the next contact.
A pause moves what falls into it behind its end.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_customer_facts import FactSource

CUSTOMER = SQL("customer")
# What :meth:`_due_sql` gives.
DUE_COLUMNS = (
    "cadence_start",
    "cadence_grade_id",
    "contact_due_cap",
    "next_contact_date",
    "visit_due_cap",
    "next_visit_date",
)


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    touch_dates = fields.Json(
        readonly=True, help="Day of the last contact through each channel."
    )
    last_touch_date = fields.Date(string="Last contact", readonly=True)
    last_visit_date = fields.Date(string="Last visit", readonly=True)
    next_contact_date = fields.Date(
        string="Next contact", readonly=True, index="btree_not_null"
    )
    next_visit_date = fields.Date(
        string="Next visit", readonly=True, index="btree_not_null"
    )
    contact_interval = fields.Integer(
        string="Contact every (days)",
        readonly=True,
        tracking=True,
        help="Instead of the frequency of the grade; 0 for that of the grade.",
    )
    visit_interval = fields.Integer(
        string="Visit every (days)",
        readonly=True,
        tracking=True,
        help="Instead of the frequency of the grade; 0 for that of the grade.",
    )
    cadence_paused_until = fields.Date(
        string="Paused until",
        readonly=True,
        tracking=True,
        help="Last day on which the customer wants to be left in peace.",
    )
    cadence_pause_reason = fields.Char(
        string="Reason of the pause", readonly=True, tracking=True
    )
    # What the due dates were computed from, to know what a new grade may change
    cadence_start = fields.Date(
        string="Followed since",
        readonly=True,
        help="From when the frequency counts for who has never been contacted.",
    )
    cadence_grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="Grade of the due dates",
        readonly=True,
        ondelete="set null",
    )
    contact_due_cap = fields.Date(string="Contact no later than", readonly=True)
    visit_due_cap = fields.Date(string="Visit no later than", readonly=True)
    contact_activity_id = fields.Many2one(
        comodel_name="mail.activity",
        string="Reminder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # FACTS

    @api.model
    def _fact_sources(self, scope=None):
        scope = scope or self._default_scope()
        return {
            **super()._fact_sources(scope),
            "touchpoints": self._fact_source_touchpoints(scope),
        }

    def _fact_source_touchpoints(self, scope):
        """The last effective contact through each channel, dated where we are."""
        return FactSource(
            SQL(
                """SELECT partner_id, company_id,
                          jsonb_object_agg(channel, day) AS touch_dates,
                          MAX(day) AS last_touch_date,
                          MAX(day) FILTER (WHERE channel = 'visit') AS last_visit_date
                     FROM (SELECT partner.commercial_partner_id AS partner_id,
                                  touch.company_id, touch.channel,
                                  MAX(CAST(touch.date AT TIME ZONE 'UTC'
                                      AT TIME ZONE zone.name AS date)) AS day
                             FROM crm_touchpoint touch
                             JOIN res_partner partner ON partner.id = touch.partner_id
                             JOIN (VALUES %(zones)s) zone (company_id, name)
                               ON zone.company_id = touch.company_id
                            WHERE touch.is_effective
                              AND touch.date < (%(as_of)s::date + 1)::timestamp
                                  AT TIME ZONE zone.name AT TIME ZONE 'UTC'
                              AND %(covers)s
                            GROUP BY partner.commercial_partner_id,
                                     touch.company_id, touch.channel) touched
                    GROUP BY partner_id, company_id""",
                zones=self._zones_sql(scope.company_ids),
                as_of=scope.as_of,
                covers=scope.covers(SQL("partner.commercial_partner_id")),
            ),
            {"touch_dates": None, "last_touch_date": None, "last_visit_date": None},
        )

    # DUE DATES

    def _cadence_terms(self, company):
        """Columns of :meth:`_grade_terms_sql` about cadences, for each grade.

        :return: ``{grade: (position, contact days, contact channel, visit days)}``,
            the best grade at position 0
        """
        cadences = self.env["crm.cadence"]._terms(company)
        none = self.env["crm.cadence"]
        grades = self.env["crm.grade"].with_context(active_test=False).search([])
        terms = {}
        for position, grade in enumerate(grades):
            contact = cadences.get((grade, "contact"), none)
            visit = cadences.get((grade, "visit"), none)
            terms[grade] = (
                position,
                contact.interval_days or None,
                contact.channel or None,
                visit.interval_days or None,
            )
        return terms

    def _due_sql(self, as_of, stage, old, was_touched, was_visited):
        """SQL of the due dates and of what they are computed from.

        Needs ``grade`` (:meth:`_grade_terms_sql`, of the effective grade) in scope.

        :param as_of: date on which a new customer's time begins to run
        :param stage: alias of the facts, old: of the row as it was
        :param was_touched: former touch_dates, was_visited: former last_visit_date
        :return: ``{column: SQL}``
        """
        start = SQL("COALESCE(%s.cadence_start, %s::date)", old, as_of)
        old_position = self._old_position_sql(old)
        columns = {"cadence_start": start, "cadence_grade_id": SQL("grade.id")}
        last_contact = SQL(
            """CASE WHEN grade.contact_channel IS NULL THEN %(stage)s.last_touch_date
                    ELSE CAST(%(stage)s.touch_dates ->> grade.contact_channel AS date)
               END""",
            stage=stage,
        )
        touched = SQL("%s.touch_dates IS DISTINCT FROM %s", stage, was_touched)
        visited = SQL("%s.last_visit_date IS DISTINCT FROM %s", stage, was_visited)
        for kind, last, is_served in (
            ("contact", last_contact, touched),
            ("visit", SQL("%s.last_visit_date", stage), visited),
        ):
            due = SQL.identifier(f"next_{kind}_date")
            cap = SQL.identifier(f"{kind}_due_cap")
            interval = SQL(
                "COALESCE(NULLIF(%s.%s, 0), grade.%s)",
                old,
                SQL.identifier(f"{kind}_interval"),
                SQL.identifier(f"{kind}_days"),
            )
            columns[f"{kind}_due_cap"] = SQL(
                """CASE WHEN %(interval)s IS NULL OR %(is_served)s
                             OR grade.position > %(old_position)s THEN NULL
                        WHEN grade.position < %(old_position)s
                             THEN LEAST(%(old)s.%(cap)s, %(old)s.%(due)s)
                        ELSE %(old)s.%(cap)s END""",
                interval=interval,
                is_served=is_served,
                old_position=old_position,
                old=old,
                cap=cap,
                due=due,
            )
            columns[f"next_{kind}_date"] = SQL(
                """CASE WHEN %(active)s AND %(interval)s IS NOT NULL THEN
                       GREATEST(LEAST(GREATEST(%(last)s, %(start)s) + %(interval)s,
                                      %(new_cap)s),
                                %(old)s.cadence_paused_until + 1) END""",
                active=SQL("%s.active", stage),
                interval=interval,
                last=last,
                start=start,
                new_cap=columns[f"{kind}_due_cap"],
                old=old,
            )
        return columns

    def _old_position_sql(self, old):
        """Position of the grade that the stored due dates were computed for."""
        grades = self.env["crm.grade"].with_context(active_test=False).search([])
        return SQL(
            "CASE %s.cadence_grade_id %s END",
            old,
            SQL(" ").join(
                SQL("WHEN %s THEN %s", grade.id, position)
                for position, grade in enumerate(grades)
            ),
        )

    @api.model
    def _move_due_dates(self, companies):
        """Compute the due dates of all customers again, from what is stored of them.

        One statement; what follows when a cadence, not a customer, has changed.
        """
        if not companies:
            return
        self.env.flush_all()
        columns = self._due_sql(
            # a row has its start already, so that no date is needed here
            None,
            stage=CUSTOMER,
            old=CUSTOMER,
            was_touched=SQL("customer.touch_dates"),
            was_visited=SQL("customer.last_visit_date"),
        )
        names = SQL(", ").join(map(SQL.identifier, columns))
        new = SQL(", ").join(columns.values())
        stored = SQL(", ").join(SQL.identifier("customer", name) for name in columns)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_customer customer SET (%(names)s) = ROW(%(new)s)
                     FROM (%(grades)s) grade
                    WHERE grade.id = customer.grade_id
                      AND grade.company_id = customer.company_id
                      AND (%(stored)s) IS DISTINCT FROM (%(new)s)""",
                names=names,
                new=new,
                grades=self._grade_terms_sql(companies.ids),
                stored=stored,
            )
        )
        self.invalidate_model()

    # MERGE AND SETTINGS

    def _cadence_to_absorb(self, other):
        """Values of the other customer's own frequency and pause that are to be kept.

        The later end of a pause wins; so does the shorter of two frequencies.
        """
        values = {}
        for name in ("contact_interval", "visit_interval"):
            if other[name] and (not self[name] or other[name] < self[name]):
                values[name] = other[name]
        until = other.cadence_paused_until
        if until and (
            not self.cadence_paused_until or until > self.cadence_paused_until
        ):
            values["cadence_paused_until"] = until
            values["cadence_pause_reason"] = other.cadence_pause_reason
        starts = [row.cadence_start for row in (self, other) if row.cadence_start]
        if starts:
            values["cadence_start"] = min(starts)
        return values

    def action_set_cadence(self):
        """Open the form of the customer's own contact frequency and pause."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contact frequency"),
            "res_model": "crm.customer.cadence",
            "view_mode": "form",
            "target": "new",
            "context": {"default_customer_id": self.id},
        }
