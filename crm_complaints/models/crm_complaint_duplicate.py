# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class CrmComplaint(models.Model):
    """Two complaints of one matter: one goes on, the other points to it."""

    _inherit = "crm.complaint"

    duplicate_ids = fields.One2many(
        comodel_name="crm.complaint",
        inverse_name="duplicate_of_id",
        string="Duplicates",
        readonly=True,
    )

    def _is_of_same_customer(self, other):
        """Whether both come from one customer, or from one unknown address."""
        mine = self.partner_id.commercial_partner_id
        if mine or other.partner_id:
            return mine == other.partner_id.commercial_partner_id
        return bool(
            self.email_normalized and self.email_normalized == other.email_normalized
        )

    def _mark_duplicate(
        self, survivor, moment=None, confirmed=False, copy_attachments=False
    ):
        """These go on as another complaint, which gets their earliest start (S16).

        Nothing is moved. The customer follows the survivor from now on, if it is the
        same customer; what another customer wrote stays with that customer.

        :param survivor: the ``crm.complaint`` that goes on
        :param moment: when (naive UTC), by default now
        :param confirmed: somebody confirmed that another customer's is the same matter
        :param copy_attachments: give the survivor a copy of the files
        :raise UserError: see :meth:`action_mark_duplicate`
        """
        moment = moment or fields.Datetime.now()
        survivor.check_access("write")
        self._check_move(
            "mark_duplicate", moment=moment, survivor=survivor, confirmed=confirmed
        )
        survivor._touch_row()
        self._move(
            "mark_duplicate",
            moment=moment,
            values={"duplicate_of_id": survivor.id},
            survivor=survivor,
            confirmed=confirmed,
        )
        # sudo: clocks and followers are nobody's to write; access checked above
        self.sudo()._sla_merge(survivor.sudo(), moment=moment)
        for complaint in self:
            complaint._hand_over_to(survivor, copy_attachments)

    def _touch_row(self):
        """Write the row, unchanged: two that name each other at once cannot both win.

        Repeatable read notices what was written, not what was read.
        """
        self.flush_recordset(["state", "duplicate_of_id"])
        self.env.cr.execute(
            SQL("UPDATE crm_complaint SET id = id WHERE id IN %s", tuple(self.ids))
        )
        self.invalidate_recordset(["state", "duplicate_of_id"], flush=False)

    def _hand_over_to(self, survivor, copy_attachments):
        """Links in both, the customer follows, files as asked."""
        self.ensure_one()
        self._message_log(
            body=self.env._(
                "Goes on as %(complaint)s.", complaint=survivor._get_html_link()
            )
        )
        survivor._message_log(
            body=self.env._(
                "%(complaint)s is the same matter.", complaint=self._get_html_link()
            )
        )
        if not self._is_of_same_customer(survivor):
            return
        # sudo: followers and files; both complaints were checked
        self_sudo, survivor_sudo = self.sudo(), survivor.sudo()
        people = self_sudo.message_partner_ids.filtered("partner_share")
        survivor_sudo.message_subscribe(people.ids)
        if copy_attachments:
            for attachment in (
                self.env["ir.attachment"]
                .sudo()
                .search([("res_model", "=", self._name), ("res_id", "=", self.id)])
            ):
                attachment.copy({"res_id": survivor.id})
