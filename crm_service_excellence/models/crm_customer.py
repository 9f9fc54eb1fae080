# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .crm_grade import CUSTOMER_CLASSES

LIFECYCLES = [
    ("potential", "Potential"),
    ("new", "New"),
    ("growing", "Growing"),
    ("mature", "Mature"),
    ("declining", "Declining"),
    ("lost", "Lost"),
]
OVERRIDE_MAX_DAYS = (
    365  # an exception that outlives a year is a rule: change the policy
)


class CrmCustomer(models.Model):
    """What a customer is to one of our companies: one row per commercial partner.

    Facts, score and grade are written set-based by ``_refresh`` and by the grading
    run, never typed, so nobody has write access; the few decisions people take
    (override, VIP) go through methods that check who asks. A narrow table of our own
    keeps those bulk writes off ``res.partner``.
    """

    _name = "crm.customer"
    _description = "Customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "score desc, id desc"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _mail_post_access = "read"

    # Identity
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",  # privacy look-up skips cascading links
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Account manager",
        readonly=True,
        index=True,
        help="The salesperson of the contact.",
    )
    active = fields.Boolean(related="partner_id.active", store=True)
    country_id = fields.Many2one(related="partner_id.country_id")
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    avatar_128 = fields.Image(related="partner_id.avatar_128")

    # Grade
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        group_expand="_read_group_grades",
        help="The grade that counts: the override while there is one.",
    )
    computed_grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="Computed grade",
        readonly=True,
        ondelete="restrict",
        help="What the policy gives, whatever the override says.",
    )
    grade_color = fields.Integer(related="grade_id.color")
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg")
    score_detail = fields.Json(readonly=True)
    grade_date = fields.Date(string="Grade since", readonly=True)
    computed_grade_date = fields.Date(string="Computed grade since", readonly=True)
    upgraded_from_id = fields.Many2one(
        comodel_name="crm.grade",
        readonly=True,
        ondelete="restrict",
        help="Computed grade before the last upgrade; a refund of the purchase that "
        "caused the upgrade leads back to it.",
    )
    below_since = fields.Date(
        readonly=True,
        help="Since when the score has been too low for the computed grade.",
    )
    override_grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="Override",
        readonly=True,
        ondelete="restrict",
        tracking=True,
    )
    override_until = fields.Date(
        readonly=True, tracking=True, help="Last day of the override."
    )
    override_reason = fields.Char(readonly=True, tracking=True)
    change_ids = fields.One2many(
        comodel_name="crm.grade.change",
        inverse_name="customer_id",
        string="Grade history",
        readonly=True,
    )

    # Class and life
    is_vip = fields.Boolean(
        string="VIP by decision",
        readonly=True,
        tracking=True,
        help="Set by a manager: the customer is VIP whatever its grade.",
    )
    customer_class = fields.Selection(selection=CUSTOMER_CLASSES, readonly=True)
    lifecycle = fields.Selection(selection=LIFECYCLES, readonly=True)
    lifecycle_date = fields.Date(string="Lifecycle since", readonly=True)
    reactivated_date = fields.Date(
        string="Won back on",
        readonly=True,
        help="When a lost customer last bought again.",
    )

    # Money
    revenue_12m = fields.Monetary(string="Revenue, 12 months", readonly=True)
    revenue_previous_12m = fields.Monetary(
        string="Revenue, 12 months before", readonly=True
    )
    revenue_180d = fields.Monetary(string="Revenue, 180 days", readonly=True)
    revenue_previous_180d = fields.Monetary(
        string="Revenue, 180 days before", readonly=True
    )
    revenue_total = fields.Monetary(string="Revenue, total", readonly=True)
    order_count_12m = fields.Integer(string="Orders, 12 months", readonly=True)
    order_count = fields.Integer(string="Orders, total", readonly=True)
    first_order_date = fields.Date(string="First order", readonly=True)
    last_order_date = fields.Date(string="Last order", readonly=True)
    median_gap_days = fields.Float(
        string="Days between orders",
        digits=(8, 1),
        readonly=True,
        aggregator="avg",
        help="Median number of days between two days with orders.",
    )
    clv = fields.Monetary(
        string="Lifetime value",
        readonly=True,
        help="Average monthly margin of the last 12 months, over the months that "
        "customers of this grade are expected to stay, discounted to today.",
    )

    # What we know
    completeness = fields.Integer(
        string="Completeness (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the profile that is filled in.",
    )
    segment_ids = fields.Many2many(
        comodel_name="crm.segment",
        string="Segments",
        compute="_compute_segment_ids",
        search="_search_segment_ids",
    )
    insight_count = fields.Integer(compute="_compute_insight_count")

    # An index rather than a constraint: forgotten in a contact merge, a constraint
    # would delete rows silently where an index stops the merge.
    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "The company already follows this customer."
    )
    _score_idx = models.Index("(score DESC, id DESC)")
    _check_override = models.Constraint(
        "CHECK ((override_grade_id IS NULL) = (override_until IS NULL) "
        "AND (override_grade_id IS NULL) = (override_reason IS NULL))",
        "An override needs a grade, a reason and an end date.",
    )

    # COMPUTES

    @api.depends("partner_id")
    @api.depends_context("uid")
    def _compute_insight_count(self):
        counts = dict(
            self.env["crm.customer.insight"]._read_group(
                domain=[("partner_id", "in", self.partner_id.ids)],
                groupby=["partner_id"],
                aggregates=["__count"],
            )
        )
        for customer in self:
            customer.insight_count = counts.get(customer.partner_id, 0)

    @api.depends_context("allowed_company_ids")
    def _compute_segment_ids(self):
        members = self.env["crm.segment"].search([])._members_among(self)
        for customer in self:
            customer.segment_ids = members.get(customer._origin.id, [])

    @api.model
    def _search_segment_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        segments = self.env["crm.segment"].search(
            value if operator == "any" else [("id", "in", list(value))]
        )
        domain = segments._get_union_domain()
        if operator == "in" and False in value:
            domain |= ~self.env["crm.segment"].search([])._get_union_domain()
        return domain

    def _read_group_grades(self, grades, domain):
        return self.env["crm.grade"].search([])

    # ACTIONS

    def action_refresh(self):
        """Measure this customer's facts again, now."""
        self.check_access("read")
        self._refresh(partner_ids=self.partner_id.ids)
        return True

    def action_override(self):
        """Open the form that overrides the grade."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Override the grade"),
            "res_model": "crm.customer.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_customer_id": self.id},
        }

    def action_end_override(self):
        """End the override today: the computed grade counts again."""
        self.ensure_one()
        self._end_override(self.env._("Ended by hand"))
        return True

    def action_toggle_vip(self):
        """A manager's decision that the customer is VIP, or no longer."""
        self._check_manager()
        for customer_sudo in self.sudo():  # nobody has write access: checked above
            customer_sudo.is_vip = not customer_sudo.is_vip
        self._refresh(partner_ids=self.partner_id.ids)
        return True

    def action_open_partner(self):
        return self.partner_id._get_records_action(context={})

    def action_view_invoices(self):
        self.ensure_one()
        return self.partner_id.action_view_partner_invoices()

    def action_view_insights(self):
        self.ensure_one()
        return self.partner_id.action_view_crm_insights()

    # FOLLOW

    @api.model
    def _follow(self, partner):
        """Make ``partner`` a customer of the current company, before any purchase.

        :return: the ``crm.customer``
        :raise UserError: when it is somebody else's customer
        """
        # sudo: nobody has create access; the caller may read the partner
        customers_sudo = self.sudo().with_context(active_test=False)
        customer_sudo = customers_sudo.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", self.env.company.id),
            ]
        )
        if not customer_sudo:
            customer_sudo = customers_sudo.create(
                {"partner_id": partner.id, "company_id": self.env.company.id}
            )
            self._refresh(partner_ids=partner.ids)
        if not customer_sudo.sudo(False).has_access("read"):
            raise UserError(
                self.env._(
                    "%(customer)s is looked after by %(user)s.",
                    customer=partner.display_name,
                    user=customer_sudo.user_id.name or self.env._("nobody yet"),
                )
            )
        return customer_sudo.sudo(False)

    # OVERRIDE

    def _check_manager(self):
        """:raise AccessError: when the user may not decide on grades."""
        if not (
            self.env.su
            or self.env.user.has_group("crm_service_excellence.group_care_manager")
        ):
            raise AccessError(
                self.env._("Only Customer Care managers decide on a customer's grade.")
            )
        self.check_access("read")

    def _set_override(self, grade, reason, until):
        """Let ``grade`` count instead of the computed one, up to and with ``until``.

        :param grade: ``crm.grade``
        :param reason: why, shown to everybody who sees the customer
        :param until: last day of the override, in the company's time zone
        :raise AccessError: for anybody but a manager
        :raise ValidationError: end date in the past or more than a year away, no reason
        """
        self.ensure_one()
        self._check_manager()
        today = self.company_id._crm_today()
        if not (reason or "").strip():
            raise ValidationError(self.env._("Say why the grade is overridden."))
        if until < today:
            raise ValidationError(
                self.env._("An override cannot end in the past (%(date)s).", date=until)
            )
        if until > today + timedelta(days=OVERRIDE_MAX_DAYS):
            raise ValidationError(
                self.env._(
                    "An override lasts %(days)s days at most. "
                    "If it should last longer, change the policy.",
                    days=OVERRIDE_MAX_DAYS,
                )
            )
        self._decide_grade(
            "override",
            grade,
            reason.strip(),
            {
                "override_grade_id": grade.id,
                "override_until": until,
                "override_reason": reason.strip(),
            },
        )

    def _end_override(self, reason):
        """Let the computed grade count again, with a fresh grace period.

        :raise AccessError: for anybody but a manager
        """
        self.ensure_one()
        self._check_manager()
        if not self.override_grade_id:
            raise UserError(self.env._("There is no override to end."))
        values = {
            "override_grade_id": False,
            "override_until": False,
            "override_reason": False,
        }
        if self.below_since:
            values["below_since"] = self.company_id._crm_today()
        self._decide_grade("override_end", self.computed_grade_id, reason, values)

    def _decide_grade(self, kind, grade, reason, values):
        """Write a person's decision, its history and what follows from it."""
        customer_sudo = self.sudo()  # nobody has write access: the callers check
        today = self.company_id._crm_today()
        old_grade = customer_sudo.grade_id
        if grade != old_grade:
            values = {**values, "grade_id": grade.id, "grade_date": today}
        customer_sudo.write(values)
        customer_sudo.env["crm.grade.change"].create(
            {
                "customer_id": self.id,
                "company_id": self.company_id.id,
                "date": today,
                "kind": kind,
                "old_grade_id": old_grade.id,
                "new_grade_id": grade.id,
                "score": self.score,
                "reason": reason,
                "user_id": self.env.uid,
            }
        )
        self._refresh(partner_ids=self.partner_id.ids)
