# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What follows from what is known of a new complaint: where it goes, who owns it.

Filled in before the insert, so that the deadlines start right at once and each row is
written once; a batch costs as many queries as one complaint.
"""

from collections import defaultdict

from odoo import api, models

from .crm_complaint_classify import SEVERITY_RANKS
from .crm_complaint_terms import OPEN_STATES

# Whose default counts when it is not given.
ROUTING_FIELDS = (
    "partner_id",
    "contact_id",
    "category_id",
    "team_id",
    "department_id",
    "user_id",
    "is_safety",
    "severity",
)


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._note_raised(vals_list)
        return complaints

    def _note_raised(self, vals_list):
        """Say on new complaints that, and why, they are more severe than was given."""
        raised = {}
        for complaint, vals in zip(self, vals_list, strict=True):
            given = vals.get("severity") or False
            is_raised = SEVERITY_RANKS[given] < SEVERITY_RANKS[complaint.severity]
            if is_raised and complaint.severity == complaint._severity_floor():
                raised[complaint.id] = complaint._floor_note()
        if raised:
            self.browse(raised)._message_log_batch(bodies=raised)

    @api.model
    def _prepare_create(self, vals_list):
        """Fill in customer, team, department, severity, grade and owner."""
        defaults = self.default_get(list(ROUTING_FIELDS))
        vals_list = [
            self._file_under_customer({**defaults, **self._with_team_company(vals)})
            for vals in vals_list
        ]
        prepared = super()._prepare_create(vals_list)
        routes = {}
        for vals in prepared:
            self._fill_route(vals, routes)
            self._fill_severity(vals)
            self._fill_address(vals)
        self._fill_grades(prepared)
        self._fill_owners(prepared)
        return prepared

    @api.model
    def _with_team_company(self, vals):
        """The team's company where none is given: an alias names the team only."""
        given = vals.get("company_id") or self.env.context.get("default_company_id")
        if given or not vals.get("team_id"):
            return vals
        team = self.env["crm.complaint.team"].browse(vals["team_id"])
        # sudo: which company a team belongs to is no secret to who may name it
        return {**vals, "company_id": team.sudo().company_id.id}

    @api.model
    def _fill_route(self, vals, routes):
        """Team and department; ``routes`` remembers them for a batch."""
        key = (vals["company_id"], vals.get("category_id") or False)
        if key not in routes:
            company = self.env["res.company"].browse(key[0])
            category = self.env["crm.complaint.category"].browse(key[1] or ())
            team = category._inherited("team_id", company)
            routes[key] = {
                "team_id": (team or team._default_for(company)).id,
                "department_id": category._inherited("department_id", company).id,
            }
        for name, value in routes[key].items():
            vals[name] = vals.get(name) or value

    @api.model
    def _fill_severity(self, vals):
        """Lift the severity to its floor."""
        category = self.env["crm.complaint.category"].browse(
            vals.get("category_id") or ()
        )
        floor = self._floor_of(category, bool(vals.get("is_safety")))
        if SEVERITY_RANKS[vals.get("severity") or False] < SEVERITY_RANKS[floor]:
            vals["severity"] = floor

    @api.model
    def _fill_address(self, vals):
        """How to reach a known customer, where the channel did not tell."""
        person = self.env["res.partner"].browse(
            vals.get("contact_id") or vals.get("partner_id") or ()
        )
        # sudo: the complaint shows how to reach its customer to whoever handles it
        person_sudo = person.sudo()
        if person and not vals.get("email_from"):
            vals["email_from"] = person_sudo.email_formatted or person_sudo.email
        if person and not vals.get("phone"):
            vals["phone"] = person_sudo.phone

    # GRADE

    @api.model
    def _grades_of(self, keys):
        """Grades of customers, in one query.

        :param keys: ``{(commercial partner id, company id)}``
        :return: ``{(partner id, company id): crm.grade}``
        """
        # sudo: promises depend on the grade, whoever records the complaint
        customers_sudo = self.env["crm.customer"].sudo().with_context(active_test=False)
        found = customers_sudo.search_fetch(
            [
                ("partner_id", "in", [partner for partner, _ in keys]),
                ("company_id", "in", [company for _, company in keys]),
            ],
            ["partner_id", "company_id", "grade_id"],
        )
        return {(c.partner_id.id, c.company_id.id): c.grade_id for c in found}

    @api.model
    def _fill_grades(self, vals_list):
        keys = {
            (vals["partner_id"], vals["company_id"])
            for vals in vals_list
            if vals.get("partner_id") and not vals.get("grade_id")
        }
        grades = self._grades_of(keys) if keys else {}
        for vals in vals_list:
            grade = grades.get((vals.get("partner_id"), vals["company_id"]))
            if grade:
                vals["grade_id"] = grade.id

    def _snapshot_grade(self):
        """Open complaints take the grade their customers have now.

        Deadlines follow through ``write`` (rule T16). What is over keeps the grade that
        its promise depended on.
        """
        # sudo: the grade is measured, nobody types it
        open_sudo = self.sudo().filtered(lambda c: c.state in OPEN_STATES)
        keys = {(c.partner_id.id, c.company_id.id) for c in open_sudo}
        grades = self._grades_of(keys)
        nothing = self.env["crm.grade"]
        moving = defaultdict(open_sudo.browse)
        for complaint in open_sudo:
            key = (complaint.partner_id.id, complaint.company_id.id)
            grade = grades.get(key, nothing)
            if grade != complaint.grade_id:
                moving[grade] |= complaint
        for grade, complaints in moving.items():
            complaints.write({"grade_id": grade.id})

    # OWNER

    @api.model
    def _fill_owners(self, vals_list):
        """Owners by the rule of each team, for what nobody owns yet."""
        waiting = defaultdict(list)
        for vals in vals_list:
            is_open = (vals.get("state") or OPEN_STATES[0]) in OPEN_STATES
            if is_open and vals.get("team_id") and not vals.get("user_id"):
                waiting[vals["team_id"]].append(vals)
        teams = self.env["crm.complaint.team"]
        for team_id, group in waiting.items():
            owners = teams.browse(team_id)._pick_owners(len(group))
            for vals, owner in zip(group, owners, strict=True):
                vals["user_id"] = owner.id

    def _assign_owners(self):
        """Give open complaints that nobody owns to members of their teams.

        By the rule of each team; where nobody is there, they stay without owner.
        """
        waiting = self.filtered(
            lambda c: c.state in OPEN_STATES and c.team_id and not c.user_id
        )
        moving = defaultdict(self.browse)
        for team, group in waiting.grouped("team_id").items():
            owners = team._pick_owners(len(group))
            for complaint, owner in zip(group, owners, strict=True):
                if owner:
                    moving[owner] |= complaint
        for owner, complaints in moving.items():
            complaints.user_id = owner

    def _leave_foreign_owners(self):
        """After a hand-over: who is no member of the team does not own it any more."""
        foreign = self.filtered(
            lambda c: (
                c.state in OPEN_STATES
                and c.team_id
                and c.user_id not in (c.team_id.member_ids | c.team_id.leader_id)
            )
        )
        foreign.filtered("user_id").user_id = False
        foreign._assign_owners()

    @api.model
    def _cron_assign(self):
        """Assign what came in while nobody was at work, oldest first."""
        waiting = self.search(
            [
                ("user_id", "=", False),
                ("state", "in", OPEN_STATES),
                ("team_id.assignment", "!=", "manual"),
            ],
            order="date_received, id",
        )
        for company, complaints in waiting.grouped("company_id").items():
            complaints.with_company(company)._assign_owners()
