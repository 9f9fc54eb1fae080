# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLACEHOLDER = re.compile(r"%%|%\((\w+)\)s")


class CrmGoodwillType(models.Model):
    """A kind of gesture, what it is usually worth, and how a letter says it.

    ``kind`` is the extension point: an addon adds one with ``selection_add``, and does
    what it means in ``crm.goodwill._grant`` and ``_revoke``.
    """

    _name = "crm.goodwill.type"
    _description = "Goodwill Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        selection=[
            ("refund", "Refund"),
            ("replacement", "Replacement"),
            ("apology", "Apology"),
            ("discount", "Discount"),
            ("extension", "Extension"),
            ("gift", "Gift"),
            ("visit", "Visit"),
            ("other", "Other"),
        ],
        default="other",
        required=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Empty: for all companies.",
    )
    has_value = fields.Boolean(
        string="Has a value",
        default=True,
        help="Without one it takes nothing from the customer's budget, and does not "
        "count as the one gesture for a matter.",
    )
    default_value = fields.Float(
        string="Usual value",
        digits=(16, 2),
        help="What it is worth to the customer, in the currency of the company.",
    )
    default_cost = fields.Float(
        string="Usual cost",
        digits=(16, 2),
        help="What it costs us, in the currency of the company.",
    )
    is_immediate = fields.Boolean(
        string="Granted on approval",
        default=True,
        help="Otherwise somebody notes when the customer got it, such as a visit.",
    )
    letter_sentence = fields.Text(
        translate=True,
        help="How a letter tells the customer. Placeholders: %(value)s (with "
        "currency), %(customer)s, %(company)s, %(what)s (what the customer gets); "
        "%% is a percent sign.",
    )

    _check_amounts = models.Constraint(
        "CHECK (default_value >= 0 AND default_value < 1000000000 "
        "AND default_cost >= 0 AND default_cost < 1000000000)",
        "Usual value and cost are amounts of money, or 0.",
    )

    @api.model
    def _letter_placeholders(self):
        """Names that a sentence may use; addons add theirs.

        What they stand for is given by ``crm.goodwill._letter_values``.

        :return: set of str
        """
        return {"value", "customer", "company", "what"}

    @api.constrains("letter_sentence")
    def _check_letter_sentence(self):
        """A sentence that cannot be filled in is refused before it meets a customer."""
        allowed = self._letter_placeholders()
        for record in self:
            sentence = record.letter_sentence or ""
            unknown = set(PLACEHOLDER.findall(sentence)) - {""} - allowed
            if unknown or "%" in PLACEHOLDER.sub("", sentence):
                raise ValidationError(
                    self.env._(
                        "The sentence of “%(type)s” has a placeholder that there is "
                        "not. There are: %(names)s; write %%%% for a percent sign.",
                        type=record.name,
                        names=", ".join(f"%({name})s" for name in sorted(allowed)),
                    )
                )

    def _fill_sentence(self, values):
        """The sentence of this type, in the language of the environment.

        :param values: dict, as ``crm.goodwill._letter_values``
        :return: plain text; "" without a sentence
        """
        self.ensure_one()
        # a translation is not checked when it is imported: never an error in a letter
        return PLACEHOLDER.sub(
            lambda found: str(values.get(found[1], "")) if found[1] else "%",
            self.letter_sentence or "",
        )
