# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import uuid
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

SCORES = range(1, 6)
# Nobody's machine is to answer (RFC 3834).
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


class CrmComplaintSatisfaction(models.Model):
    """What a customer thinks of one cycle of a complaint, once it is closed.

    Two questions (ISO 10002, 8.3): what came out, and how it was handled. Asked once a
    cycle, answered once. The answer about the outcome is a rating of Odoo's too.
    """

    _name = "crm.complaint.satisfaction"
    _description = "Complaint Satisfaction"
    _order = "requested_date desc, id desc"
    _rec_name = "complaint_id"
    _allow_sudo_commands = False

    complaint_id = fields.Many2one(
        comodel_name="crm.complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    cycle = fields.Integer(required=True, readonly=True, aggregator=None)
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="complaint_id.partner_id", string="Customer", store=True, index=True
    )
    team_id = fields.Many2one(related="complaint_id.team_id", store=True, index=True)
    category_id = fields.Many2one(related="complaint_id.category_id", store=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        readonly=True,
        index="btree_not_null",
        help="Who owned the complaint when it was closed.",
    )
    access_token = fields.Char(
        required=True, readonly=True, copy=False, groups="base.group_system"
    )
    requested_date = fields.Datetime(string="Asked on", required=True, readonly=True)
    answered_date = fields.Datetime(string="Answered on", readonly=True)
    outcome = fields.Integer(
        readonly=True, aggregator=None, help="From 1 to 5: what came out."
    )
    handling = fields.Integer(
        readonly=True, aggregator=None, help="From 1 to 5: how it was handled."
    )
    # ratios of what was answered: an open request is no zero
    outcome_score = fields.Float(
        string="Average outcome", readonly=True, aggregator="avg", digits=(3, 2)
    )
    handling_score = fields.Float(
        string="Average handling", readonly=True, aggregator="avg", digits=(3, 2)
    )
    comment = fields.Text(readonly=True)
    rating_id = fields.Many2one(
        comodel_name="rating.rating", readonly=True, ondelete="set null", index=True
    )
    follow_up = fields.Selection(
        selection=[("reopened", "Reopened"), ("activity", "Follow-up planned")],
        string="After a low score",
        readonly=True,
    )

    _cycle_uniq = models.UniqueIndex(
        "(complaint_id, cycle)", "The customer is asked once."
    )
    _token_uniq = models.UniqueIndex("(access_token)", "This link exists already.")
    _outcome_range = models.Constraint(
        "CHECK (outcome BETWEEN 0 AND 5)", "A score is from 1 to 5."
    )
    _handling_range = models.Constraint(
        "CHECK (handling BETWEEN 0 AND 5)", "A score is from 1 to 5."
    )

    # ASK

    @api.model
    def _ask(self, complaints, moment):
        """Open one request for the present cycle of each, and return the new ones.

        Race-safe: asked twice in the same instant, the unique key lets one through.
        """
        if not complaints:
            return self
        self.env.flush_all()
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                complaint.id,
                complaint.cycle,
                complaint.company_id.id,
                complaint.partner_id.id or None,
                complaint.team_id.id or None,
                complaint.category_id.id or None,
                complaint.user_id.id or None,
                str(uuid.uuid4()),
                moment,
                self.env.uid,
                moment,
                self.env.uid,
                moment,
            )
            for complaint in complaints
        )
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_complaint_satisfaction (
                            complaint_id, cycle, company_id, partner_id, team_id,
                            category_id, user_id, access_token, requested_date,
                            create_uid, create_date, write_uid, write_date)
                     VALUES %s
                ON CONFLICT (complaint_id, cycle) DO NOTHING
                  RETURNING id
                """,
                rows,
            )
        )
        self.invalidate_model()
        complaints.invalidate_recordset(["satisfaction_ids"])
        return self.browse([row[0] for row in found])

    def _send(self):
        """Put the requests into the outbox; no thread that people read has the link."""
        template = self.env.ref(
            "crm_complaints.mail_template_complaint_satisfaction",
            raise_if_not_found=False,
        )
        if not template:
            return  # somebody has deleted it: nobody is to be asked
        # by nobody in person: who has closed it must not read the link either
        template = template.with_user(SUPERUSER_ID)
        for request in self:
            complaint = request.complaint_id
            template.send_mail(
                request.id,
                force_send=False,
                email_values={
                    "email_to": complaint._satisfaction_email(),
                    "reply_to": complaint._notify_get_reply_to()[complaint.id],
                    "headers": AUTOMATIC_HEADERS,
                    # of no record: its readers would read the link with the message
                    "model": False,
                    "res_id": False,
                    "author_id": False,
                },
            )

    def _get_link(self):
        """Return the link of the page on which the customer answers."""
        self.ensure_one()
        # sudo: the token is for the mail to the customer, not for people who read this
        token = self.sudo().access_token
        return f"{self.complaint_id.get_base_url()}/complaint/satisfaction/{token}"

    @api.model
    def _by_token(self, token):
        """Return the request of this link as superuser; empty if there is none."""
        if not isinstance(token, str) or not 30 <= len(token) <= 40:
            return self.sudo().browse()
        # sudo: whoever has the secret of the link may answer
        return self.sudo().search([("access_token", "=", token)], limit=1)

    # ANSWER

    def _answer(self, outcome, handling, comment="", moment=None):
        """Store the answer, once. A second one changes nothing.

        :param int outcome: 1 to 5
        :param int handling: 1 to 5, or 0 where only one question was asked
        :return: whether this was the answer that counts
        :raise UserError: a score out of range
        """
        self.ensure_one()
        if outcome not in SCORES or handling not in (0, *SCORES):
            raise UserError(self.env._("Please choose from 1 to 5 for both questions."))
        moment = moment or fields.Datetime.now()
        self.flush_recordset()
        # of two answers in the same instant one is first, the other finds it done
        first = self.env.execute_query(
            SQL(
                """
                UPDATE crm_complaint_satisfaction
                   SET answered_date = %s, outcome = %s, handling = %s,
                       outcome_score = %s, handling_score = %s, comment = %s
                 WHERE id = %s AND answered_date IS NULL
             RETURNING id
                """,
                moment,
                outcome,
                handling,
                float(outcome),
                float(handling) or None,
                comment or None,
                self.id,
            )
        )
        self.invalidate_recordset()
        if not first:
            return False
        self._store_rating()
        self._tell_team()
        self._follow_up_low(moment)
        return True

    def _store_rating(self):
        """Keep the answer about the outcome where Odoo keeps ratings."""
        complaint = self.complaint_id
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(complaint._name),
                "res_id": complaint.id,
                "partner_id": (complaint.contact_id or complaint.partner_id).id,
                "rated_partner_id": self.user_id.partner_id.id,
            }
        )
        # Odoo reads the last rating by SQL that wants the row complete in its table
        rating.flush_recordset()
        rating.write(
            {
                "rating": self.outcome,
                "feedback": self.comment or False,
                "consumed": True,
            }
        )
        self.rating_id = rating
        complaint.write(
            {
                "satisfaction_outcome": self.outcome,
                "satisfaction_handling": self.handling,
            }
        )

    def _tell_team(self):
        """Note the answer in the complaint's history, for the team only."""
        text = self.env._(
            "The customer says: outcome %(outcome)s of 5, handling %(handling)s of 5."
            " %(comment)s",
            outcome=self.outcome,
            handling=self.handling or "-",
            comment=self.comment or "",
        )
        self.complaint_id.message_post(
            body=text.strip(),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
            author_id=self.env.ref("base.partner_root").id,
        )

    def _follow_up_low(self, moment):
        """Do something about a low score: reopen while one may, else call.

        What came out badly is worked on again within the window for reopening. Bad
        handling, or a late answer, is a matter for the team's leader to call about.
        """
        complaint = self.complaint_id
        low = complaint.company_id.crm_complaint_low_score
        bad_outcome = self.outcome <= low
        if not bad_outcome and not 0 < self.handling <= low:
            return
        window = timedelta(days=complaint.company_id.crm_complaint_reopen_days)
        may_reopen = (
            complaint.state == "closed"
            and complaint.cycle == self.cycle
            and complaint.date_closed
            and moment <= complaint.date_closed + window
        )
        if bad_outcome and may_reopen:
            complaint._reopen(
                self.env._("The customer is not satisfied with the outcome."), moment
            )
            self.follow_up = "reopened"
            return
        person = complaint.team_id.leader_id or complaint.user_id
        complaint.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(
                complaint.with_context(tz=complaint.company_id._crm_timezone()),
                moment,
            ),
            summary=self.env._("Win the customer back: a low score"),
            note=self.env._(
                "Outcome %(outcome)s of 5, handling %(handling)s of 5.",
                outcome=self.outcome,
                handling=self.handling or "-",
            ),
            user_id=person.id or self.env.ref("base.user_admin").id,
        )
        self.follow_up = "activity"


class CrmComplaint(models.Model):
    _inherit = "crm.complaint"

    satisfaction_ids = fields.One2many(
        comodel_name="crm.complaint.satisfaction",
        inverse_name="complaint_id",
        string="Satisfaction asked",
        readonly=True,
    )
    satisfaction_outcome = fields.Integer(
        string="Satisfied with the outcome",
        readonly=True,
        copy=False,
        aggregator=None,
        help="From 1 to 5, as the customer answered last; 0: no answer.",
    )
    satisfaction_handling = fields.Integer(
        string="Satisfied with the handling",
        readonly=True,
        copy=False,
        aggregator=None,
        help="From 1 to 5, as the customer answered last; 0: no answer.",
    )

    def _move(self, action, moment=None, values=None, **facts):
        result = super()._move(action, moment=moment, values=values, **facts)
        if action == "close":
            self._ask_satisfaction(moment)
        return result

    def _ask_satisfaction(self, moment=None):
        """Ask the customers of closed complaints what they think, once a cycle.

        Nobody is asked who has no e-mail address. Complaints that ended otherwise
        (withdrawn, duplicate, rejected) are no matter of satisfaction.
        """
        asked = self.filtered(
            lambda complaint: (
                complaint.state == "closed" and complaint._satisfaction_email()
            )
        )
        # sudo: who closes may not write what customers will answer
        requests = self.env["crm.complaint.satisfaction"].sudo()
        requests._ask(asked.sudo(), moment or fields.Datetime.now())._send()

    def _satisfaction_email(self):
        """Return the address at which the customer is asked."""
        self.ensure_one()
        return (
            self.contact_id.email_normalized
            or self.email_normalized
            or self.partner_id.email_normalized
        )

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """Refuse Odoo's own rating page: customers answer two questions on ours."""
        raise UserError(self.env._("Please use the link in our message."))
