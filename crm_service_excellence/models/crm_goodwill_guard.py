# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import math

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

# Written by the actions, never typed.
MEASURED_FIELDS = frozenset(
    {
        "name",
        "kind",  # follows from the type
        "approved_by_id",
        "date_granted",
        "budget_date",
        "grade_id",
        "approval_level",
        "is_over_budget",
    }
)
# What a gesture is about: settled once it was asked for.
CONTENT_FIELDS = frozenset(
    {
        "company_id",
        "partner_id",
        "contact_id",
        "type_id",
        "description",
        "value",
        "cost",
        "reason",
    }
)
MAX_AMOUNT = 1_000_000_000  # as the constraints of the table


class CrmGoodwill(models.Model):
    """What nobody types, and what no gesture can be worth."""

    _inherit = "crm.goodwill"

    @api.model
    def _prepare_request(self, vals):
        """A number; a gesture to a contact is filed under its company."""
        self._check_amounts(vals)
        vals = self._file_under_company(super()._prepare_request(vals))
        # sudo: counters are nobody's to write
        sequences_sudo = self.env["ir.sequence"].sudo()
        if not vals.get("name"):
            vals["name"] = sequences_sudo.next_by_code("crm.goodwill") or "/"
        return vals

    @api.model
    def _file_under_company(self, vals):
        """Name the company, whose budget it is, instead of its contact.

        :param vals: dict, left as it is
        :return: new dict
        """
        vals = {**vals}
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        if partner and partner != partner.commercial_partner_id:
            vals.setdefault("contact_id", partner.id)
            vals["partner_id"] = partner.commercial_partner_id.id
        return vals

    def write(self, vals):
        vals = self._file_under_company(vals)
        self._check_amounts(vals)
        return super().write(vals)

    @api.model
    def _content_fields(self):
        return super()._content_fields() | CONTENT_FIELDS

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | MEASURED_FIELDS

    def _approval_words(self):
        return {
            "own": self.env._("Who asks for a gesture does not decide on it as well."),
            "self": self.env._("Nobody decides on a gesture to oneself."),
            "state": self.env._(
                "%(goodwill)s is %(state)s: that is not possible any more.",
                goodwill=self.display_name,
                state=self._state_word(),
            ),
            "asked": self.env._(
                "%(goodwill)s was asked for: withdraw it and ask anew to change it.",
                goodwill=self.display_name,
            ),
            "draft": self.env._(
                "The draft is of %(user)s, who asks for it.",
                user=self.requested_by_id.name,
            ),
            "measured": self.env._(
                "Who decides on a gesture, and when, cannot be typed."
            ),
            "note": self.env._("Say why the customer gets it."),
            "source": self.env._("The record it is granted for does not exist."),
        }

    # AMOUNTS

    @api.model
    def _check_amounts(self, vals):
        """Before the ORM rounds what is no amount.

        :raise ValidationError: for text, infinity, not a number, negative or huge
        """
        for name in ("value", "cost"):
            amount = vals.get(name)
            if amount is None or amount is False:
                continue
            is_number = isinstance(amount, (int, float)) and amount is not True
            if not is_number or not math.isfinite(amount) or amount >= MAX_AMOUNT:
                raise ValidationError(
                    self.env._(
                        "“%(amount)s” is no amount of money that could be granted.",
                        amount=str(amount)[:50],
                    )
                )
            if amount < 0:
                raise ValidationError(
                    self.env._("A gesture cannot be worth less than nothing.")
                )

    @api.constrains("value", "type_id")
    def _check_value_of_type(self):
        for goodwill in self:
            if goodwill.type_id.has_value and not goodwill.value:
                raise ValidationError(
                    self.env._(
                        "Say what the gesture (%(type)s) is worth: more than 0.",
                        type=goodwill.type_id.name,
                    )
                )
            if goodwill.value and not goodwill.type_id.has_value:
                raise ValidationError(
                    self.env._(
                        "A gesture of the type “%(type)s” has no value.",
                        type=goodwill.type_id.name,
                    )
                )

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        """What one customer's budget pays for, another one does not get."""
        for goodwill in self:
            contact = goodwill.contact_id
            if contact and contact.commercial_partner_id != goodwill.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=contact.display_name,
                        customer=goodwill.partner_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        for goodwill in self:
            if goodwill.state != "draft":
                raise UserError(
                    self.env._(
                        "%(goodwill)s is on record: withdraw it instead.",
                        goodwill=goodwill.display_name,
                    )
                )
        self._check_requester()
