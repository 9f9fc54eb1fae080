# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmComplaint(models.Model):
    """Whose a complaint may be that came from somebody unknown.

    An address proves nothing: whoever writes under a customer's address would see what
    is the customer's. So a contact is suggested, and a person decides.
    """

    _inherit = "crm.complaint"

    partner_suggestion_id = fields.Many2one(
        comodel_name="res.partner",
        string="Probably from",
        compute="_compute_partner_suggestion",
        help="The only contact with this e-mail address.",
    )

    @api.depends("partner_id", "email_normalized", "company_id")
    def _compute_partner_suggestion(self):
        unknown = self.filtered(lambda one: not one.partner_id and one.email_normalized)
        self.partner_suggestion_id = False
        if not unknown:
            return
        contacts = self.env["res.partner"].search(
            [
                ("email_normalized", "in", unknown.mapped("email_normalized")),
                ("company_id", "in", [False, *unknown.company_id.ids]),
            ]
        )
        by_email = contacts.grouped("email_normalized")
        for complaint in unknown:
            found = by_email.get(complaint.email_normalized, contacts.browse())
            found = found.filtered(
                lambda contact, company=complaint.company_id: (
                    not contact.company_id or contact.company_id == company
                )
            )
            if len(found) == 1:
                complaint.partner_suggestion_id = found

    def action_accept_suggestion(self):
        """Say that it is the suggested contact's complaint.

        The link of the complaint changes: whoever got it before knows nothing of what
        is said to the customer from now on.

        :raise UserError: nobody is suggested
        """
        self.check_access("write")
        for complaint in self:
            contact = complaint.partner_suggestion_id
            if not contact:
                raise UserError(
                    self.env._("There is no single contact with this address.")
                )
            customer = contact.commercial_partner_id
            complaint.write(
                {
                    "partner_id": customer.id,
                    "contact_id": contact.id if contact != customer else False,
                }
            )
            # sudo: nobody types a token; the right to write was checked above
            complaint.sudo().access_token = False
        return True
