# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import ValidationError


class CrmCareRule(models.Model):
    """Care that comes with points."""

    _inherit = "crm.care.rule"

    @api.constrains("goodwill_type_id", "goodwill_value", "company_id")
    def _check_goodwill_points(self):
        """Told while the rule is written, not by each of its greetings."""
        for rule in self:
            kind = rule.goodwill_type_id
            if kind.kind != "points":
                continue
            if rule.goodwill_value:
                raise ValidationError(
                    self.env._(
                        "%(rule)s gives points: what they are worth follows from them. "
                        "Leave the worth of the gift at 0.",
                        rule=rule.name,
                    )
                )
            program = kind.program_id or self.env["crm.goodwill"]._only_program(
                rule.company_id
            )
            if not kind.default_points or not program:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” does not say how many points of which program it "
                        "usually gives: a care rule needs that.",
                        type=kind.name,
                    )
                )
