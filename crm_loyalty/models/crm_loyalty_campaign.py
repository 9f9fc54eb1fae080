# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLoyaltyCampaign(models.Model):
    """Days on which a purchase earns more points: double points in May.

    Additive by default: a campaign adds to the plain points, not to what the grade made
    of them; 1.5 for gold and double points are 2.5, not 3.
    """

    _name = "crm.loyalty.campaign"
    _description = "Points Campaign"
    _order = "date_from desc, id desc"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_ledger", "=", True)],
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, index=True
    )
    date_from = fields.Date(string="First day", required=True)
    date_to = fields.Date(string="Last day", required=True)
    factor = fields.Float(
        digits=(6, 2), default=2.0, required=True, help="2: twice the points."
    )
    is_compounding = fields.Boolean(
        string="Multiplies the grade",
        help="The campaign multiplies what the grade's multiplier gave, instead of "
        "adding to the plain points.",
    )
    grade_ids = fields.Many2many(
        comodel_name="crm.grade", string="For grades", help="Empty: for every member."
    )
    product_ids = fields.Many2many(
        comodel_name="product.product", string="Products", help="Empty: any product."
    )
    product_category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product categories",
        help="Their products, too; empty and no products: any product.",
    )

    _check_dates = models.Constraint(
        "CHECK (date_to >= date_from)", "A campaign ends on or after its first day."
    )
    _check_factor = models.Constraint(
        "CHECK (factor > 1 AND factor <= 100)",
        "A campaign multiplies points by more than 1 and at most 100.",
    )

    @api.constrains("program_id")
    def _check_program(self):
        if self.filtered(lambda campaign: not campaign.program_id.is_ledger):
            raise ValidationError(
                self.env._("Campaigns belong to programs that keep a points ledger.")
            )
