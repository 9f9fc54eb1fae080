# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

# What lies on the same dates for everybody, and is known for years ahead.
FESTIVAL_KINDS = ("solar", "lunar", "solar_term", "public_holiday", "monthly")
# What comes every year for each contact, and is planned for the year ahead.
YEARLY_KINDS = ("birthday", "first_order", "visit_anniversary")
# What hangs on something that happened, and is planned when it draws near.
ANCHORED_KINDS = (
    "after_purchase",
    "warranty_end",
    "dormancy",
    "grade_reached",
    "grade_at_risk",
)
KINDS = [
    ("solar", "Date of the year"),
    ("lunar", "Date of the lunar year"),
    ("solar_term", "Solar term"),
    ("public_holiday", "Public holiday"),
    ("monthly", "Day of the month"),
    ("birthday", "Birthday"),
    ("first_order", "Anniversary of the first order"),
    ("visit_anniversary", "Anniversary of the first visit"),
    ("after_purchase", "Days after delivery or purchase"),
    ("warranty_end", "Warranty or contract ends"),
    ("dormancy", "No purchase for some time"),
    ("grade_reached", "Grade reached"),
    ("grade_at_risk", "Grade about to be lost"),
]


class CrmOccasion(models.Model):
    """A reason to be in touch: a festival, a birthday, something that was bought.

    It knows its dates and nothing of whom we write to; that is what care rules say.
    Archived occasions, as they are shipped, plan nothing.
    """

    _name = "crm.occasion"
    _description = "Occasion"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        string="In use",
        default=True,
        tracking=True,
        help="Rules of an occasion that is not in use plan nothing.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Leave empty for an occasion of all companies.",
    )
    color = fields.Integer(string="Colour")
    kind = fields.Selection(
        selection=KINDS, required=True, default="solar", tracking=True, index=True
    )
    description = fields.Text(
        translate=True, help="For colleagues: what is usual on this day."
    )

    # WHEN
    month = fields.Integer(aggregator=None, tracking=True)
    day = fields.Integer(aggregator=None, tracking=True)
    solar_term = fields.Selection(selection="_select_solar_term", tracking=True)
    country_id = fields.Many2one(comodel_name="res.country", ondelete="restrict")
    holiday_name = fields.Char(
        string="Holiday", help="As the holidays of the country are called in English."
    )
    days = fields.Integer(
        aggregator=None,
        tracking=True,
        help="After a purchase, ahead of an end, or without a purchase.",
    )

    rule_ids = fields.One2many(
        comodel_name="crm.care.rule", inverse_name="occasion_id", string="Care rules"
    )

    # SELECTIONS

    @api.model
    def _select_solar_term(self):
        """The 24 solar terms in the order of the year, by ``tools.lunar`` code."""
        return [
            ("xiaohan", self.env._("Minor Cold (小寒)")),
            ("dahan", self.env._("Major Cold (大寒)")),
            ("lichun", self.env._("Beginning of Spring (立春)")),
            ("yushui", self.env._("Rain Water (雨水)")),
            ("jingzhe", self.env._("Awakening of Insects (惊蛰)")),
            ("chunfen", self.env._("Spring Equinox (春分)")),
            ("qingming", self.env._("Qingming (清明)")),
            ("guyu", self.env._("Grain Rain (谷雨)")),
            ("lixia", self.env._("Beginning of Summer (立夏)")),
            ("xiaoman", self.env._("Grain Buds (小满)")),
            ("mangzhong", self.env._("Grain in Ear (芒种)")),
            ("xiazhi", self.env._("Summer Solstice (夏至)")),
            ("xiaoshu", self.env._("Minor Heat (小暑)")),
            ("dashu", self.env._("Major Heat (大暑)")),
            ("liqiu", self.env._("Beginning of Autumn (立秋)")),
            ("chushu", self.env._("End of Heat (处暑)")),
            ("bailu", self.env._("White Dew (白露)")),
            ("qiufen", self.env._("Autumn Equinox (秋分)")),
            ("hanlu", self.env._("Cold Dew (寒露)")),
            ("shuangjiang", self.env._("Descent of Frost (霜降)")),
            ("lidong", self.env._("Beginning of Winter (立冬)")),
            ("xiaoxue", self.env._("Minor Snow (小雪)")),
            ("daxue", self.env._("Major Snow (大雪)")),
            ("dongzhi", self.env._("Winter Solstice (冬至)")),
        ]
