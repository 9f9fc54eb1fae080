# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmComplaintHandover(models.TransientModel):
    """Gives a complaint to a colleague or to another team.

    Whoever sees only own complaints may lose sight of it by that; a form could not
    even be shown again. So it is an action that ends at the list.
    """

    _name = "crm.complaint.handover"
    _description = "Hand-over of a Complaint"

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="complaint_id.company_id")
    team_id = fields.Many2one(
        comodel_name="crm.complaint.team",
        string="To team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="To colleague",
        domain="[('id', 'in', candidate_ids)]",
        help="Left empty, the team's rule finds somebody, or somebody takes it.",
    )
    candidate_ids = fields.Many2many(
        comodel_name="res.users",
        string="Who may get it",
        compute="_compute_candidate_ids",
    )
    note = fields.Text(string="What they should know")

    @api.depends("complaint_id")
    def _compute_team_id(self):
        for wizard in self:
            wizard.team_id = wizard.complaint_id.team_id

    @api.depends("team_id", "complaint_id")
    def _compute_candidate_ids(self):
        """The team; where there is none, all who answer complaints."""
        group = self.env.ref("crm_complaints.group_complaint_own")
        for wizard in self:
            team = wizard.team_id
            users = team.member_ids | team.leader_id
            if not team:
                # sudo: who answers complaints is no secret to those who do
                users = group.sudo().all_user_ids.filtered(
                    lambda user, company=wizard.company_id: (
                        not user.share and company in user.company_ids
                    )
                )
            wizard.candidate_ids = users - wizard.complaint_id.user_id

    @api.onchange("team_id")
    def _onchange_team_id(self):
        if self.user_id not in self.candidate_ids:
            self.user_id = False

    def action_confirm(self):
        """Hand it over; back to the list for whom it is out of sight.

        :raise UserError: it is settled, or nothing would change
        """
        self.ensure_one()
        complaint = self.complaint_id
        complaint.check_access("write")
        self._check_handover()
        # before, while it is still the user's
        self._post_note()
        values = {"user_id": self.user_id.id}
        if self.team_id != complaint.team_id:
            values["team_id"] = self.team_id.id
        complaint.with_context(mail_auto_subscribe_no_notify=self._is_told()).write(
            values
        )
        complaint.flush_recordset()
        if complaint.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        # sudo: no news of what the user may not open any more
        complaint.sudo().message_unsubscribe(self.env.user.partner_id.ids)
        return self._back_to_list()

    def _check_handover(self):
        """:raise UserError: says why not"""
        complaint = self.complaint_id
        if not complaint.is_unfinished:
            raise UserError(
                self.env._(
                    "%(complaint)s is over: there is nothing to hand over.",
                    complaint=complaint.display_name,
                )
            )
        if (self.team_id, self.user_id) == (complaint.team_id, complaint.user_id):
            raise UserError(self.env._("Choose another team, or somebody else."))
        if self.user_id and self.user_id not in self.candidate_ids:
            raise UserError(
                self.env._(
                    "%(user)s cannot get it: choose somebody of the team.",
                    user=self.user_id.name,
                )
            )

    def _is_told(self):
        return bool(self.user_id and (self.note or "").strip())

    def _post_note(self):
        """What the next one should know is an internal note, and reaches them."""
        note = (self.note or "").strip()
        if note:
            self.complaint_id.message_post(
                body=self.env._("Handed over: %(note)s", note=note),
                message_type="comment",
                subtype_xmlid="mail.mt_note",
                partner_ids=self.user_id.partner_id.ids,
            )

    def _back_to_list(self):
        """The user's work, and a word on where the complaint went."""
        complaint_sudo = self.complaint_id.sudo()  # sudo: its number and new owner
        target = complaint_sudo.user_id.name or complaint_sudo.team_id.name
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_complaints.crm_complaint_action_my_work"
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(number)s was handed over: %(target)s",
                    number=complaint_sudo.number,
                    target=target,
                ),
                "next": {**action, "target": "main"},
            },
        }
