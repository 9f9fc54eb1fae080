# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from .crm_grade_change import CHANGE_KINDS
from .crm_grade_outcome import COUNTS, GRADE_COLUMNS


class CrmGradeRunLine(models.Model):
    """What a simulated run would write on one customer; applied or dropped with it."""

    _name = "crm.grade.run.line"
    _description = "Simulated Grade"
    _order = "run_id, revenue_12m desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        comodel_name="crm.grade.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        comodel_name="crm.customer",
        string="Customer record",
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Account manager",
        readonly=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=CHANGE_KINDS,
        string="Move",
        readonly=True,
    )
    old_grade_id = fields.Many2one(
        comodel_name="crm.grade", string="From", readonly=True, ondelete="cascade"
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade", string="To", readonly=True, ondelete="cascade"
    )
    old_score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg")
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg")
    revenue_12m = fields.Monetary(string="Revenue, 12 months", readonly=True)
    warned = fields.Boolean(string="Would fall below its grade", readonly=True)

    # The rest of what would be written
    score_detail = fields.Json(readonly=True)
    computed_grade_id = fields.Many2one(
        comodel_name="crm.grade", readonly=True, ondelete="cascade"
    )
    computed_grade_date = fields.Date(readonly=True)
    grade_date = fields.Date(readonly=True)
    below_since = fields.Date(readonly=True)
    upgraded_from_id = fields.Many2one(
        comodel_name="crm.grade", readonly=True, ondelete="cascade"
    )
    override_grade_id = fields.Many2one(
        comodel_name="crm.grade", readonly=True, ondelete="cascade"
    )
    override_until = fields.Date(readonly=True)
    override_reason = fields.Char(readonly=True)

    @api.model
    def _insert_result(self, run, result):
        """Keep what ``result`` would change of scores and grades as lines of ``run``.

        :return: rows for ``crm.grade.run._add_counts``
        """
        names = [SQL.identifier(name) for name in GRADE_COLUMNS]
        self.env.cr.execute(
            SQL(
                """
                WITH changed AS MATERIALIZED (
                    SELECT result.* FROM (%(result)s) result
                      LEFT JOIN crm_customer customer
                             ON customer.id = result.customer_id
                     WHERE customer.id IS NULL
                        OR (%(stored)s) IS DISTINCT FROM (%(new)s)),
                kept AS (
                    INSERT INTO crm_grade_run_line (run_id, company_id, partner_id,
                           customer_id, user_id, kind, old_grade_id, old_score,
                           revenue_12m, warned, %(columns)s,
                           create_uid, create_date, write_uid, write_date)
                    SELECT %(run)s, result.company_id, result.partner_id,
                           result.customer_id, result.user_id, result.change_kind,
                           result.old_grade_id, result.old_score, result.revenue_12m,
                           result.warned, %(new)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM changed result)
                %(counts)s""",
                counts=COUNTS,
                result=result,
                stored=SQL(", ").join(SQL("customer.%s", name) for name in names),
                new=SQL(", ").join(SQL("result.%s", name) for name in names),
                columns=SQL(", ").join(names),
                run=run.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        counts = self.env.cr.fetchall()
        self.invalidate_model()
        run.invalidate_recordset(["line_ids", "move_ids"])
        return counts

    @api.model
    def _result_sql(self, run):
        """The lines of ``run``, in the shape ``crm.customer._write_result`` takes."""
        return SQL(
            """SELECT customer.id AS customer_id, line.partner_id, line.company_id,
                      line.user_id, line.kind AS change_kind, line.old_grade_id,
                      line.revenue_12m, line.warned, %s
                 FROM crm_grade_run_line line
                 LEFT JOIN crm_customer customer
                        ON customer.partner_id = line.partner_id
                       AND customer.company_id = line.company_id
                WHERE line.run_id = %s""",
            SQL(", ").join(
                SQL("line.%s", SQL.identifier(name)) for name in GRADE_COLUMNS
            ),
            run.id,
        )
