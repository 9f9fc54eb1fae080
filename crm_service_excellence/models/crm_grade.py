# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CUSTOMER_CLASSES = [
    ("vip", "VIP"),
    ("important", "Important"),
    ("ordinary", "Ordinary"),
    ("potential", "Potential"),
    ("lost", "Lost"),
]


class CrmGrade(models.Model):
    """A level of importance a customer can reach, and what it entitles to.

    Not Odoo's ``res.partner.grade``, which ranks resellers and sets pricelists.
    """

    _name = "crm.grade"
    _description = "Customer Grade"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short technical name that rules and imports refer to."
    )
    sequence = fields.Integer(
        default=10, help="The best grade comes first.", tracking=True
    )
    active = fields.Boolean(default=True)
    color = fields.Integer(string="Colour")
    min_score = fields.Float(
        string="Minimum score",
        digits=(5, 2),
        tracking=True,
        help="A customer whose score reaches it, of 100, earns the grade.",
    )
    customer_class = fields.Selection(
        selection=CUSTOMER_CLASSES[:3],
        default="ordinary",
        required=True,
        help="Class given to buying customers of this grade.",
    )
    retention_rate = fields.Float(
        string="Monthly retention",
        digits=(6, 4),
        default=0.9,
        help="Share of these customers still buying a month later. "
        "Used for the lifetime value.",
    )
    description = fields.Html(
        string="Promise",
        translate=True,
        help="What a customer of this grade may expect of us.",
    )
    customer_ids = fields.One2many(
        comodel_name="crm.customer", inverse_name="grade_id", string="Customers"
    )
    customer_count = fields.Integer(compute="_compute_customer_count")

    _code_uniq = models.UniqueIndex("(code)", "Another grade already has this code.")
    _check_min_score = models.Constraint(
        "CHECK (min_score >= 0 AND min_score <= 100)",
        "A minimum score lies between 0 and 100.",
    )
    _check_retention_rate = models.Constraint(
        "CHECK (retention_rate >= 0 AND retention_rate <= 1)",
        "Monthly retention lies between 0 and 100 %.",
    )

    @api.depends("customer_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.customer"]._read_group(
                domain=[
                    ("grade_id", "in", self.ids),
                    ("company_id", "in", self.env.companies.ids),
                ],
                groupby=["grade_id"],
                aggregates=["__count"],
            )
        )
        for grade in self:
            grade.customer_count = counts.get(grade._origin, 0)

    @api.constrains("min_score", "active", "sequence")
    def _check_ladder(self):
        """Grades form a ladder: one per minimum, a bottom one at 0, best first."""
        ladder = self.search([])
        if not ladder:
            raise ValidationError(self.env._("At least one grade must stay active."))
        seen = {}
        for grade in ladder:
            twin = seen.setdefault(grade.min_score, grade)
            if twin != grade:
                raise ValidationError(
                    self.env._(
                        "%(one)s and %(two)s both start at %(score)s points. "
                        "Two grades cannot have the same minimum score.",
                        one=twin.name,
                        two=grade.name,
                        score=grade.min_score,
                    )
                )
        if 0.0 not in seen:
            raise ValidationError(
                self.env._(
                    "One active grade must start at 0 points, "
                    "so that every customer has a grade."
                )
            )
        scores = ladder.mapped("min_score")
        if scores != sorted(scores, reverse=True):
            raise ValidationError(
                self.env._(
                    "The grades must be listed from the highest minimum score "
                    "to the lowest."
                )
            )

    @api.constrains("active")
    def _check_archived_unused(self):
        archived = self.filtered(lambda grade: not grade.active)
        if archived and archived._customers_sudo(limit=1):
            raise ValidationError(
                self.env._("A grade that customers hold cannot be archived.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self._customers_sudo(limit=1):
            raise UserError(
                self.env._("A grade that customers hold cannot be deleted.")
            )

    def _customers_sudo(self, limit=None):
        # sudo: customers of other companies count too
        customers_sudo = self.env["crm.customer"].sudo()
        return customers_sudo.with_context(active_test=False).search(
            [
                "|",
                "|",
                ("grade_id", "in", self.ids),
                ("computed_grade_id", "in", self.ids),
                ("override_grade_id", "in", self.ids),
            ],
            limit=limit,
        )

    def action_view_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_customer_action"
        )
        return {**action, "domain": [("grade_id", "=", self.id)], "context": {}}
