# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# When it was said, by whom it was taken and when it was done: nobody edits evidence.
MEASURED_FIELDS = frozenset({"date_reported", "recorded_by_id", "state", "date_done"})


class CrmProfileChange(models.Model):
    """A customer told us that something changed; the record must follow in a day.

    Open > done (or dropped with a reason). When it was said and when the record was
    updated are kept, so that the delay can be measured and not be argued about.
    """

    _name = "crm.profile.change"
    _description = "Reported Change"
    _inherit = ["crm.measured.mixin", "mail.activity.mixin", "mail.thread"]
    _order = "deadline, id"
    _rec_name = "statement"
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Reported by",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', 'child_of', partner_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    statement = fields.Text(string="What changed", required=True)
    date_reported = fields.Datetime(
        string="Reported at", required=True, default=fields.Datetime.now
    )
    recorded_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="To be updated by",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    deadline = fields.Datetime(
        compute="_compute_deadline",
        store=True,
        precompute=True,
        help="One working day after it was reported, at the same time of day.",
    )
    state = fields.Selection(
        selection=[("open", "To do"), ("done", "Updated"), ("dropped", "Dropped")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_done = fields.Datetime(string="Updated at", readonly=True, copy=False)
    delay_hours = fields.Float(
        string="Hours taken",
        compute="_compute_delay",
        store=True,
        aggregator="avg",
        help="From the report to the update, in elapsed hours.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    _open_idx = models.Index("(deadline) WHERE state = 'open'")

    @api.depends("date_reported", "company_id")
    def _compute_deadline(self):
        for change in self:
            company = change.company_id
            change.deadline = change.date_reported and company._crm_next_working_day(
                change.date_reported
            )

    @api.depends("date_reported", "date_done")
    def _compute_delay(self):
        for change in self:
            taken = change.date_done and change.date_done - change.date_reported
            change.delay_hours = taken.total_seconds() / 3600 if taken else 0.0

    @api.depends("deadline", "date_done", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for change in self:
            end = change.date_done if change.state == "done" else now
            change.is_late = (
                change.state != "dropped"
                and bool(change.deadline)
                and end > change.deadline
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        late = Domain("state", "=", "open") & Domain("deadline", "<", now)
        late |= Domain("state", "=", "done") & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s > %s",
                model._field_to_sql(alias, "date_done", query),
                model._field_to_sql(alias, "deadline", query),
            )
        )
        return late if True in value else ~late

    @api.constrains("date_reported")
    def _check_date_reported(self):
        if any(change.date_reported > fields.Datetime.now() for change in self):
            raise ValidationError(
                self.env._("A change cannot have been reported in the future.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(
            [self._prepare_change_vals(vals) for vals in vals_list]
        )
        for change in changes:
            change.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=change.deadline.date(),
                summary=self.env._("Update the customer record"),
                user_id=change.user_id.id,
            )
        return changes

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | MEASURED_FIELDS

    @api.model
    def _prepare_change_vals(self, vals):
        """File what a contact says under its company."""
        # it may have been said before it is written down
        self._check_not_measured(vals.keys() - {"date_reported"})
        vals = {**vals}
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        if partner and partner != partner.commercial_partner_id:
            vals.setdefault("contact_id", partner.id)
            vals["partner_id"] = partner.commercial_partner_id.id
        return vals

    def write(self, vals):
        self._check_not_measured(vals)
        return super().write(vals)

    def action_done(self):
        """The record says what the customer said; the delay is measured now."""
        if any(change.state != "open" for change in self):
            raise UserError(self.env._("This change is settled already."))
        self.check_access("write")
        # sudo: what is measured is written here only; access checked above
        self.sudo().write({"state": "done", "date_done": fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo"])
        return True

    def action_drop(self):
        """Nothing to update, for instance because it was said twice."""
        if any(change.state != "open" for change in self):
            raise UserError(self.env._("This change is settled already."))
        self.check_access("write")
        self.sudo().write({"state": "dropped"})  # checked above, as in action_done
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_open_partner(self):
        return self.partner_id._get_records_action(context={})
