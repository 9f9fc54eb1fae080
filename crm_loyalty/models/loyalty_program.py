# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import expiry

EARN_MOMENTS = [
    ("confirm", "The order is confirmed"),
    ("invoice", "The order is invoiced in full"),
    ("payment", "The order is paid in full"),
    ("delivery", "The order is delivered in full"),
]


class LoyaltyProgram(models.Model):
    """A loyalty program that may keep a ledger: how points grow, live and go back."""

    _inherit = "loyalty.program"
    # of two with the same number Odoo leaves open which applies first
    _order = "sequence, id"

    is_ledger = fields.Boolean(
        string="Points ledger",
        copy=False,
        help="Every movement of points is an entry that nobody can change; points "
        "expire, refunds take back what they earned, and the grade decides how fast "
        "points grow. Cannot be turned off again.",
    )

    # EARNING
    earn_on = fields.Selection(
        selection=EARN_MOMENTS,
        string="Points are earned when",
        default="confirm",
        required=True,
    )
    earn_delay_days = fields.Integer(
        string="And spendable after (days)",
        help="Pending until then, such as for the time in which goods can be returned.",
    )
    earn_tax = fields.Selection(
        selection=[("excluded", "Without tax"), ("included", "With tax")],
        string="On amounts",
        default="excluded",
        required=True,
    )
    earn_on_shipping = fields.Boolean(
        string="On shipping fees", help="Delivery charges earn points too."
    )
    rounding_step = fields.Float(
        string="Rounded to",
        digits=(6, 2),
        default=1.0,
        required=True,
        help="The points of an order are rounded once, to a multiple of it.",
    )
    rounding_mode = fields.Selection(
        selection=[("down", "Down"), ("half_up", "Half up"), ("up", "Up")],
        string="Rounded",
        default="down",
        required=True,
    )
    order_cap = fields.Integer(
        string="Most points of an order", help="0: as many as there are."
    )
    month_cap = fields.Integer(
        string="Most points of a month",
        help="Of a member's orders of a calendar month; 0: as many as there are.",
    )
    multiplier_ids = fields.One2many(
        comodel_name="crm.loyalty.multiplier",
        inverse_name="program_id",
        string="Multipliers by grade",
        copy=True,
    )
    campaign_ids = fields.One2many(
        comodel_name="crm.loyalty.campaign",
        inverse_name="program_id",
        string="Campaigns",
    )

    # LIFE OF POINTS
    expiry_months = fields.Integer(
        string="Points live (months)", default=12, help="0: for ever."
    )
    expiry_rounding = fields.Selection(
        selection=[
            ("none", "To the day"),
            ("month", "To the end of the month"),
            ("year", "To the end of the year"),
        ],
        default="month",
        required=True,
    )
    reminder_days = fields.Char(
        string="Remind before expiry (days)",
        default="30, 7",
        help="Members get an e-mail so many days before points expire; empty: none.",
    )

    # GOING BACK
    restore_policy = fields.Selection(
        selection=[
            ("strict", "Keep their last day"),
            ("grace", "Live some days more at least"),
        ],
        string="Points given back",
        default="strict",
        required=True,
        help="When a redemption is cancelled, and its points would have expired since.",
    )
    restore_grace_days = fields.Integer(string="Days of grace", default=30)
    refund_policy = fields.Selection(
        selection=[
            ("debt", "Are owed: the next points pay"),
            ("withhold", "Are withheld from the refund"),
            ("write_off", "Are written off"),
        ],
        string="Refunded points that were spent",
        default="debt",
        required=True,
    )
    point_value = fields.Float(
        string="Value of a point",
        digits=(16, 6),
        default=0.01,
        help="In the currency of the program: what a point costs when it is redeemed. "
        "For liability, goodwill, and what is withheld from refunds.",
    )
    breakage_rate = fields.Float(
        string="Breakage",
        digits=(5, 4),
        help="Share of the points that are never redeemed, as expected.",
    )

    # WHO MAY ADJUST
    adjust_limit_user = fields.Integer(
        string="Users adjust up to",
        help="Points that a user adjusts alone; more waits for a manager.",
    )
    adjust_limit_manager = fields.Integer(
        string="Managers adjust up to",
        default=1000,
        help="Points that a manager adjusts alone; more waits for a second one.",
    )

    _check_ledger_numbers = models.Constraint(
        "CHECK (earn_delay_days >= 0 AND order_cap >= 0 AND month_cap >= 0 "
        "AND expiry_months >= 0 AND restore_grace_days >= 0 AND point_value >= 0 "
        "AND adjust_limit_user >= 0 AND adjust_limit_manager >= 0)",
        "Days, months, limits and the value of a point cannot be negative.",
    )
    _check_ledger_rounding = models.Constraint(
        "CHECK (rounding_step >= 0.01)", "Points are rounded to 0.01 at the least."
    )
    _check_ledger_breakage = models.Constraint(
        "CHECK (breakage_rate >= 0 AND breakage_rate <= 1)",
        "Breakage lies between 0 and 100 %.",
    )

    @api.constrains("is_ledger", "program_type", "applies_on")
    def _check_ledger_type(self):
        for program in self.filtered("is_ledger"):
            if program.program_type != "loyalty" or program.applies_on == "current":
                raise ValidationError(
                    self.env._(
                        "%(program)s cannot keep a points ledger: only loyalty cards "
                        "whose points last beyond one order do.",
                        program=program.name,
                    )
                )

    @api.constrains("reminder_days")
    def _check_reminder_days(self):
        for program in self:
            program._reminder_horizons()

    def _reminder_horizons(self):
        """Days before expiry on which members are reminded, the longest first.

        :raise ValidationError: what is written there are no numbers of days
        """
        self.ensure_one()
        words = (self.reminder_days or "").replace(",", " ").split()
        if not all(word.isdecimal() and 0 < int(word) <= 366 for word in words):
            raise ValidationError(
                self.env._(
                    "Reminders are numbers of days between 1 and 366, such as 30, 7."
                )
            )
        return sorted({int(word) for word in words}, reverse=True)

    # DAYS

    def _crm_zone_company(self):
        """The company in whose zone the days of the program begin and end.

        A program that companies share has to have one, or a point would live longer
        for some readers than for others: that of the main company.
        """
        self.ensure_one()
        company = self.company_id or (
            self.env.ref("base.main_company", raise_if_not_found=False)
            or self.env.company
        )
        return company.sudo()  # the zone, for whoever may use the program

    def _crm_today(self):
        """The date it is now for the program's members."""
        return self._crm_zone_company()._crm_today()

    def _expiry_of(self, day, days=None):
        """Last day of points that become spendable on ``day``; None for ever.

        :param days: days of life of its own, for gifts; by default the program's months
        """
        self.ensure_one()
        if days:
            return expiry.expiry_date(day, days=days, rounding="none")
        return expiry.expiry_date(
            day, months=self.expiry_months, rounding=self.expiry_rounding
        )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        programs.filtered("is_ledger")._open_ledger()
        return programs

    def write(self, vals):
        if "is_ledger" not in vals:
            return super().write(vals)
        keeps = self.filtered("is_ledger")
        if keeps and not vals["is_ledger"]:
            raise UserError(
                self.env._(
                    "%(program)s keeps a points ledger, which cannot be given up: "
                    "archive the program, and start another one.",
                    program=keeps[0].name,
                )
            )
        opening = (self - keeps) if vals["is_ledger"] else self.browse()
        opening._merge_duplicate_cards()
        result = super().write(vals)
        opening._open_ledger()
        return result
