# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ResourceCalendarMakeup(models.Model):
    """A dated working day that the week does not have, such as China's 调休.

    Odoo's time off only takes working time away; this gives it: on ``date`` the hours
    of ``weekday`` are worked.
    """

    _name = "resource.calendar.makeup"
    _description = "Make-up Working Day"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reason", required=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Leave empty for all working hours of the company.",
    )
    date = fields.Date(required=True)
    weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Works like a",
        required=True,
        default="0",
    )

    holiday_key = fields.Char(readonly=True, copy=False, index="btree_not_null")
    is_predicted = fields.Boolean(
        string="Predicted",
        readonly=True,
        help="Imported before the year was announced: import it again later.",
    )

    _date_uniq = models.UniqueIndex(
        "(company_id, date, COALESCE(calendar_id, 0))",
        "This date is a make-up working day already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        makeups = super().create(vals_list)
        self.env.registry.clear_cache()  # compiled working times
        return makeups

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
