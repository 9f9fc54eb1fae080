# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_customer_cadence import DUE_COLUMNS
from .crm_grade_outcome import COUNTS, GRADE_COLUMNS

# Totals of a company are not for those who see their own customers only.
ALL_CUSTOMERS = "crm_service_excellence.group_care_all"

_logger = logging.getLogger(__name__)


class CrmGradeRun(models.Model):
    """One grading of a company's customers as of a date, real or simulated.

    Running > done; or simulated > applied / dropped; failed keeps the error to show.
    """

    _name = "crm.grade.run"
    _description = "Grading Run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        comodel_name="crm.grade.policy",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    as_of = fields.Date(string="As of", required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("simulated", "Simulated"),
            ("applied", "Applied"),
            ("dropped", "Dropped"),
            ("running", "Running"),
            ("failed", "Failed"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    date_start = fields.Datetime(string="Started", readonly=True)
    date_end = fields.Datetime(string="Ended", readonly=True)
    seconds = fields.Float(digits=(10, 2), readonly=True, aggregator="avg")
    customer_count = fields.Integer(string="Customers", readonly=True)
    written_count = fields.Integer(
        string="Rows written",
        readonly=True,
        help="Customers of whom any fact, score or grade changed.",
    )
    first_count = fields.Integer(string="First grades", readonly=True)
    upgrade_count = fields.Integer(string="Upgrades", readonly=True)
    downgrade_count = fields.Integer(string="Downgrades", readonly=True)
    warned_count = fields.Integer(
        string="Warnings",
        readonly=True,
        help="Customers who fell below their grade in this run.",
    )
    revenue_moved = fields.Monetary(
        readonly=True,
        groups=ALL_CUSTOMERS,
        help="12-month revenue of the customers who change their grade.",
    )
    matrix = fields.Json(readonly=True, groups=ALL_CUSTOMERS)
    cuts = fields.Json(readonly=True, groups=ALL_CUSTOMERS)
    last_partner_id = fields.Integer(readonly=True)  # where a killed run resumes
    last_change_id = fields.Integer(readonly=True)  # tells a simulation what came later
    error = fields.Text(readonly=True)
    line_ids = fields.One2many(
        comodel_name="crm.grade.run.line", inverse_name="run_id", readonly=True
    )
    move_ids = fields.One2many(
        comodel_name="crm.grade.run.line",
        inverse_name="run_id",
        string="Customers who would move",
        domain=[("kind", "!=", False)],
        readonly=True,
    )
    change_ids = fields.One2many(
        comodel_name="crm.grade.change", inverse_name="run_id", readonly=True
    )

    _company_idx = models.Index(
        "(company_id, id DESC) WHERE state IN ('done', 'applied')"
    )

    @api.depends("as_of", "company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Grading as of %(date)s", date=fields.Date.to_string(run.as_of) or ""
            )

    # ACTIONS

    @api.model
    def action_grade_now(self):
        """Grade the customers of the current company as of today.

        :raise UserError: no policy is active
        """
        policy = self.env["crm.grade.policy"]._get_active(self.env.company)
        if not policy:
            raise UserError(self.env._("No grading policy is active."))
        return policy.action_run()

    def action_view_moves(self):
        """List of the customers who would move, or who moved."""
        self.ensure_one()
        if self.state == "simulated":
            name, model = self.env._("Who would move"), "crm.grade.run.line"
            domain = [("run_id", "=", self.id), ("kind", "!=", False)]
        else:
            name, model = self.env._("Who moved"), "crm.grade.change"
            domain = [("run_id", "=", self.id)]
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list",
            "domain": domain,
        }

    def action_view_warned(self):
        """Customers who fell below their grade on the day of this run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_customer_action"
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("below_since", "=", self.as_of),
        ]
        return {**action, "domain": domain, "context": {}}

    # RUN

    @api.model
    def _start(self, policy, company, as_of, simulate):
        """A new run, or the one of that day that was killed before its end."""
        key = {"policy_id": policy.id, "company_id": company.id, "as_of": as_of}
        if not simulate:
            domain = [(name, "=", value) for name, value in key.items()]
            killed = self.search([*domain, ("state", "=", "running")], limit=1)
            if killed:
                return killed
        return self.create(
            {
                **key,
                "state": "simulated" if simulate else "running",
                "date_start": fields.Datetime.now(),
                "matrix": self._get_standing(company),
                "last_change_id": self.env["crm.grade.change"]
                .search([("company_id", "=", company.id)], order="id desc", limit=1)
                .id,
            }
        )

    @api.model
    def _get_standing(self, company):
        """Matrix of a run that moves nobody: ``[[from, to, customers, revenue]]``."""
        # sudo: the matrix counts every customer of the company
        groups = (
            self.env["crm.customer"]
            .sudo()
            ._read_group(
                domain=[
                    ("company_id", "=", company.id),
                    ("active", "in", [True, False]),
                ],
                groupby=["grade_id"],
                aggregates=["__count", "revenue_12m:sum"],
            )
        )
        return [
            [grade.id, grade.id, count, float(revenue)]
            for grade, count, revenue in groups
            if grade
        ]

    def _add_batch(self, result, fact_columns, upto_id):
        """Write a batch of results, their history, and count them into this run."""
        columns = [
            "user_id",
            "active",
            *fact_columns,
            "lifecycle",
            "lifecycle_date",
            "reactivated_date",
            "customer_class",
            "clv",
            *DUE_COLUMNS,
            *GRADE_COLUMNS,
        ]
        counts = self.env["crm.customer"]._write_result(
            result, columns, extra=self._history_sql()
        )
        self._add_counts(counts)
        if upto_id is not None:
            self.last_partner_id = upto_id

    def _history_sql(self):
        """Record each change of grade among ``changed``, and count what changed."""
        return SQL(
            """, history AS (
                INSERT INTO crm_grade_change (customer_id, company_id, date, kind,
                            old_grade_id, new_grade_id, score, run_id, user_id)
                SELECT COALESCE(changed.customer_id, inserted.id), changed.company_id,
                       %(as_of)s, changed.change_kind, changed.old_grade_id,
                       changed.grade_id, changed.score, %(run)s, %(uid)s
                  FROM changed
                  LEFT JOIN inserted ON inserted.partner_id = changed.partner_id
                 WHERE changed.change_kind IS NOT NULL
                   AND COALESCE(changed.customer_id, inserted.id) IS NOT NULL)
            %(counts)s""",
            counts=COUNTS,
            as_of=self.as_of,
            run=self.id,
            uid=self.env.uid,
        )

    def _add_simulation(self, result):
        """Keep a result as lines instead of writing it, and count it."""
        counts = self.env["crm.grade.run.line"]._insert_result(self, result)
        self._add_counts(counts)

    def _add_counts(self, counts):
        """Count rows ``(from, to, kind, customers, revenue, warned)``."""
        cells = {(old, new): (n, revenue) for old, new, n, revenue in self.matrix or []}

        def add(key, number, revenue):
            n, total = cells.get(key, (0, 0.0))
            cells[key] = (n + number, round(total + revenue, 2))

        values = {
            name: self[name]
            for name in (
                "written_count",
                "first_count",
                "upgrade_count",
                "downgrade_count",
                "warned_count",
                "revenue_moved",
            )
        }
        count_of = {
            "first": "first_count",
            "upgrade": "upgrade_count",
            "downgrade": "downgrade_count",
            "refund": "downgrade_count",
        }
        for old, new, kind, number, revenue, warned in counts:
            revenue = float(revenue)
            values["written_count"] += number
            values["warned_count"] += warned
            if kind in count_of:
                values[count_of[kind]] += number
            if old != new:
                if old:
                    add((old, old), -number, -revenue)
                    values["revenue_moved"] += revenue
                add((old, new), number, revenue)
        values["matrix"] = [
            [old, new, n, revenue] for (old, new), (n, revenue) in cells.items() if n
        ]
        values["customer_count"] = sum(cell[2] for cell in values["matrix"])
        self.write(values)

    def _warn_account_managers(self):
        """One activity for each account manager whose customers fell below a grade."""
        if not self.warned_count:
            return
        groups = self.env["crm.customer"]._read_group(
            domain=[
                ("company_id", "=", self.company_id.id),
                ("below_since", "=", self.as_of),
                ("user_id.active", "=", True),
                ("user_id.share", "=", False),
            ],
            groupby=["user_id"],
            aggregates=["__count"],
        )
        for user, number in groups:
            run = self.with_context(lang=user.lang, mail_activity_quick_update=True)
            run.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                date_deadline=self.company_id._crm_today(),
                summary=run.env._(
                    "%(count)s of your customers fell below their grade", count=number
                ),
                note=run.env._(
                    "They keep it for %(days)s days. "
                    "Open “Warnings” to see who they are.",
                    days=self.policy_id.grace_days,
                ),
            )

    def _finish(self, seconds):
        """End the run; ``seconds`` is the working time since it was (last) started."""
        values = {
            "date_end": fields.Datetime.now(),
            "seconds": self.seconds + seconds,
        }
        if self.state == "running":
            values["state"] = "done"
        self.write(values)
        if self.state == "done":
            self._warn_account_managers()

    @api.model
    def _record_failure(self, company, policy, error):
        """Keep a failed nightly run where managers look, and log it."""
        _logger.error(
            "Grading the customers of %s failed", company.name, exc_info=error
        )
        now = fields.Datetime.now()
        return self.create(
            {
                "company_id": company.id,
                "policy_id": policy.id,
                "as_of": company._crm_today(),
                "state": "failed",
                "date_start": now,
                "date_end": now,
                "error": str(error),
            }
        )

    @api.model
    def _last_cuts_sql(self, company_ids):
        """Thresholds frozen by the last run of each company."""
        return SQL(
            """SELECT DISTINCT ON (company_id) company_id,
                      CAST(cuts ->> 'important_revenue' AS numeric) AS important_revenue
                 FROM crm_grade_run
                WHERE state IN ('done', 'applied') AND company_id = ANY(%s)
                ORDER BY company_id, id DESC""",
            list(company_ids),
        )
