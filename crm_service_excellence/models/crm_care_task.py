# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .crm_care_rule import PRIORITIES, PURPOSES
from .crm_care_rule_channel import CARE_CHANNELS
from .crm_occasion import KINDS

STATES = [
    ("planned", "Planned"),
    ("to_approve", "To approve"),
    ("approved", "Approved"),
    ("by_hand", "To do by hand"),
    ("done", "Done"),
    ("skipped", "Skipped"),
    ("expired", "Expired"),
    ("failed", "Failed"),
]
# The task is not settled yet.
OPEN_STATES = ("planned", "to_approve", "approved", "by_hand")
# Nobody has committed to it: a changed rule may plan it anew.
REPLANNED_STATES = ("planned", "to_approve")
REASONS = [
    ("contact", "Contact is gone"),
    ("rule", "Rule does not ask for it any more"),
    ("anchor", "Its reason is gone"),
    ("consent", "Not wanted"),
    ("blacklist", "On the blacklist"),
    ("address", "No way to reach the contact"),
    ("fatigue", "Would be too much"),
    ("hold", "Customer is better left alone"),
    ("paused", "Care is paused"),
    ("window", "Never a good time"),
    ("late", "Too late"),
    ("approval", "Nobody agreed in time"),
    ("refused", "Refused"),
    ("by_person", "Skipped by a colleague"),
    ("holdout", "Held out for comparison"),
    ("text", "Text could not be written"),
    ("delivery", "Could not be delivered"),
]


class CrmCareTask(models.Model):
    """One contact, one occasion, once: what is planned, what became of it, and why.

    Planned > to approve > approved > done, or to do by hand for a colleague; skipped,
    expired or failed with a reason in words. Rows are written by the generation
    (``crm_care_rule_generate.py``) and by actions; nobody types a state.
    """

    _name = "crm.care.task"
    _description = "Care Task"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_date, priority, id"
    _rec_names_search = ["partner_id", "rule_id"]
    _mail_post_access = "read"
    _allow_sudo_commands = False

    # rule and company are the first columns of the indexes below: none of their own
    rule_id = fields.Many2one(
        comodel_name="crm.care.rule",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    occasion_id = fields.Many2one(
        comodel_name="crm.occasion",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    color = fields.Integer(related="occasion_id.color")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        string="Grade when planned",
        readonly=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Looked after by",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("share", "=", False)],
        tracking=True,
    )

    # WHAT IT IS ABOUT, and the key by which it is planned once
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    occurrence_key = fields.Char(required=True, readonly=True)

    # WHEN: dates are the contact's own, moments naive UTC
    occasion_date = fields.Date(string="Occasion on", required=True, readonly=True)
    due_date = fields.Date(string="Due", required=True, readonly=True)
    not_before = fields.Datetime(string="Not before", required=True, readonly=True)
    not_after = fields.Datetime(string="Not after", required=True, readonly=True)
    wait_reason = fields.Char(string="Waits because", readonly=True)
    wait_code = fields.Selection(selection=REASONS, readonly=True)

    # WHAT BECOMES OF IT
    state = fields.Selection(
        selection=STATES,
        default="planned",
        required=True,
        readonly=True,
        tracking=True,
        group_expand=True,
    )
    reason_code = fields.Selection(
        selection=REASONS, string="Kind of reason", readonly=True
    )
    reason = fields.Char(string="Why not", readonly=True)
    purpose = fields.Selection(selection=PURPOSES, required=True, readonly=True)
    priority = fields.Selection(selection=PRIORITIES, required=True, readonly=True)
    channel = fields.Selection(
        selection=CARE_CHANNELS,
        readonly=True,
        help="The channel it goes through, once that is known.",
    )
    channel_note = fields.Char(
        string="Why this channel",
        readonly=True,
        help="Which channels were passed over, and why.",
    )
    is_holdout = fields.Boolean(string="Held out", readonly=True)

    # TEXT: written when it is reviewed or sent, and then sent exactly so
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize="email_outgoing")
    short_text = fields.Text(readonly=True)
    is_edited = fields.Boolean(string="Text edited by hand", readonly=True)
    text_author_id = fields.Many2one(
        comodel_name="res.users",
        string="Text by",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # APPROVAL
    needs_approval = fields.Boolean(readonly=True)
    approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Approved by",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    approved_date = fields.Datetime(string="Approved on", readonly=True)
    approved_until = fields.Datetime(string="Approval valid until", readonly=True)
    approved_hash = fields.Char(readonly=True, groups="base.group_system")

    # DELIVERY
    done_date = fields.Datetime(string="Done on", readonly=True)
    done_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Done by",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        string="E-mail",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_system",
    )
    delivery_tries = fields.Integer(readonly=True, aggregator=None)
    goodwill_id = fields.Many2one(
        comodel_name="crm.goodwill",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    # RESPONSE
    response = fields.Selection(
        selection=[("order", "Order"), ("reply", "Reply"), ("rating", "Rating")],
        readonly=True,
        help="The first thing the customer did within 14 days.",
    )
    response_date = fields.Date(string="Response on", readonly=True)

    # C12: an index rather than a constraint, since a contact merge that forgot it
    # would lose rows with a constraint and stops with an index.
    _occurrence_uniq = models.UniqueIndex(
        "(rule_id, partner_id, COALESCE(res_model, ''), COALESCE(res_id, 0),"
        " occurrence_key)",
        "This is planned already.",
    )
    _due_idx = models.Index(
        "(priority, not_before, id) WHERE state IN ('planned', 'approved')"
    )
    _day_idx = models.Index("(company_id, due_date, rule_id)")
    _done_idx = models.Index("(partner_id, done_date) WHERE done_date IS NOT NULL")
    # what the caps count, and what is too late
    _customer_idx = models.Index(
        "(commercial_partner_id, done_date) WHERE state IN ('by_hand', 'done')"
    )
    _hour_idx = models.Index("(company_id, done_date) WHERE state = 'done'")
    _end_idx = models.Index(
        "(not_after) WHERE state IN ('planned', 'to_approve', 'approved', 'by_hand')"
    )

    @api.depends("rule_id", "partner_id")
    def _compute_display_name(self):
        for task in self:
            names = (task.partner_id.name, task.rule_id.name)
            task.display_name = ": ".join(name for name in names if name)
