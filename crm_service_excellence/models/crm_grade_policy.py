# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What may be changed on an active policy: none of it moves a customer.
EDITABLE_WHEN_ACTIVE = frozenset(
    {"name", "note", "message_follower_ids", "message_main_attachment_id"}
)
# Written by the transitions only, never from outside.
TRANSITION_FIELDS = frozenset(
    {"state", "version", "previous_id", "date_activated", "date_retired"}
)
# Marks a transition in the context: an object, which no request can send.
TRANSITION = object()


class CrmGradePolicy(models.Model):
    """How customers are graded: criteria, weights, and how patient we are.

    Draft > active > retired. One active policy per company; a policy without company
    serves every company that has none of its own. What was active is never edited:
    a change makes a new version, so that each run can be traced to its rules.
    """

    _name = "crm.grade.policy"
    _description = "Grading Policy"
    _inherit = ["mail.thread"]
    _order = "state, company_id, version desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty for a policy that serves all companies.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    basis = fields.Selection(
        selection=[
            ("invoice", "Posted customer invoices"),
            ("order", "Confirmed sales orders"),
        ],
        default="invoice",
        required=True,
        help="What counts as a purchase.",
    )
    grace_days = fields.Integer(
        string="Grace period (days)",
        default=90,
        help="How long a customer may stay below its grade before it loses it.",
    )
    buffer = fields.Float(
        string="Buffer (points)",
        digits=(5, 2),
        default=3.0,
        help="How far the score may fall below the minimum of the grade "
        "before the grace period starts.",
    )
    min_stay_days = fields.Integer(
        string="Minimum stay (days)",
        default=30,
        help="A grade is kept at least that long.",
    )
    missing = fields.Selection(
        selection=[
            ("renormalise", "Leave it out and rescale the other weights"),
            ("zero", "Count it as zero points"),
        ],
        string="Missing values",
        default="renormalise",
        required=True,
    )
    note = fields.Html(string="Notes")
    date_activated = fields.Datetime(readonly=True, copy=False)
    date_retired = fields.Datetime(readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="crm.grade.policy",
        string="Former version",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    criterion_ids = fields.One2many(
        comodel_name="crm.grade.criterion",
        inverse_name="policy_id",
        string="Criteria",
        copy=True,
    )
    run_ids = fields.One2many(
        comodel_name="crm.grade.run", inverse_name="policy_id", string="Runs"
    )
    run_count = fields.Integer(compute="_compute_run_count")

    # One active policy per company, and one that serves all: the database says so.
    _active_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state = 'active'",
        "The company already has an active grading policy.",
    )
    _check_days = models.Constraint(
        "CHECK (grace_days >= 0 AND min_stay_days >= 0)",
        "Grace period and minimum stay cannot be negative.",
    )
    _check_buffer = models.Constraint(
        "CHECK (buffer >= 0 AND buffer <= 100)",
        "The buffer lies between 0 and 100 points.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._(
                "%(name)s, version %(version)s",
                name=policy.name or "",
                version=policy.version,
            )

    @api.depends("run_ids")
    def _compute_run_count(self):
        counts = dict(
            self.env["crm.grade.run"]._read_group(
                domain=[("policy_id", "in", self.ids)],
                groupby=["policy_id"],
                aggregates=["__count"],
            )
        )
        for policy in self:
            policy.run_count = counts.get(policy._origin, 0)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state", "draft") != "draft" for vals in vals_list):
            raise UserError(
                self.env._("A new policy is a draft until it is activated.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("crm_grade_policy_transition") is TRANSITION:
            return super().write(vals)
        if TRANSITION_FIELDS.intersection(vals):
            raise UserError(
                self.env._("State and version change by the buttons of the policy.")
            )
        if set(vals) - EDITABLE_WHEN_ACTIVE:
            self._check_editable()
        return super().write(vals)

    def _write_transition(self, vals):
        """Write what only a transition may change."""
        return self.with_context(crm_grade_policy_transition=TRANSITION).write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for policy, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=policy.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(policy.state != "draft" for policy in self):
            raise UserError(
                self.env._(
                    "Customers were graded by this policy: it is kept as evidence. "
                    "Only drafts can be deleted."
                )
            )

    def _check_editable(self):
        """Refuse to change what customers are, or were, graded by.

        :raise UserError: when a policy of ``self`` is not a draft
        """
        for policy in self:
            if policy.state != "draft":
                raise UserError(
                    self.env._(
                        "%(policy)s is not a draft, so it cannot be changed: customers "
                        "were graded by it. Use “New version”, change that, simulate "
                        "it and activate it.",
                        policy=policy.display_name,
                    )
                )

    # ACTIONS

    def action_activate(self):
        """Make this draft the policy of its company; the former version retires.

        :raise ValidationError: when weights, bands or criteria cannot grade everyone
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "active":
            return True
        if self.state == "retired":
            raise UserError(
                self.env._("A retired policy stays retired. Make a new version of it.")
            )
        self._check_complete()
        now = fields.Datetime.now()
        former = self.search(
            [("state", "=", "active"), ("company_id", "=", self.company_id.id)]
        )
        former._write_transition({"state": "retired", "date_retired": now})
        former.flush_recordset()  # the unique index allows one active at any moment
        self._write_transition(
            {
                "state": "active",
                "date_activated": now,
                "previous_id": self.previous_id.id or former.id,
                "version": max(self.version, former.version + 1),
            }
        )
        return True

    def action_new_version(self):
        """Copy this policy into a draft that can be changed, and open it."""
        self.ensure_one()
        latest = self.search(
            [("company_id", "=", self.company_id.id)], order="version desc", limit=1
        )
        draft = self.copy({"name": self.name, "company_id": self.company_id.id})
        draft._write_transition({"version": latest.version + 1, "previous_id": self.id})
        return draft._get_records_action(context={})

    def action_run(self):
        """Grade the customers of the current company as of today."""
        self.ensure_one()
        self.check_access("write")
        return self._run()._get_records_action(context={})

    def action_simulate(self):
        """Show what this policy would change, without changing anything."""
        self.ensure_one()
        self.check_access("write")
        return self._run(simulate=True)._get_records_action(context={})

    def action_view_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service_excellence.crm_grade_run_action"
        )
        return {**action, "domain": [("policy_id", "=", self.id)]}

    # BUSINESS

    @api.model
    def _get_active(self, company):
        """The policy that grades ``company``: its own, else the one for all."""
        policies = self.search(
            [("state", "=", "active"), ("company_id", "in", [company.id, False])]
        )
        return policies.filtered("company_id")[:1] or policies[:1]

    def _check_complete(self):
        """Refuse a policy that could not give each customer one score.

        :raise ValidationError: no criterion, weights that sum to zero, one metric twice
            or bands that overlap or leave a hole
        """
        self.ensure_one()
        if not self.criterion_ids:
            raise ValidationError(
                self.env._("A grading policy needs at least one criterion.")
            )
        if sum(self.criterion_ids.mapped("weight")) <= 0:
            raise ValidationError(
                self.env._(
                    "The weights of the criteria sum to zero. "
                    "Give at least one criterion a weight."
                )
            )
        metrics = self.criterion_ids.mapped("metric")
        if len(metrics) != len(set(metrics)):
            raise ValidationError(
                self.env._("Each metric can be used by one criterion only.")
            )
        self.criterion_ids._check_bands()
