# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class CrmGoodwillBudget(models.Model):
    """How much goodwill a customer of a grade may get in a calendar year."""

    _name = "crm.goodwill.budget"
    _description = "Goodwill Budget"
    _order = "company_id, grade_id, id"
    _rec_name = "grade_id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Empty: for all companies that have no row of their own.",
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for customers without a grade, and grades without a row.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    amount = fields.Monetary(
        string="A year",
        required=True,
        help="For one customer and calendar year, in the currency of the company.",
    )

    _grade_company_uniq = models.UniqueIndex(
        "(COALESCE(grade_id, 0), COALESCE(company_id, 0))",
        "There is a budget for this grade and company already.",
    )
    _check_amount = models.Constraint(
        "CHECK (amount >= 0 AND amount < 1000000000)",
        "A budget is an amount of money, or 0.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for budget in self:
            company = budget.company_id or self.env.company
            budget.currency_id = company.currency_id

    @api.depends("grade_id", "company_id")
    def _compute_display_name(self):
        for budget in self:
            budget.display_name = budget.grade_id.name or self.env._("Other customers")

    @api.model
    def _amount_for(self, grade, company):
        """The budget of a customer of ``grade`` in a year.

        The company's own row for the grade counts, then that of all companies, then
        the rows without a grade; without any of them there is no budget.

        :param grade: ``crm.grade``, may be empty
        :param company: ``res.company``
        :return: amount in the company's currency
        """
        # sudo: what a budget is, whoever asks for a gesture has to know
        budgets_sudo = self.sudo().search(
            [
                ("grade_id", "in", [grade.id, False]),
                ("company_id", "in", [company.id, False]),
            ]
        )
        budgets_sudo = budgets_sudo.sorted(
            lambda row: (bool(row.grade_id), bool(row.company_id)), reverse=True
        )
        return budgets_sudo[:1].amount
