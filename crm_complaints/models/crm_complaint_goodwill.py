# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# Gestures that nobody has decided on yet.
OPEN_GOODWILL = ("draft", "requested")
COUNTED_GOODWILL = ("approved", "granted")


class CrmComplaint(models.Model):
    """What the customer gets for it (compensation): goodwill gestures, line by line.

    What is granted stays granted, whatever becomes of the complaint; taking it back is
    a decision on the gesture. What is only asked for ends with the complaint.
    """

    _inherit = "crm.complaint"

    currency_id = fields.Many2one(related="company_id.currency_id")
    goodwill_ids = fields.One2many(
        comodel_name="crm.goodwill",
        inverse_name="complaint_id",
        string="Compensation",
    )
    # Plain columns, written with the gestures: a complaint costs nothing for them.
    compensation_value = fields.Monetary(
        string="Compensation, value",
        readonly=True,
        copy=False,
        help="What approved and granted compensation is worth to the customer.",
    )
    compensation_cost = fields.Monetary(
        string="Compensation, cost",
        readonly=True,
        copy=False,
        help="What approved and granted compensation costs us.",
    )

    def _sum_compensation(self):
        """Add up what is approved and granted; by the gestures, in superuser mode."""
        if not self:
            return
        totals = {
            complaint: (value, cost)
            for complaint, value, cost in self.env["crm.goodwill"]._read_group(
                domain=[
                    ("complaint_id", "in", self.ids),
                    ("state", "in", COUNTED_GOODWILL),
                ],
                groupby=["complaint_id"],
                aggregates=["value:sum", "cost:sum"],
            )
        }
        for complaint in self:
            value, cost = totals.get(complaint, (0, 0))
            if (complaint.compensation_value, complaint.compensation_cost) != (
                value,
                cost,
            ):
                complaint.write(
                    {"compensation_value": value, "compensation_cost": cost}
                )

    def _told_compensation(self):
        """What the customer is told to get: granted in this cycle, never what it costs.

        :return: list of plain texts, in the customer's language
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: the sentences are for the customer, whoever sends them
        goodwills_sudo = self.sudo().goodwill_ids.filtered(
            lambda one: one.complaint_cycle == self.cycle
        )
        language = self._customer_language()
        return goodwills_sudo.with_context(lang=language)._letter_sentences()

    # ACTIONS

    def action_offer_compensation(self):
        """Open the form of a new gesture for this complaint.

        :raise UserError: nobody knows yet who complains
        """
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id:
            raise UserError(
                self.env._("Say which customer complains, before you offer something.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Offer compensation"),
            "res_model": "crm.goodwill",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_complaint_id": self.id,
                "default_partner_id": self.partner_id.commercial_partner_id.id,
                "default_contact_id": self.contact_id.id,
                "default_company_id": self.company_id.id,
                "default_reason": "complaint",
            },
        }

    # LIFE

    def _move(self, action, moment=None, values=None, **facts):
        result = super()._move(action, moment=moment, values=values, **facts)
        reasons = self._goodwill_end_reasons()
        if action in reasons:
            self._end_goodwill(reasons[action])
        return result

    @api.model
    def _goodwill_end_reasons(self):
        """Moves that end what is only asked for, and what is noted then."""
        return {
            "reject": self.env._("The complaint was rejected."),
            "withdraw": self.env._("The complaint was withdrawn."),
            "mark_duplicate": self.env._("Another complaint goes on instead."),
        }

    def _end_goodwill(self, reason):
        """Withdraw what nobody has decided on yet; note what stays."""
        # sudo: follows from the move, which was checked
        goodwills_sudo = self.sudo().goodwill_ids
        open_sudo = goodwills_sudo.filtered(lambda one: one.state in OPEN_GOODWILL)
        if open_sudo:
            open_sudo._withdraw(reason)
        for complaint_sudo in self.sudo():
            stays = complaint_sudo.goodwill_ids.filtered(
                lambda one: one.state in COUNTED_GOODWILL
            )
            if stays:
                complaint_sudo._message_log(
                    body=self.env._(
                        "Compensation that stays: %(goodwills)s",
                        goodwills=", ".join(stays.mapped("display_name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_compensated(self):
        # sudo: a gesture that the user cannot see is evidence all the same
        if self.sudo().goodwill_ids:
            raise UserError(
                self.env._("Compensation was offered: the complaint cannot be deleted.")
            )
