# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.event_points import multiplied
from ..tools.ledger import ZERO, to_points
from .crm_loyalty_input import check_points_vals
from .crm_loyalty_terms import POINTS_DIGITS

CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
FREQUENCIES = [
    ("year", "Once a year"),
    ("source", "Once for each record"),
    ("life", "Once in a lifetime"),
    ("unlimited", "Each time it happens"),
]


class CrmLoyaltyEvent(models.Model):
    """Something other than a purchase for which members get points.

    The points do not count for the grade. Granted by ``_grant`` and by the job in
    ``crm_loyalty_event_job.py``; an event that is archived grants nothing.
    """

    _name = "crm.loyalty.event"
    _description = "Points Event"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        index=True,
        help="What the event is called by: small letters, digits and underscores.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(
        translate=True, help="For colleagues: when members get it, and why."
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("is_ledger", "=", True)],
        help="The points go to the member's card of this program.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="Empty: for all companies that have no event of their own by this code.",
    )

    # HOW MANY
    points = fields.Float(
        digits=POINTS_DIGITS, help="What a member gets who is of no grade named below."
    )
    by_grade = fields.Selection(
        selection=[
            ("same", "The same for everyone"),
            ("points", "Points of their own for some grades"),
            ("multiplier", "Times the grade's multiplier of the program"),
        ],
        default="same",
        required=True,
        string="By grade",
    )
    grade_ids = fields.One2many(
        comodel_name="crm.loyalty.event.grade",
        inverse_name="event_id",
        string="Points by grade",
        copy=True,
    )

    # HOW OFTEN
    frequency = fields.Selection(
        selection=FREQUENCIES,
        default="year",
        required=True,
        help="Once a year is once a calendar year for each member. Birthdays are those "
        "of each contact that uses the member's card, and counted as they are "
        "celebrated: a lunar one once a lunar year. Changing the date brings none "
        "nearer than 300 days.",
    )
    cap_year = fields.Float(
        string="Most points a year",
        digits=POINTS_DIGITS,
        help="Of this event, for one member and calendar year, with all contacts that "
        "use the member's card; 0: no limit.",
    )
    expiry_days = fields.Integer(
        string="Points live (days)", help="0: as long as the program says."
    )

    # THE JOB
    start_date = fields.Date(
        string="From",
        default=fields.Date.context_today,
        required=True,
        help="What happened before is not rewarded.",
    )
    scanned_until = fields.Date(
        readonly=True,
        copy=False,
        help="Up to this day the job has looked for what happened.",
    )

    _code_company_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "The company has an event with this code already.",
    )
    _check_points = models.Constraint(
        "CHECK (points >= 0 AND cap_year >= 0)", "Points cannot be less than 0."
    )
    _check_expiry_days = models.Constraint(
        "CHECK (expiry_days >= 0 AND expiry_days <= 36600)",
        "Points live for days of a number between 0 and 36600.",
    )

    @api.depends("program_id")
    def _compute_company_id(self):
        """An event of a company's program is the company's."""
        for event in self:
            event.company_id = event.program_id.company_id or event.company_id

    @api.constrains("code")
    def _check_code(self):
        for event in self:
            if not CODE.fullmatch(event.code or ""):
                raise ValidationError(
                    self.env._(
                        "%(code)s is no code: small letters, digits and underscores "
                        "are, beginning with a letter.",
                        code=event.code,
                    )
                )

    @api.constrains("active", "program_id", "points", "by_grade", "grade_ids")
    def _check_complete(self):
        """An event that is switched on can grant."""
        for event in self.filtered("active"):
            if not event.program_id.is_ledger:
                raise ValidationError(
                    self.env._(
                        "Choose a program with a points ledger for %(event)s.",
                        event=event.name,
                    )
                )
            if not any(event._amounts_by_grade().values()):
                raise ValidationError(
                    self.env._(
                        "Say how many points a member gets for %(event)s.",
                        event=event.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_points_vals(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_points_vals(vals)
        return super().write(vals)

    @api.model
    def _check_points_vals(self, vals):
        """:raise ValidationError: before the ORM makes a number of what is none"""
        check_points_vals(self.env, vals, ("points", "cap_year"), zero=True)

    def copy_data(self, default=None):
        """A copy is off and of another name: two of one code cannot be."""
        return [
            {
                **vals,
                "active": False,
                "code": vals["code"] + "_2",
                "name": self.env._("%(name)s (copy)", name=event.name),
                **(default or {}),
            }
            for event, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # AMOUNT

    def _amounts_by_grade(self):
        """How many points members get: ``{crm.grade id or None: Decimal}``.

        None is for who has no grade, or one that is not named.
        """
        self.ensure_one()
        points = to_points(round(self.points, 2))
        amounts = {None: points}
        if self.by_grade == "points":
            for line in self.grade_ids:
                amounts[line.grade_id.id] = to_points(round(line.points, 2))
        elif self.by_grade == "multiplier":
            program = self.program_id
            step = to_points(round(program.rounding_step, 2)) or to_points(1)
            for line in program.multiplier_ids:
                amounts[line.grade_id.id] = multiplied(
                    points,
                    to_points(round(line.factor, 2)),
                    step,
                    program.rounding_mode,
                )
        return amounts

    def _amount_for(self, grade_id):
        """Points that a member of a grade gets.

        :param grade_id: id of a ``crm.grade``, or None
        :return: Decimal, 0 for a grade that gets none
        """
        amounts = self._amounts_by_grade()
        return amounts.get(grade_id, amounts[None]) or ZERO
