# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import ormcache

from ..tools.transitions import SETTLED

# Measured though the field itself may be written: nobody types these either.
ALSO_MEASURED = frozenset({"access_token"})
# What a settled complaint was about and how it ended.
SETTLED_FIELDS = frozenset(
    {
        "partner_id",
        "contact_id",
        "email_from",
        "name",
        "description",
        "channel",
        "severity",
        "is_safety",
        "product_id",
        "sale_order_id",
        "invoice_id",
        "remedy_sought",
        "remedy_note",
        "team_id",
        "solution",
    }
)
# What the customer was told is not changed behind the customer's back.
TOLD_FIELDS = frozenset({"decision", "decision_text", "reject_reason", "appeal_path"})


class CrmComplaint(models.Model):
    """What nobody types: what was measured, and what is settled.

    Imported after all that extends complaints: it sees what came from outside, before
    the others add what they measured.
    """

    _inherit = "crm.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_measured(vals)
        self._fetch_people(vals_list)
        return super().create(vals_list)

    @api.model
    def _fetch_people(self, vals_list):
        """Read all customers of a batch at once, before they are looked at singly."""
        names = ("partner_id", "contact_id")
        given = {vals.get(name) for vals in vals_list for name in names}
        ids = [one for one in given if one and isinstance(one, int)]
        people = self.env["res.partner"].browse(ids)
        people.fetch(["name", "email", "phone", "commercial_partner_id", "company_id"])

    def write(self, vals):
        self._check_typed(vals)
        return super(CrmComplaint, self._tracked()).write(vals)

    @api.model
    @ormcache()
    def _measured_fields(self):
        """Names of the fields that only actions write: whatever is read-only."""
        return (
            super()._measured_fields()
            | ALSO_MEASURED
            | {
                name
                for name, field in self._fields.items()
                if field.readonly and field.store and name not in models.MAGIC_COLUMNS
            }
        )

    @api.model
    def _check_not_measured(self, vals):
        """:raise AccessError: what is measured is written by the actions only."""
        if self.env.su:
            return
        measured = self._measured_fields().intersection(vals)
        if measured:
            names = [
                self._fields[name]._description_string(self.env) for name in measured
            ]
            raise AccessError(
                self.env._(
                    "What is measured cannot be typed: %(fields)s.",
                    fields=", ".join(sorted(names)),
                )
            )

    def _check_typed(self, vals):
        """What a person may write in these complaints.

        :raise AccessError: what is measured
        :raise UserError: what is settled, was told to the customer, or never changes
        """
        self._check_not_measured(vals)
        if self.env.su:
            return
        self._check_fixed(vals)
        for complaint in self:
            is_settled = complaint.state in SETTLED
            if is_settled and complaint._would_change(vals, SETTLED_FIELDS):
                raise UserError(
                    self.env._(
                        "%(complaint)s is settled: reopen it before you change it.",
                        complaint=complaint.display_name,
                    )
                )
            is_told = is_settled or complaint.decision_sent_date
            if is_told and complaint._would_change(vals, TOLD_FIELDS):
                raise UserError(
                    self.env._(
                        "%(complaint)s was decided, and the customer was told so. To "
                        "decide otherwise, tell the customer anew or reopen it.",
                        complaint=complaint.display_name,
                    )
                )

    def _check_fixed(self, vals):
        """:raise UserError: for the receipt, the company, or an archived open one."""
        for complaint in self:
            if complaint._would_change(vals, {"date_received"}):
                raise UserError(
                    self.env._(
                        "When a complaint was received is fixed: the deadlines "
                        "count from it."
                    )
                )
            if complaint._would_change(vals, {"company_id"}):
                raise UserError(
                    self.env._("A complaint stays with the company that received it.")
                )
            if not vals.get("active", True) and complaint.state not in SETTLED:
                raise UserError(
                    self.env._(
                        "An open complaint is not archived: its deadlines run. "
                        "Withdraw it instead."
                    )
                )

    def _would_change(self, vals, names):
        """Whether one of those values that are named differs from what is stored."""
        for name in names.intersection(vals):
            field = self._fields[name]
            value = field.convert_to_cache(vals[name], self, validate=False)
            if value != field.convert_to_cache(self[name], self, validate=False):
                return True
        return False

    def _tracked(self):
        """The history of a complaint is kept, whatever the client's context says."""
        context = self.env.context
        if self.env.su or not (
            context.get("tracking_disable") or context.get("mail_notrack")
        ):
            return self
        return self.with_context(tracking_disable=False, mail_notrack=False)

    @api.constrains("date_received")
    def _check_date_received(self):
        now = fields.Datetime.now()
        for complaint in self:
            if complaint.date_received > now:
                raise ValidationError(
                    self.env._("A complaint cannot be received in the future.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        """What a customer was told of is not made undone."""
        for complaint in self:
            if complaint.confirmation_date or complaint.state != "received":
                raise UserError(
                    self.env._(
                        "%(complaint)s is on record and cannot be deleted: reject it "
                        "or withdraw it.",
                        complaint=complaint.display_name,
                    )
                )
