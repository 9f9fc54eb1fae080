# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

TOUCH_CHANNELS = [
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("wechat", "WeChat"),
    ("visit", "Visit"),
    ("meeting", "Meeting"),
    ("video", "Video call"),
    ("letter", "Letter"),
    ("web", "Website"),
    ("other", "Other"),
]
# A message that came in reached us, not the customer: it needs an answer to count.
WRITTEN_CHANNELS = frozenset({"email", "sms", "wechat", "letter", "web"})
# What was written by the system or measured: nobody edits evidence.
MEASURED_FIELDS = frozenset(
    {
        "source",
        "res_model",
        "res_id",
        "confirmation_state",
        "confirmation_deadline",
        "confirmation_date",
        "next_activity_id",
    }
)
# What the customer's record is measured from.
REFRESH_FIELDS = frozenset(
    {"partner_id", "company_id", "date", "channel", "direction", "is_effective"}
)
# By whose and which rows one may write.
OWNER_FIELDS = frozenset({"partner_id", "user_id", "company_id"})
# Customers to be measured again before the transaction commits.
PENDING = "crm_touchpoint.pending"


class CrmTouchpoint(models.Model):
    """One contact with a customer, whatever the channel and whoever wrote it down.

    Most rows write themselves (``_record``): activities done, messages to customers,
    visits reported. They feed cadences, caps, key figures and the timeline.
    """

    _name = "crm.touchpoint"
    _description = "Touchpoint"
    _inherit = ["crm.measured.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",  # privacy look-up skips cascading links
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'child_of', partner_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    date = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        tracking=True,
        help="When it took place.",
    )
    direction = fields.Selection(
        selection=[("out", "We contacted them"), ("in", "They contacted us")],
        required=True,
        default="out",
    )
    channel = fields.Selection(
        selection=TOUCH_CHANNELS, required=True, default="phone", tracking=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="The colleague who had the contact.",
    )
    summary = fields.Text()
    is_effective = fields.Boolean(
        string="Reached",
        compute="_compute_is_effective",
        store=True,
        readonly=False,
        precompute=True,
        help="Whether the customer was reached: only such a contact counts for the "
        "contact frequency.",
    )
    important = fields.Boolean(
        tracking=True,
        help="What was said matters: it is confirmed to the customer in writing "
        "within one working day.",
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    source = fields.Char(
        readonly=True,
        copy=False,
        help="What wrote this touchpoint; empty when a person did.",
    )
    next_step = fields.Char(string="Next step")
    next_step_date = fields.Date(string="Next step on")
    confirmation_state = fields.Selection(
        selection=[("none", "Not needed"), ("due", "Due"), ("sent", "Sent")],
        string="Written confirmation",
        required=True,
        readonly=True,
        copy=False,
        default="none",
        tracking=True,
    )
    confirmation_deadline = fields.Datetime(
        string="Confirm by", readonly=True, copy=False
    )
    confirmation_date = fields.Datetime(
        string="Confirmed on", readonly=True, copy=False
    )

    # An index rather than a constraint: forgotten in a contact merge, a constraint
    # would delete rows silently where an index stops the merge.
    _source_uniq = models.UniqueIndex(
        "(source, partner_id, company_id) WHERE source IS NOT NULL",
        "This contact is recorded already.",
    )
    _measure_idx = models.Index("(partner_id, company_id, channel, date)")
    _user_idx = models.Index("(user_id, date)")
    _date_idx = models.Index("(date DESC, id DESC)")

    # COMPUTES

    @api.depends("channel", "partner_id")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for touch in self:
            channel = labels.get(touch.channel, "")
            customer = touch.partner_id.display_name
            touch.display_name = f"{channel}, {customer}" if customer else channel

    @api.depends("direction", "channel")
    def _compute_is_effective(self):
        for touch in self:
            touch.is_effective = (
                touch.direction != "in" or touch.channel not in WRITTEN_CHANNELS
            )

    @api.constrains("date")
    def _check_date(self):
        if any(touch.date > fields.Datetime.now() for touch in self):
            raise ValidationError(
                self.env._(
                    "A touchpoint is a contact that took place: its date cannot lie in "
                    "the future. Plan an activity or a visit instead."
                )
            )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_measured(vals)
        touchpoints = super().create(
            [self._file_under_customer(vals) for vals in vals_list]
        )
        self._refresh_customers(touchpoints.partner_id.ids)
        return touchpoints

    def write(self, vals):
        self._check_not_measured(vals)
        partner_ids = set(self.partner_id.ids)
        result = super().write(self._file_under_customer(vals))
        if not self.env.su and OWNER_FIELDS.intersection(vals):
            self.check_access("create")  # nothing is written in a colleague's name
        if REFRESH_FIELDS.intersection(vals):
            self._refresh_customers(partner_ids.union(self.partner_id.ids))
        return result

    def unlink(self):
        partner_ids = self.partner_id.ids
        result = super().unlink()
        self._refresh_customers(partner_ids)
        return result

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | MEASURED_FIELDS

    @api.model
    def _file_under_customer(self, vals):
        """File a contact with a person under the person's company."""
        partner = self.env["res.partner"].browse(vals.get("partner_id") or ())
        if not partner or partner == partner.commercial_partner_id:
            return vals
        vals = {**vals, "partner_id": partner.commercial_partner_id.id}
        if not vals.get("contact_id"):
            vals["contact_id"] = partner.id
        return vals

    # ACTIONS

    def action_open_document(self):
        """Open what the contact was about."""
        self.ensure_one()
        record = self.res_model in self.env and (
            self.env[self.res_model].browse(self.res_id).exists()
        )
        if not record:
            raise UserError(self.env._("The document does not exist any more."))
        return record._get_records_action(context={})

    def action_open_partner(self):
        return self.partner_id._get_records_action(context={})

    # MEASURING

    @api.model
    def _refresh_customers(self, partner_ids):
        """Measure these customers again: at once, or all together before the commit.

        The context key ``crm_touch_refresh_later`` puts it off, for callers in a loop.
        """
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if not pending:
            self.env.cr.precommit.add(self._refresh_pending)
        pending.update(partner_ids)
        if not self.env.context.get("crm_touch_refresh_later"):
            self._refresh_pending()

    @api.model
    def _refresh_pending(self):
        partner_ids = self.env.cr.precommit.data.pop(PENDING, ())
        if partner_ids:
            # sudo: facts are measured for every company, whoever had the contact
            self.env["crm.customer"].sudo()._refresh(partner_ids=list(partner_ids))
