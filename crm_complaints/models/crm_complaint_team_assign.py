# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who gets the next complaint of a team."""

import heapq

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_complaint_terms import OPEN_STATES


class CrmComplaintTeam(models.Model):
    _inherit = "crm.complaint.team"

    # A PostgreSQL sequence counts the turns: it never gives one turn twice and makes
    # nobody wait, where a counter in this row would let two intakes collide.
    turn_sequence_id = fields.Many2one(
        comodel_name="ir.sequence",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams._ensure_turns()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if vals.get("assignment") == "turn":
            self._ensure_turns()
        return result

    def unlink(self):
        # sudo: the counter is nobody's but the team's
        sequences_sudo = self.sudo().turn_sequence_id
        result = super().unlink()
        sequences_sudo.unlink()
        return result

    def _ensure_turns(self):
        """Teams that assign in turn have their counter."""
        # sudo: who may set up a team need not be allowed to make sequences
        for team in self.sudo():
            if team.assignment == "turn" and not team.turn_sequence_id:
                team.turn_sequence_id = (
                    self.env["ir.sequence"]
                    .sudo()
                    .create(
                        {
                            "name": self.env._(
                                "Complaint turns of %(team)s", team=team.name
                            ),
                            "code": "crm.complaint.team.turn",
                            "company_id": team.company_id.id,
                        }
                    )
                )

    # PICK

    def _pick_owners(self, count):
        """Owners of the next ``count`` complaints of this team.

        Members only who are active, belong to the company and work today (in the
        company's time zone, time off taken out).

        :return: list of ``count`` ``res.users``, empty ones where nobody is there
        """
        self.ensure_one()
        team_sudo = self.sudo()  # who gets it does not depend on who records it
        nobody = self.env["res.users"]
        company = team_sudo.company_id
        members = team_sudo.member_ids.filtered(
            lambda user: user.active and user._crm_works_for(company)
        ).sorted("id")
        if team_sudo.assignment == "manual" or not members or not count:
            return [nobody] * count
        picked = (
            team_sudo._pick_in_turn(members, count)
            if team_sudo.assignment == "turn"
            else team_sudo._pick_by_load(members, count)
        )
        return [user.with_env(self.env) for user in picked]

    def _presence(self):
        """A function that tells whether a person works today; asks once for each."""
        today = self.company_id._crm_today()
        known = {}

        def works_today(user):
            if user not in known:
                worked, _away = user._crm_workdays(self.company_id, today, today)
                known[user] = bool(worked)
            return known[user]

        return works_today

    def _pick_in_turn(self, members, count):
        """Each turn begins with another member; who is away is passed over."""
        works_today = self._presence()
        self._ensure_turns()
        self.env.cr.execute(
            SQL(
                "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
                f"ir_sequence_{self.turn_sequence_id.id:03d}",
                count,
            )
        )
        turns = [row[0] for row in self.env.cr.fetchall()]
        picked = []
        for turn in turns:
            start = turn % len(members)
            order = members[start:] + members[:start]
            picked.append(
                next((user for user in order if works_today(user)), members.browse())
            )
        return picked

    def _pick_by_load(self, members, count):
        """The fewest open complaints first; among equals the lower id."""
        works_today = self._presence()
        loads = dict(
            self.env["crm.complaint"]._read_group(
                domain=[
                    ("user_id", "in", members.ids),
                    ("company_id", "=", self.company_id.id),
                    ("state", "in", OPEN_STATES),
                ],
                groupby=["user_id"],
                aggregates=["__count"],
            )
        )
        queue = [(loads.get(user, 0), user.id) for user in members]
        heapq.heapify(queue)
        picked = []
        while len(picked) < count and queue:
            load, user_id = heapq.heappop(queue)
            user = members.browse(user_id)
            if works_today(user):
                picked.append(user)
                heapq.heappush(queue, (load + 1, user_id))
        return picked + [members.browse()] * (count - len(picked))
