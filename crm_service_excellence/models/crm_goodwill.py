# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_amount

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("granted", "Granted"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
LEVELS = [
    ("own", "Nobody else"),
    ("manager", "Manager"),
    ("director", "Director"),
]


class CrmGoodwill(models.Model):
    """Something that a customer gets as a favour: what, why, and what it is worth.

    Draft > requested > approved > granted, or refused or withdrawn with a reason.
    Whatever is approved or granted counts against the yearly budget of the customer.
    The rules are in ``crm_goodwill_life.py``, what it cannot be worth in
    ``crm_goodwill_guard.py``, the budget in ``crm_goodwill_amount.py``.
    """

    _name = "crm.goodwill"
    _description = "Goodwill Gesture"
    _inherit = ["crm.approval.mixin"]
    _order = "date_requested desc, id desc"
    _rec_names_search = ["name", "partner_id", "description"]
    _check_company_auto = True
    _decided_for = ("partner_id", "contact_id")
    _ask_activity = "crm_service_excellence.mail_activity_type_goodwill"

    name = fields.Char(
        string="Number", readonly=True, copy=False, index="trigram", default="/"
    )
    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    # Who gets what
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
        tracking=True,
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'child_of', partner_id), ('id', '!=', partner_id)]",
    )
    type_id = fields.Many2one(
        comodel_name="crm.goodwill.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        default=lambda self: self._default_type_id(),
    )
    kind = fields.Selection(related="type_id.kind", store=True)
    has_value = fields.Boolean(related="type_id.has_value")
    description = fields.Char(
        string="What the customer gets",
        help="In the customer's language: a letter may say it.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What it is worth to the customer; taken from the customer's budget.",
    )
    cost = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What it really costs us.",
    )

    # Why
    reason = fields.Selection(
        selection=[
            ("complaint", "Complaint"),
            ("recovery", "Making up for a mistake"),
            ("birthday", "Birthday"),
            ("anniversary", "Anniversary"),
            ("visit", "Visit"),
            ("other", "Other"),
        ],
        string="Occasion",
        default="recovery",
        required=True,
    )

    # Who decided, and when: written by the actions; who asked is in the mixin
    approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    date_granted = fields.Datetime(string="Granted", readonly=True, copy=False)
    budget_date = fields.Date(
        string="Counts on",
        readonly=True,
        copy=False,
        help="The day of approval, where the company is: in its year it counts.",
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="Grade when asked",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    approval_level = fields.Selection(
        selection=LEVELS, string="Approval by", readonly=True, copy=False
    )
    is_over_budget = fields.Boolean(
        string="Over budget",
        readonly=True,
        copy=False,
        tracking=True,
        help="With it, the customer gets more in the year than the budget allows.",
    )

    _check_value = models.Constraint(
        "CHECK (value >= 0 AND value < 1000000000)",
        "The value of a gesture is an amount of money, or 0.",
    )
    _check_cost = models.Constraint(
        "CHECK (cost >= 0 AND cost < 1000000000)",
        "The cost of a gesture is an amount of money, or 0.",
    )
    _budget_idx = models.Index(
        "(partner_id, company_id, budget_date) WHERE budget_date IS NOT NULL"
    )
    _source_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    # DEFAULTS AND COMPUTES

    @api.model
    def _default_type_id(self):
        return self.env["crm.goodwill.type"].search(
            [("company_id", "in", [False, self.env.company.id])], limit=1
        )

    @api.depends("type_id")
    def _compute_amounts(self):
        """What the type usually is worth; what was typed stays if it says nothing."""
        for goodwill in self:
            kind = goodwill.type_id
            goodwill.value = (
                kind.default_value or goodwill.value if kind.has_value else 0
            )
            goodwill.cost = kind.default_cost or goodwill.cost

    @api.depends("name", "type_id", "partner_id")
    def _compute_display_name(self):
        for goodwill in self:
            parts = [goodwill.name, goodwill.type_id.name]
            goodwill.display_name = " ".join(
                part for part in parts if part and part != "/"
            )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Another customer's contact gets nothing here."""
        if self.contact_id.commercial_partner_id != self.partner_id:
            self.contact_id = False

    # LETTER

    def _letter_values(self):
        """What the placeholders of a letter stand for; addons add theirs.

        :return: dict of str, see ``crm.goodwill.type._letter_placeholders``
        """
        self.ensure_one()
        return {
            "value": format_amount(self.env, self.value, self.currency_id),
            "customer": (self.contact_id or self.partner_id).name or "",
            "company": self.company_id.name,
            "what": self.description or self.type_id.name,
        }

    def _letter_sentences(self):
        """How a letter tells the customer of these gestures: those that are granted.

        :return: list of plain texts, in the language of the environment
        """
        granted = self.filtered(lambda one: one.state == "granted").sorted(
            lambda one: (one.type_id.sequence, one.id)
        )
        sentences = [
            one.type_id._fill_sentence(one._letter_values()) for one in granted
        ]
        return [sentence for sentence in sentences if sentence.strip()]

    # ACTIONS

    def action_open_partner(self):
        return self.partner_id._get_records_action(context={})
