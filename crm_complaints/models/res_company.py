# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """How the company deals with complaints."""

    _inherit = "res.company"

    crm_complaint_reopen_days = fields.Integer(
        string="Reopen within (days)",
        default=7,
        help="An answer within this time after closing reopens the complaint; a later "
        "one is a new complaint.",
    )
    crm_complaint_silence_days = fields.Integer(
        string="Silence closes after (days)",
        default=7,
        help="A customer who says nothing for this long after being told the decision "
        "is taken to agree.",
    )
    crm_complaint_duplicate_days = fields.Integer(
        string="Look for duplicates in (days)",
        default=30,
        help="Complaints of the same customer about the same thing within this time "
        "are suggested as duplicates.",
    )
    crm_complaint_low_score = fields.Integer(
        string="Low satisfaction up to",
        default=2,
        help="Of 5 points. So low an answer to the closing asks for a recovery.",
    )
    crm_complaint_attachment_mb = fields.Integer(
        string="Largest file (MB)",
        default=10,
        help="What customers may add on the portal and in the web form.",
    )
    crm_complaint_attachment_count = fields.Integer(
        string="Files at once",
        default=5,
        help="How many files customers may add to one message.",
    )
    crm_complaint_web_form = fields.Boolean(
        string="Web form",
        default=True,
        help="Anybody can complain on a public page, without an account.",
    )
    crm_complaint_team_id = fields.Many2one(
        comodel_name="crm.complaint.team",
        string="Team for web and portal",
        compute="_compute_crm_complaint_team_id",
        inverse="_inverse_crm_complaint_team_id",
        help="Who gets what comes in over the web form and the portal.",
    )

    # The team says so: a column here would outlive the teams at uninstall.

    def _compute_crm_complaint_team_id(self):
        # sudo: a setting of the company, not of whoever reads it
        teams_sudo = self.env["crm.complaint.team"].sudo()
        for company in self:
            company.crm_complaint_team_id = teams_sudo.search(
                [("company_id", "=", company.id), ("takes_online", "=", True)], limit=1
            )

    def _inverse_crm_complaint_team_id(self):
        for company in self:
            # sudo: whoever may write the company's settings decides
            team = company.crm_complaint_team_id.sudo()
            if team.company_id not in (company, company.browse()):
                raise ValidationError(
                    self.env._(
                        "The team %(team)s is not one of %(company)s.",
                        team=team.name,
                        company=company.name,
                    )
                )
            former = team.search(
                [("company_id", "=", company.id), ("takes_online", "=", True)]
            )
            (former - team).takes_online = False
            team.takes_online = True

    _check_crm_complaint_days = models.Constraint(
        "CHECK (crm_complaint_reopen_days BETWEEN 0 AND 3650 "
        "AND crm_complaint_silence_days BETWEEN 1 AND 3650 "
        "AND crm_complaint_duplicate_days BETWEEN 0 AND 3650)",
        "Days of complaints lie between 0 and 3650; of silence, at least 1.",
    )
    _check_crm_complaint_low_score = models.Constraint(
        "CHECK (crm_complaint_low_score BETWEEN 0 AND 5)",
        "A score of satisfaction lies between 0 and 5.",
    )
    _check_crm_complaint_attachments = models.Constraint(
        "CHECK (crm_complaint_attachment_mb BETWEEN 1 AND 100 "
        "AND crm_complaint_attachment_count BETWEEN 0 AND 50)",
        "Files have 1 to 100 MB, and there are up to 50 of them.",
    )
