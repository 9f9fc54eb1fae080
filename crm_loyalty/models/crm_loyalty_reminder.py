# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError

from .crm_loyalty_terms import POINTS_DIGITS


class CrmLoyaltyReminder(models.Model):
    """A member was told that points expire, or could not be: once per lot and horizon.

    Written by the job only.
    """

    _name = "crm.loyalty.reminder"
    _description = "Reminder of Expiring Points"
    _order = "create_date desc, id desc"
    _rec_name = "card_id"

    lot_id = fields.Many2one(
        comodel_name="crm.loyalty.lot", required=True, readonly=True, ondelete="cascade"
    )
    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    program_id = fields.Many2one(related="card_id.program_id")
    company_id = fields.Many2one(related="card_id.company_id", store=False)
    horizon = fields.Integer(
        string="Days before",
        required=True,
        readonly=True,
        aggregator=None,
        help="Days before the last day from which on this reminder was due.",
    )
    expiry_date = fields.Date(string="Expire after", required=True, readonly=True)
    points = fields.Float(
        digits=POINTS_DIGITS,
        required=True,
        readonly=True,
        help="What was left of the lot at that time.",
    )
    state = fields.Selection(
        selection=[
            ("queued", "Queued"),
            ("skipped", "Not wanted"),
            ("failed", "Could not be sent"),
        ],
        string="Outcome",
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    reason = fields.Char(readonly=True, help="Why nothing was sent.")
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        string="E-mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )

    _lot_horizon_uniq = models.UniqueIndex(
        "(lot_id, expiry_date, horizon)", "A member is reminded of it once."
    )

    def action_send_again(self):
        """Try once more what could not be sent, as long as the points are there."""
        self.check_access("read")
        if not self.env.user.has_group("crm_loyalty.group_loyalty_manager"):
            raise AccessError(
                self.env._("Only managers of loyalty programs send reminders again.")
            )
        # sudo: written by the job and this only; a manager asks, for what he sees
        failed = self.sudo().filtered(lambda reminder: reminder.state == "failed")
        for day, cards in self.env["loyalty.card"]._days_of(failed.card_id).items():
            failed.filtered(
                lambda reminder, day=day, cards=cards: (
                    reminder.card_id in cards
                    and reminder.expiry_date >= day
                    and reminder.lot_id.remaining >= 1
                )
            )._send(day)
