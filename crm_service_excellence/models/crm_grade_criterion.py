# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.scoring import LadderError, check_ladder


class CrmGradeCriterion(models.Model):
    """One thing a policy measures, how much it weighs and how it earns points."""

    _name = "crm.grade.criterion"
    _description = "Grading Criterion"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        comodel_name="crm.grade.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    state = fields.Selection(related="policy_id.state")
    sequence = fields.Integer(default=10)
    metric = fields.Selection(
        selection=[
            ("spend", "Spend in 12 months"),
            ("frequency", "Orders in 12 months"),
            ("recency", "Days since the last order"),
            ("tenure", "Months as a customer"),
            ("satisfaction", "Satisfaction in 12 months"),
        ],
        required=True,
        default="spend",
    )
    weight = fields.Float(
        digits=(6, 2),
        default=1.0,
        required=True,
        help="Weights need not sum to 100: only their proportions matter.",
    )
    share = fields.Float(
        string="Share of the score",
        compute="_compute_share",
        help="Weight as a share of all weights of the policy.",
    )
    method = fields.Selection(
        selection=[("bands", "Bands"), ("quantile", "Rank among the customers")],
        default="bands",
        required=True,
        help="Bands: points by thresholds.\n"
        "Rank: of the customers who bought in the last 12 months the best fifth earns "
        "100 points, the next 80, and so on; equal values always earn equal points. "
        "With fewer than 20 such customers the bands are used.",
    )
    band_ids = fields.One2many(
        comodel_name="crm.grade.band",
        inverse_name="criterion_id",
        string="Bands",
        copy=True,
    )
    band_summary = fields.Char(string="Points", compute="_compute_band_summary")

    _check_weight = models.Constraint(
        "CHECK (weight >= 0)", "A weight cannot be negative."
    )

    @api.depends("metric")
    def _compute_display_name(self):
        labels = self._metric_labels()
        for criterion in self:
            criterion.display_name = labels.get(criterion.metric, "")

    @api.depends("weight", "policy_id.criterion_ids.weight")
    def _compute_share(self):
        for criterion in self:
            total = sum(criterion.policy_id.criterion_ids.mapped("weight"))
            criterion.share = criterion.weight / total if total else 0.0

    @api.depends("band_ids.lower", "band_ids.points")
    def _compute_band_summary(self):
        for criterion in self:
            criterion.band_summary = ", ".join(
                self.env._(
                    "%(points)g from %(lower)s",
                    points=band.points,
                    lower=f"{band.lower:,g}",
                )
                for band in criterion.band_ids.sorted("lower")
            )

    @api.constrains("band_ids")
    def _check_bands(self):
        """Refuse bands that overlap or leave a hole.

        Checked when all lines of a save are in, and again before a policy is used.

        :raise ValidationError: naming the criterion and the value
        """
        for criterion in self:
            try:
                check_ladder(criterion.band_ids._rungs())
            except LadderError as error:
                raise ValidationError(criterion._ladder_message(error)) from error

    def _ladder_message(self, error):
        self.ensure_one()
        if error.code == "overlap":
            return self.env._(
                "%(criterion)s: two bands start at %(value)s, so they overlap.",
                criterion=self.display_name,
                value=f"{error.value:,}",
            )
        if error.code == "hole":
            return self.env._(
                "%(criterion)s: no band covers the values below %(value)s. "
                "Let the first band start at 0.",
                criterion=self.display_name,
                value=f"{error.value:,}",
            )
        if error.code == "points":
            return self.env._(
                "%(criterion)s: points lie between 0 and 100.",
                criterion=self.display_name,
            )
        return self.env._(
            "%(criterion)s has no bands. Say how many points each value earns.",
            criterion=self.display_name,
        )

    # CRUD: the lines of an active policy are as frozen as the policy

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.policy_id._check_editable()
        return criteria

    def write(self, vals):
        self.policy_id._check_editable()
        result = super().write(vals)
        self.policy_id._check_editable()  # where it was moved to
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        self.policy_id._check_editable()

    # METRICS

    @api.model
    def _metric_labels(self):
        return dict(self._fields["metric"]._description_selection(self.env))

    @api.model
    def _lower_is_better(self):
        """Metrics whose small values are the good ones (used to rank customers)."""
        return {"recency"}

    @api.model
    def _metric_sources(self, stage, as_of):
        """SQL that measures each metric on a row of staged facts.

        Addons that add a metric (``selection_add``) call super and add its SQL, over
        facts that they add to ``crm.customer._fact_sources``. NULL is "no value",
        which is not zero.

        :param stage: alias of the staged facts
        :param as_of: date of the run
        :return: ``{metric: SQL}``
        """
        months = SQL(
            "AGE(%(as_of)s::date, %(stage)s.first_order_date)", as_of=as_of, stage=stage
        )
        return {
            "spend": SQL("%s.revenue_12m", stage),
            "frequency": SQL("%s.order_count_12m", stage),
            "recency": SQL("%s::date - %s.last_order_date", as_of, stage),
            "tenure": SQL(
                "EXTRACT(YEAR FROM %(m)s) * 12 + EXTRACT(MONTH FROM %(m)s)", m=months
            ),
            "satisfaction": SQL("NULL"),
        }

    def _metric_sql(self, stage, as_of):
        """SQL of this criterion's raw value, as a number or NULL."""
        self.ensure_one()
        sources = self._metric_sources(stage, as_of)
        return SQL("CAST(%s AS numeric)", sources[self.metric])

    def _rank_sign(self):
        """1 where a high value is the good one, -1 where a low one is."""
        self.ensure_one()
        return -1 if self.metric in self._lower_is_better() else 1
