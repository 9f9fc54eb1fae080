# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Points as a gesture of goodwill: valued, posted once, taken back when withdrawn."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from ..tools.ledger import to_points
from .crm_loyalty_amount import format_points
from .crm_loyalty_input import check_points_vals
from .crm_loyalty_terms import POINTS_DIGITS


class CrmGoodwill(models.Model):
    _inherit = "crm.goodwill"

    points = fields.Float(
        digits=POINTS_DIGITS,
        compute="_compute_points",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What they are worth is taken from the customer's budget of the year.",
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Loyalty program",
        compute="_compute_points",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("is_ledger", "=", True)],
    )

    @api.depends("type_id")
    def _compute_points(self):
        """What the type usually gives; what was typed stays where it says nothing."""
        for goodwill in self:
            kind = goodwill.type_id
            if kind.kind != "points":
                goodwill.points = 0
                goodwill.program_id = False
                continue
            goodwill.points = kind.default_points or goodwill.points
            goodwill.program_id = (
                kind.program_id
                or goodwill.program_id
                or goodwill._only_program(goodwill.company_id)
            )

    @api.model
    def _only_program(self, company):
        """The program that points can only be of, where there is one."""
        # sudo: who grants goodwill need not be a user of loyalty
        programs_sudo = (
            self.env["loyalty.program"]
            .sudo()
            .search(
                [
                    ("is_ledger", "=", True),
                    ("company_id", "in", (company.id, False)),
                ],
                limit=2,
            )
        )
        return programs_sudo if len(programs_sudo) == 1 else programs_sudo.browse()

    @api.depends("points", "program_id", "company_id")
    def _compute_amounts(self):
        result = super()._compute_amounts()
        for goodwill in self:
            if goodwill.type_id.kind == "points":
                goodwill.value = goodwill._value_of_points()
                goodwill.cost = goodwill.value
        return result

    def _value_of_points(self):
        """What the points are worth today, in the currency of the company."""
        self.ensure_one()
        program_sudo = self.program_id.sudo()  # the value, for whoever asks for them
        company = self.company_id or self.env.company
        if not program_sudo:
            return 0.0
        return program_sudo.currency_id._convert(
            self.points * program_sudo.point_value,
            company.currency_id,
            company,
            company._crm_today(),
        )

    # GUARD

    @api.model
    def _content_fields(self):
        return super()._content_fields() | {"points", "program_id"}

    @api.model
    def _check_amounts(self, vals):
        # a gesture of another kind has none
        check_points_vals(self.env, vals, ("points",), zero=True)
        return super()._check_amounts(vals)

    @api.constrains("type_id", "points", "program_id", "value", "company_id")
    def _check_points(self):
        for goodwill in self:
            if goodwill.kind != "points":
                if goodwill.points:
                    raise ValidationError(
                        self.env._(
                            "A gesture of the type “%(type)s” has no points.",
                            type=goodwill.type_id.name,
                        )
                    )
                continue
            if not goodwill.points:
                raise ValidationError(
                    self.env._("Say how many points the customer gets: more than 0.")
                )
            if not goodwill.program_id.sudo().is_ledger:  # whoever asks for them
                raise ValidationError(
                    self.env._("Choose the loyalty program whose points it gets.")
                )
            worth = goodwill._value_of_points()
            digits = goodwill.currency_id.decimal_places or 2
            if float_compare(goodwill.value, worth, precision_digits=digits):
                raise ValidationError(
                    self.env._(
                        "%(points)s points are worth %(worth)s: the value follows "
                        "from the points.",
                        points=format_points(goodwill.points),
                        worth=goodwill._format(worth),
                    )
                )

    # LIFE

    def _check_grantable(self):
        """A program that still gives points, to a member who can have them."""
        result = super()._check_grantable()
        for goodwill in self.filtered(lambda one: one.kind == "points"):
            program = goodwill.program_id
            if not program.active or not program.is_ledger:
                raise UserError(
                    self.env._(
                        "%(program)s gives no points any more.",
                        program=program.display_name,
                    )
                )
            if program.date_to and program.date_to < program._crm_today():
                raise UserError(
                    self.env._(
                        "%(program)s ended on %(date)s.",
                        program=program.display_name,
                        date=fields.Date.to_string(program.date_to),
                    )
                )
            # refuses the archived ones; a card is made when there is something on it
            program._member_card(goodwill._points_member(), create=False)
        return result

    def _points_member(self):
        """Whose points they are: the contact's, if it has a card of its own."""
        self.ensure_one()
        return self.contact_id if self.contact_id.active else self.partner_id

    def _grant(self):
        """Post the points, once."""
        result = super()._grant()
        if self.kind == "points":
            program = self.program_id
            today = program._crm_today()
            move = {
                "kind": "goodwill",
                "points": to_points(round(self.points, 2)),
                "key": self._effect_key(),
                "source": self,
                "reason": self.type_id.name,
                "company": self.company_id,
            }
            days = self.type_id.points_expiry_days
            if days:
                move["expiry_date"] = program._expiry_of(today, days)
            program._member_card(self._points_member())._post_points([move])
        return result

    def _revoke(self):
        """Take the points back, once; those that were spent are owed."""
        result = super()._revoke()
        if self.kind == "points":
            # sudo: as all hooks
            entry_sudo = (
                self.env["crm.loyalty.entry"]
                .sudo()
                .search([("key", "=", self._effect_key())])
            )
            if entry_sudo:
                entry_sudo._take_back(self, self.env._("Goodwill withdrawn"))
        return result

    # LETTER

    def _letter_values(self):
        return {
            **super()._letter_values(),
            "points": format_points(self.points),
            "program": self.program_id.sudo().name or "",  # for the customer to read
        }
