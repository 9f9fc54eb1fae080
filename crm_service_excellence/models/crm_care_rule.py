# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models

PURPOSES = [
    ("service", "Service"),
    ("greeting", "Greeting"),
    ("marketing", "Marketing"),
]
# Who gives way where a contact would get too much: lower goes first.
PRIORITIES = [
    ("1", "Service"),
    ("2", "Warranty"),
    ("3", "Birthday or festival"),
    ("4", "Feedback"),
    ("5", "Promotion"),
]


class CrmCareRule(models.Model):
    """Whom we are in touch with on an occasion, how, and who has to agree.

    Draft > active, and stopped. An active rule plans ``crm.care.task`` rows ahead
    (``crm_care_rule_generate.py``); what is sent passes ``crm_care_task_gate.py``.
    """

    _name = "crm.care.rule"
    _description = "Care Rule"
    _inherit = ["crm.measured.mixin", "mail.thread"]
    _order = "priority, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("active", "Active"), ("stopped", "Stopped")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    occasion_id = fields.Many2one(
        comodel_name="crm.occasion",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    kind = fields.Selection(related="occasion_id.kind")
    color = fields.Integer(related="occasion_id.color")

    # WHO
    recipient = fields.Selection(
        selection=[
            ("customer", "The customer itself"),
            ("contacts", "Each person at the customer"),
        ],
        compute="_compute_recipient",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="Birthdays are always those of persons.",
    )
    grade_ids = fields.Many2many(
        comodel_name="crm.grade",
        relation="crm_care_rule_grade_rel",
        string="Grades",
        help="Empty: customers of any grade, or of none.",
    )
    class_ids = fields.Many2many(
        comodel_name="crm.customer.trait",
        relation="crm_care_rule_class_rel",
        string="Classes",
        domain=[("kind", "=", "class")],
    )
    lifecycle_ids = fields.Many2many(
        comodel_name="crm.customer.trait",
        relation="crm_care_rule_lifecycle_rel",
        string="Lifecycles",
        domain=[("kind", "=", "lifecycle")],
    )
    segment_ids = fields.Many2many(
        comodel_name="crm.segment", string="Segments", check_company=True
    )
    lang_ids = fields.Many2many(
        comodel_name="res.lang", string="Languages", help="Empty: any language."
    )
    domain = fields.Char(
        string="Further conditions",
        default="[]",
        required=True,
        help="On the contact who would be written to.",
    )
    holdout_percent = fields.Integer(
        string="Hold-out (%)",
        aggregator=None,
        tracking=True,
        help="So many of a hundred contacts, always the same, get nothing: only in "
        "comparison with them does the effect show.",
    )

    # WHEN
    lead_days = fields.Integer(
        string="Days before",
        aggregator=None,
        tracking=True,
        help="The contact hears from us so many days before the occasion.",
    )
    validity_days = fields.Integer(
        string="Still welcome for (days)",
        compute="_compute_validity_days",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="0: on the day itself or not at all, like a birthday.",
    )
    date_from = fields.Date(string="From", help="Nothing is planned before.")
    date_to = fields.Date(string="Until", help="Nothing is planned after.")
    priority = fields.Selection(
        selection=PRIORITIES,
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Where a contact would get too much, who is first in this list goes "
        "first; the others wait or are dropped.",
    )
    purpose = fields.Selection(
        selection=PURPOSES,
        default="greeting",
        required=True,
        tracking=True,
        help="Which consent it needs. Service is never counted as too much.",
    )

    # HOW
    prefer_customer_channel = fields.Boolean(
        string="The customer's preference first",
        default=True,
        help="The preferred channel of the contact is tried before the others, if "
        "the list has it.",
    )
    channel_ids = fields.One2many(
        comodel_name="crm.care.rule.channel",
        inverse_name="rule_id",
        string="Channels",
        copy=True,
        default=lambda self: self._default_channel_ids(),
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="E-mail",
        domain=[("model", "=", "crm.care.task")],
        ondelete="restrict",
        tracking=True,
    )
    sms_template_id = fields.Many2one(
        comodel_name="sms.template",
        string="Short text",
        domain=[("model", "=", "crm.care.task")],
        ondelete="restrict",
        tracking=True,
        help="For SMS, and to copy into WeChat or read out on the phone.",
    )
    instructions = fields.Text(
        translate=True, help="For the colleague who calls, visits or sends a gift."
    )
    approval = fields.Selection(
        selection=[
            ("never", "Nobody has to agree"),
            ("always", "Somebody has to agree to each"),
            ("grades", "Somebody has to agree for these grades"),
        ],
        default="never",
        required=True,
        tracking=True,
    )
    approval_grade_ids = fields.Many2many(
        comodel_name="crm.grade",
        relation="crm_care_rule_approval_grade_rel",
        string="Grades to agree on",
    )
    owner = fields.Selection(
        selection=[("manager", "Account manager"), ("user", "Always the same")],
        default="manager",
        required=True,
        string="Looked after by",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Colleague",
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Also where a customer has no account manager.",
    )
    goodwill_type_id = fields.Many2one(
        comodel_name="crm.goodwill.type",
        string="Gift",
        check_company=True,
        ondelete="restrict",
        help="Asked for when the contact is greeted.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    goodwill_value = fields.Monetary(
        string="Worth", help="0: what the gift usually is worth."
    )

    task_ids = fields.One2many(
        comodel_name="crm.care.task", inverse_name="rule_id", string="Care tasks"
    )

    _check_days = models.Constraint(
        "CHECK (lead_days BETWEEN 0 AND 366 AND validity_days BETWEEN 0 AND 366)",
        "Days are between 0 and 366.",
    )
    _check_holdout = models.Constraint(
        "CHECK (holdout_percent BETWEEN 0 AND 90)",
        "Between 0 and 90 % of the contacts are held out.",
    )

    @api.model
    def _default_channel_ids(self):
        return [
            Command.create({"channel": channel, "sequence": number})
            for number, channel in enumerate(("email", "phone"), start=1)
        ]

    @api.depends("occasion_id")
    def _compute_recipient(self):
        for rule in self:
            if rule.occasion_id.kind == "birthday":
                rule.recipient = "contacts"
            else:
                rule.recipient = rule.recipient or "customer"

    @api.depends("occasion_id")
    def _compute_validity_days(self):
        """A greeting is for its day, a notice can wait a week."""
        for rule in self:
            late = ("warranty_end", "dormancy", "after_purchase", "grade_at_risk")
            rule.validity_days = 7 if rule.occasion_id.kind in late else 0

    @api.depends("occasion_id")
    def _compute_priority(self):
        by_kind = {"warranty_end": "2", "after_purchase": "4", "dormancy": "5"}
        for rule in self:
            rule.priority = by_kind.get(rule.occasion_id.kind, "3")
