# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class CrmCustomerTrait(models.Model):
    """A class or a phase of life of customers, to choose several of in a care rule.

    The rows are data: one for each value of ``crm.customer``'s own fields.
    """

    _name = "crm.customer.trait"
    _description = "Customer Class or Phase"
    _order = "kind, sequence, id"
    _rec_name = "code"

    kind = fields.Selection(
        selection=[("class", "Class"), ("lifecycle", "Lifecycle")], required=True
    )
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.UniqueIndex("(kind, code)", "This value is there already.")

    @api.depends("kind", "code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        customers = self.env["crm.customer"]
        names = {
            kind: dict(customers._fields[name]._description_selection(self.env))
            for kind, name in (("class", "customer_class"), ("lifecycle", "lifecycle"))
        }
        for trait in self:
            trait.display_name = names.get(trait.kind, {}).get(trait.code, trait.code)
