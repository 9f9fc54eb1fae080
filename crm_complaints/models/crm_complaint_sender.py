# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


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

    def write(self, vals):
        """Filed under another customer, it has another link: the former customer's
        would go on showing what is said to the new one."""
        if self.env.su or "partner_id" not in vals:
            return super().write(vals)
        customers = {one: one.partner_id.commercial_partner_id for one in self}
        result = super().write(vals)
        moved = self.filtered(
            lambda one: (
                customers[one]
                and customers[one] != one.partner_id.commercial_partner_id
            )
        )
        moved.sudo().access_token = False  # sudo: nobody types a token
        return result

    # ANSWERS

    def message_post(self, **kwargs):
        """What a colleague writes to a sender who is no contact yet goes to the address
        that he or she wrote from: to answer, nobody has to be made a contact."""
        if self._is_answer_to_stranger(kwargs):
            kwargs["outgoing_email_to"] = self.email_from
        return super().message_post(**kwargs)

    def _is_answer_to_stranger(self, kwargs):
        """Whether a message is a colleague's to an address without contact."""
        if (
            len(self) != 1
            or kwargs.get("message_type") != "comment"
            or kwargs.get("outgoing_email_to")
            or not self.env.user._is_internal()
            or kwargs.get("author_id", self.env.user.partner_id.id)
            != self.env.user.partner_id.id
        ):
            return False
        # sudo: who may write a message may not read who asked, perhaps
        complaint = self.sudo()
        if complaint.partner_id or complaint.contact_id:
            return False
        comment = self.env.ref("mail.mt_comment")
        is_public = kwargs.get("subtype_xmlid") == "mail.mt_comment" or (
            kwargs.get("subtype_id") == comment.id
        )
        return is_public and bool(complaint.email_normalized)

    def _message_add_suggested_recipients(self, force_primary_email=False):
        """An address that is answered anyway is not suggested: Odoo makes a contact of
        each one that is ticked."""
        suggested = super()._message_add_suggested_recipients(
            force_primary_email=force_primary_email
        )
        for complaint in self:
            if complaint.partner_id or complaint.contact_id:
                continue
            addresses = suggested[complaint.id]["email_to_lst"]
            suggested[complaint.id]["email_to_lst"] = [
                address
                for address in addresses
                if email_normalize(address) != complaint.email_normalized
            ]
        return suggested

    # ACTIONS

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
