# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_complaint_terms import CHANNELS

# What a field of the complaint is called here is what it is called there.
OUTCOME = ("solution", "decision", "decision_text", "reject_reason", "appeal_path")
# What each move writes down about the outcome.
WRITTEN = {
    "resolve": ("solution", "decision", "decision_text", "appeal_path"),
    "reject": ("reject_reason", "appeal_path"),
    "tell": ("decision_text", "appeal_path"),
}


class CrmComplaintMove(models.TransientModel):
    """Asks what a move needs, and makes it."""

    _name = "crm.complaint.move"
    _description = "Move of a Complaint"

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="complaint_id.company_id")
    action = fields.Selection(
        selection=[
            ("contain", "Contain the damage"),
            ("pause", "Pause"),
            ("resolve", "Resolve"),
            ("tell", "Tell the customer"),
            ("reject", "Reject"),
            ("reopen", "Reopen"),
            ("appeal", "The customer does not agree"),
            ("withdraw", "The customer withdraws it"),
            ("mark_duplicate", "It is a duplicate"),
        ],
        required=True,
        readonly=True,
    )
    is_told = fields.Boolean(
        string="Tell the customer now",
        default=True,
        help="Otherwise the customer is told later; silence and answers count from "
        "then.",
    )
    channel = fields.Selection(
        selection=CHANNELS,
        string="How the customer is told",
        compute="_compute_channel",
        store=True,
        readonly=False,
        help="By e-mail the decision is sent, with the letter. Otherwise it is noted "
        "that you said so.",
    )
    containment = fields.Text(
        compute="_compute_outcome",
        store=True,
        readonly=False,
        string="What keeps the damage from growing",
    )
    solution = fields.Html(
        compute="_compute_outcome",
        store=True,
        readonly=False,
        sanitize_overridable=False,
        strip_style=True,
        help="For colleagues; the customer reads the decision.",
    )
    decision = fields.Selection(
        selection=lambda self: self.env["crm.complaint"]._fields["decision"].selection,
        compute="_compute_outcome",
        store=True,
        readonly=False,
    )
    decision_text = fields.Html(
        string="Decision for the customer",
        compute="_compute_outcome",
        store=True,
        readonly=False,
        sanitize_overridable=False,
        strip_style=True,
    )
    reject_reason = fields.Text(
        string="Why it is rejected",
        compute="_compute_outcome",
        store=True,
        readonly=False,
        help="The customer reads this.",
    )
    appeal_path = fields.Text(
        string="Where a customer can turn who disagrees",
        compute="_compute_outcome",
        store=True,
        readonly=False,
    )
    pause_reason_id = fields.Many2one(comodel_name="crm.sla.pause.reason")
    note = fields.Text()
    survivor_id = fields.Many2one(
        comodel_name="crm.complaint",
        string="Goes on as",
        domain="[('id', '!=', complaint_id), ('company_id', '=', company_id), "
        "('state', '!=', 'duplicate')]",
    )
    is_other_customer = fields.Boolean(compute="_compute_is_other_customer")
    is_confirmed = fields.Boolean(
        string="It is another customer's, and the same matter all the same"
    )
    copies_files = fields.Boolean(string="Copy the files to it")

    @api.depends("complaint_id")
    def _compute_outcome(self):
        for wizard in self:
            for name in (*OUTCOME, "containment"):
                wizard[name] = wizard.complaint_id[name]

    @api.depends("complaint_id", "action")
    def _compute_channel(self):
        for wizard in self:
            complaint = wizard.complaint_id
            has_mail = complaint._customer_reader() or complaint.email_normalized
            wizard.channel = "email" if has_mail else "phone"

    @api.depends("complaint_id", "survivor_id")
    def _compute_is_other_customer(self):
        for wizard in self:
            survivor = wizard.survivor_id
            wizard.is_other_customer = bool(
                survivor and not wizard.complaint_id._is_of_same_customer(survivor)
            )

    def action_confirm(self):
        """Make the move.

        :raise UserError: says what is missing
        """
        self.ensure_one()
        self.complaint_id.check_access("write")
        getattr(self, f"_{self.action}")()
        return {"type": "ir.actions.act_window_close"}

    def _write_outcome(self):
        """What was typed goes into the complaint."""
        self.complaint_id.write({name: self[name] for name in WRITTEN[self.action]})

    def _contain(self):
        self.complaint_id.containment = self.containment
        self.complaint_id.action_contain()

    def _pause(self):
        self.complaint_id._pause(self.pause_reason_id, note=self.note)

    def _resolve(self):
        self._write_outcome()
        self.complaint_id.reject_reason = False  # of a rejection that was not made
        self.complaint_id.action_resolve()
        if self.is_told:
            self.complaint_id._tell_decision(channel=self.channel)

    def _tell(self):
        self.complaint_id._check_starts("tell")
        # sudo: this is the way to tell another decision than the one that was told;
        # that the complaint may be written, and be told of, was checked
        self.sudo()._write_outcome()
        self.complaint_id._tell_decision(channel=self.channel)

    def _reject(self):
        self._write_outcome()
        # nothing that was drafted before goes out with the rejection
        self.complaint_id.write({"decision": False, "decision_text": False})
        self.complaint_id._tell_decision(channel=self.channel)
        self.complaint_id.action_reject()

    def _reopen(self):
        self.complaint_id.action_reopen(self.note)

    def _appeal(self):
        if not (self.note or "").strip():
            raise UserError(self.env._("Write down what the customer says."))
        self.complaint_id._customer_appeals(self.note, channel="phone")

    def _withdraw(self):
        self.complaint_id.action_withdraw(self.note)

    def _mark_duplicate(self):
        self.complaint_id._mark_duplicate(
            self.survivor_id,
            confirmed=self.is_confirmed,
            copy_attachments=self.copies_files,
        )
