# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError


class CrmMeasuredMixin(models.AbstractModel):
    """Fields that only actions write: nobody types them, or makes them a default.

    A model names them in ``_measured_fields``. Its ``create`` and ``write`` ask
    ``_check_not_measured`` before they add what they measure themselves.
    """

    _name = "crm.measured.mixin"
    _description = "With Fields That Nobody Types"

    @api.model
    def _measured_fields(self):
        """Names of the fields that only actions write; addons add theirs."""
        return frozenset()

    @api.model
    def _check_not_measured(self, vals):
        """:raise AccessError: what the actions write cannot be typed."""
        if not self.env.su and self._measured_fields().intersection(vals):
            raise AccessError(self.env._("What is measured cannot be typed."))

    @api.model
    def default_get(self, fields):
        """What nobody types begins as the code says.

        Not as the context says, nor as a user stored it for oneself (``ir.default``),
        which counts in whatever superuser code does for that user as well.
        """
        measured = self._measured_fields().intersection(fields)
        defaults = super().default_get([one for one in fields if one not in measured])
        return {**defaults, **self._measured_defaults(measured)}

    @api.model
    def _measured_defaults(self, names):
        """The code's own defaults of some fields; computed ones have none."""
        values = {}
        for name in names:
            field = self._fields[name]
            if field.store and not field.compute:
                value = field.default(self) if field.default else False
                values[name] = value.id if field.type == "many2one" and value else value
        return values
