# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import ast

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_complaint_terms import OPEN_STATES


class CrmComplaintTeam(models.Model):
    """Who handles complaints, at which hours, and who gets the next one."""

    _name = "crm.complaint.team"
    _description = "Complaint Team"
    _inherit = ["mail.alias.mixin", "mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    leader_id = fields.Many2one(
        comodel_name="res.users",
        domain=[("share", "=", False)],
        check_company=True,
        index="btree_not_null",
        tracking=True,
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        relation="crm_complaint_team_member_rel",
        column1="team_id",
        column2="user_id",
        string="Members",
        domain=[("share", "=", False)],
        check_company=True,
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Deadlines count these hours. Empty: those of the company.",
    )
    takes_online = fields.Boolean(
        string="Takes what comes online",
        help="Gets what customers write in the web form and the portal.",
    )
    assignment = fields.Selection(
        selection=[
            ("manual", "By hand"),
            ("load", "To whoever has the fewest open complaints"),
            ("turn", "In turn"),
        ],
        default="load",
        required=True,
        help="Only members who work today get new complaints. Nobody there: the "
        "complaint stays without owner until somebody takes it or comes to work.",
    )
    complaint_ids = fields.One2many(
        comodel_name="crm.complaint", inverse_name="team_id", string="Complaints"
    )
    open_complaint_count = fields.Integer(
        string="Open complaints", compute="_compute_open_complaint_count"
    )
    unassigned_complaint_count = fields.Integer(
        string="Without owner", compute="_compute_open_complaint_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_complaint_count(self):
        counts = {}
        for team, user, count in self.env["crm.complaint"]._read_group(
            domain=[("team_id", "in", self.ids), ("state", "in", OPEN_STATES)],
            groupby=["team_id", "user_id"],
            aggregates=["__count"],
        ):
            total, unassigned = counts.get(team, (0, 0))
            counts[team] = (total + count, unassigned + (0 if user else count))
        for team in self:
            total, unassigned = counts.get(team._origin, (0, 0))
            team.open_complaint_count = total
            team.unassigned_complaint_count = unassigned

    # ALIAS

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get("crm.complaint").id
        if self.id:
            defaults = ast.literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "team_id": self.id}
        return values

    # WHICH TEAM

    @api.model
    def _default_for(self, company):
        """The team that gets what no category sends elsewhere.

        The recording person's own team, so that who takes a call can go on with it;
        else the company's first. A company that never had a team gets one: a complaint
        that no team sees would wait for ever.

        :return: one ``crm.complaint.team``, empty where all have been archived
        """
        # sudo: whoever records a complaint, it has to go somewhere
        teams_sudo = self.sudo().with_context(active_test=False)
        teams = teams_sudo.search([("company_id", "=", company.id)])
        if not teams:
            values = {"name": self.env._("Complaints"), "company_id": company.id}
            teams = self.sudo().with_company(company).create(values)
        teams = teams.filtered("active")
        mine = teams.filtered(lambda team: self.env.user in team.member_ids)
        return (mine or teams)[:1].sudo(self.env.su)

    # ACTIONS

    def action_view_complaints(self):
        """The open complaints of this team."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.complaint",
            "view_mode": "kanban,list,form,calendar,pivot,graph",
            "domain": [("team_id", "=", self.id), ("state", "in", OPEN_STATES)],
            "context": {"default_team_id": self.id},
        }

    def action_view_unassigned(self):
        """The open complaints of this team that nobody owns."""
        action = self.action_view_complaints()
        action["domain"] = list(
            Domain(action["domain"]) & Domain("user_id", "=", False)
        )
        return action

    def action_assign_unassigned(self):
        """Give what nobody owns to the members, by the rule of the team."""
        self.check_access("write")
        # sudo: the manager may hand out what the team has; checked above
        waiting = self.sudo().complaint_ids.filtered(
            lambda complaint: not complaint.user_id and complaint.state in OPEN_STATES
        )
        waiting._assign_owners()
        return True
