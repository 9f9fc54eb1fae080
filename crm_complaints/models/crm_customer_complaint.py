# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the customer record knows of complaints."""

import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.crm_customer_facts import FactSource

from .crm_complaint_terms import OPEN_STATES

# No complaint in the end: the same one twice, or taken back.
UNCOUNTED_STATES = ("duplicate", "withdrawn")

_logger = logging.getLogger(__name__)


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    complaint_count_12m = fields.Integer(
        string="Complaints, 12 months",
        readonly=True,
        help="Received in the last 12 months; without duplicates and what was "
        "withdrawn.",
    )
    open_complaint_count = fields.Integer(string="Open complaints", readonly=True)
    visible_complaint_count = fields.Integer(
        string="Complaint count",
        compute="_compute_visible_complaint_count",
        groups="crm_complaints.group_complaint_own",
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_visible_complaint_count(self):
        counts = {
            (partner, company): count
            for partner, company, count in self.env["crm.complaint"]._read_group(
                domain=[("partner_id", "in", self.partner_id.ids)],
                groupby=["partner_id", "company_id"],
                aggregates=["__count"],
            )
        }
        for customer in self:
            customer.visible_complaint_count = counts.get(
                (customer.partner_id, customer.company_id), 0
            )

    def action_view_complaints(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_complaints()

    # FACTS

    @api.model
    def _fact_sources(self, scope=None):
        scope = scope or self._default_scope()
        return {
            **super()._fact_sources(scope),
            "complaints": self._fact_source_complaints(scope),
        }

    def _fact_source_complaints(self, scope):
        """Complaints of the half-open window, and those that wait for us.

        Dated in the zone of the company, under the *current* commercial partner.
        """
        return FactSource(
            SQL(
                """
                SELECT partner_id, company_id,
                       COUNT(*) FILTER (WHERE day > %(y1)s
                           AND state <> ALL(%(uncounted)s))::int
                           AS complaint_count_12m,
                       COUNT(*) FILTER (WHERE state = ANY(%(open)s))::int
                           AS open_complaint_count
                  FROM (SELECT partner.commercial_partner_id AS partner_id,
                               complaint.company_id, complaint.state,
                               CAST(complaint.date_received AT TIME ZONE 'UTC'
                                    AT TIME ZONE zone.name AS date) AS day
                          FROM crm_complaint complaint
                          JOIN res_partner partner ON partner.id = complaint.partner_id
                          JOIN (VALUES %(zones)s) zone (company_id, name)
                            ON zone.company_id = complaint.company_id
                         WHERE complaint.active AND %(covers)s) dated
                 WHERE day <= %(as_of)s
                 GROUP BY partner_id, company_id""",
                y1=scope.months_ago(12),
                as_of=scope.as_of,
                uncounted=list(UNCOUNTED_STATES),
                open=list(OPEN_STATES),
                zones=self._zones_sql(scope.company_ids),
                covers=scope.covers(SQL("partner.commercial_partner_id")),
            ),
            {"complaint_count_12m": 0, "open_complaint_count": 0},
            creates=True,
        )

    def _format_step(self, metric, gap, target):
        if metric == "complaints":
            return self.env._("at most %(count)g in 12 months", count=target)
        return super()._format_step(metric, gap, target)

    # HOLD

    def _care_hold_reasons(self):
        """An open complaint comes before greetings and offers."""
        reasons = super()._care_hold_reasons()
        # sudo: a complaint holds back whoever plans care, also who may not read it
        complaints_sudo = self.env["crm.complaint"].sudo()
        found = complaints_sudo._read_group(
            domain=[
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", OPEN_STATES),
            ],
            groupby=["partner_id", "company_id"],
            aggregates=["id:recordset"],
        )
        open_complaints = {(partner, company): rows for partner, company, rows in found}
        for customer in self if found else ():
            key = (customer.partner_id, customer.company_id)
            for complaint in open_complaints.get(key, ()):
                reasons.setdefault(customer.id, []).append(
                    self.env._(
                        "Complaint %(number)s is open", number=complaint._short_name()
                    )
                )
        return reasons

    # GRADE: what is promised on open complaints follows it

    @api.model
    def _sync_complaint_grades(self, companies=None, partner_ids=None):
        """Open complaints take the grade their customers have now.

        One statement finds those that differ, usually none. One that cannot be written
        stops neither the others nor the grading; it says so itself.

        :param companies: ``res.company`` whose customers were graded; all by default
        :param partner_ids: commercial partners; all by default
        """
        self.env.flush_all()
        conditions = [SQL("complaint.state = ANY(%s)", list(OPEN_STATES))]
        if companies is not None:
            conditions.append(SQL("complaint.company_id = ANY(%s)", companies.ids))
        if partner_ids is not None:
            conditions.append(SQL("complaint.partner_id = ANY(%s)", list(partner_ids)))
        self.env.cr.execute(
            SQL(
                """SELECT complaint.id
                     FROM crm_complaint complaint
                     JOIN crm_customer customer
                       ON customer.partner_id = complaint.partner_id
                      AND customer.company_id = complaint.company_id
                    WHERE complaint.grade_id IS DISTINCT FROM customer.grade_id
                      AND %s
                    ORDER BY complaint.id""",
                SQL(" AND ").join(conditions),
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        # sudo: grades are measured, whoever had them measured
        complaints_sudo = self.env["crm.complaint"].sudo().browse(ids)
        if not complaints_sudo:
            return
        if not complaints_sudo._try_snapshot_grade():
            for complaint in complaints_sudo:
                if not complaint._try_snapshot_grade():
                    complaint._message_log(
                        body=complaint.env._(
                            "The customer's grade has changed, but the deadlines could "
                            "not follow. Ask an administrator to look at the log."
                        )
                    )

    def _decide_grade(self, kind, grade, reason, values):
        result = super()._decide_grade(kind, grade, reason, values)
        self._sync_complaint_grades(self.company_id, self.partner_id.ids)
        return result

    # ONE CUSTOMER FROM TWO

    @api.model
    def _reassign_partner(self, sources, target):
        result = super()._reassign_partner(sources, target)
        self.env["crm.complaint"]._reassign_partner(sources, target)
        return result


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    def _short_name(self):
        """The number, or the subject of what has none yet."""
        return self.number or self.name

    def _try_snapshot_grade(self):
        """:return: whether it went well; nothing is changed where it did not"""
        try:
            # what is in memory must not run the hooks before commit one by one
            self.env.flush_all()
            with self.env.cr.savepoint(flush=False):
                self._snapshot_grade()
                self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            self.env.transaction.clear()
            if len(self) == 1:
                _logger.exception("Complaint %s cannot follow its grade", self.id)
            return False
        return True


class CrmGradeRun(models.Model):
    _inherit = "crm.grade.run"

    def _finish(self, seconds):
        result = super()._finish(seconds)
        if self.state == "done":
            self.env["crm.customer"]._sync_complaint_grades(self.company_id)
        return result

    def _apply(self):
        result = super()._apply()
        self.env["crm.customer"]._sync_complaint_grades(self.company_id)
        return result
