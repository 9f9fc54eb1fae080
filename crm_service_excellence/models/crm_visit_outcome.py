# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .crm_visit import REPORT_HOURS
from .crm_visit_guard import REPORT_FIELDS

WARNING_HOURS = 20
BATCH_SIZE = 1000
WARNING_ACTIVITY = "mail.mail_activity_data_warning"


class CrmVisit(models.Model):
    """What came of a visit: the report, due a day after it."""

    _inherit = "crm.visit"

    outcome = fields.Selection(
        selection=[
            ("achieved", "Achieved"),
            ("partly", "Partly"),
            ("missed", "Missed"),
        ],
        copy=False,
        tracking=True,
        help="Against what was expected of the visit.",
    )
    report = fields.Text(copy=False, tracking=True)
    problems = fields.Text(string="Customer's problems", copy=False, tracking=True)
    suggestions = fields.Text(
        string="Customer's suggestions", copy=False, tracking=True
    )
    satisfaction = fields.Selection(
        selection=[
            ("1", "Very unhappy"),
            ("2", "Unhappy"),
            ("3", "Neutral"),
            ("4", "Happy"),
            ("5", "Very happy"),
        ],
        copy=False,
        tracking=True,
        help="Your impression of how satisfied the customer is.",
    )
    followup_ids = fields.One2many(
        comodel_name="crm.visit.followup", inverse_name="visit_id", string="Follow-ups"
    )
    report_deadline = fields.Datetime(
        string="Report due",
        readonly=True,
        copy=False,
        help="24 hours after the end of the visit.",
    )
    report_warned = fields.Boolean(readonly=True, copy=False)
    report_date = fields.Datetime(string="Reported at", readonly=True, copy=False)
    is_report_late = fields.Boolean(
        string="Report late",
        readonly=True,
        copy=False,
        help="The report was not there in time; that stays so.",
    )

    _report_due_idx = models.Index(
        "(report_deadline) WHERE state = 'done' AND is_report_late IS NOT TRUE"
    )

    @api.constrains("state", "outcome", "report")
    def _check_reported(self):
        for visit in self:
            if visit.state == "reported" and not (
                visit.outcome and (visit.report or "").strip()
            ):
                raise ValidationError(
                    self.env._("A report says what came of the visit, in words too.")
                )

    @api.model
    def _report_deadline(self, check_out):
        return check_out + timedelta(hours=REPORT_HOURS)

    # ACTIONS

    def action_report(self):
        """Hand the report in: from now on every change of it is recorded.

        Follow-ups become activities, the customer was touched.

        :raise UserError: not finished yet, reported already, or something is missing
        :raise AccessError: for anybody but who made the visit, or a manager
        """
        self.check_access("write")
        self._check_visitor()
        for visit in self:
            visit._check_reportable()
        now = fields.Datetime.now()
        for visit_sudo in self.sudo():  # a transition; access checked above
            is_late = visit_sudo.is_report_late or now > visit_sudo.report_deadline
            visit_sudo.write(
                {"state": "reported", "report_date": now, "is_report_late": is_late}
            )
        self.sudo().activity_unlink([WARNING_ACTIVITY])
        self.followup_ids._make_activities()
        self._record_touchpoints()
        return True

    def _check_reportable(self):
        if self.state == "reported":
            raise UserError(self.env._("This visit is reported already."))
        if self.state != "done":
            raise UserError(self.env._("Finish the visit before you report on it."))
        if not self.outcome:
            raise UserError(
                self.env._("Say whether the visit achieved what was expected of it.")
            )
        if not (self.report or "").strip():
            raise UserError(self.env._("Write what was said and agreed."))

    # EFFECTS

    def _record_touchpoints(self):
        """The customer was contacted: cadences start anew from each visit.

        A confidential visit is none of the customer's records. Safe to call again, and
        for imported visits.

        :return: the touchpoints written
        """
        visits_sudo = self.sudo()  # what took place is recorded, whoever reports
        visits_sudo = visits_sudo.filtered(
            lambda visit: visit.check_in and not visit.is_confidential
        )
        touchpoints = visits_sudo.env["crm.touchpoint"]._record(
            [visit._prepare_touchpoint_vals() for visit in visits_sudo]
        )
        # after: what the activity of the meeting would record is there already
        visits_sudo.calendar_event_id.activity_ids.action_feedback()
        return touchpoints

    def _prepare_touchpoint_vals(self):
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "contact_id": self.contact_id.id,
            "company_id": self.company_id.id,
            "date": self.check_in,
            "direction": "out",
            "channel": "visit",
            "user_id": self.user_id.id,
            "summary": self.report,
            "is_effective": True,
            "res_model": self._name,
            "res_id": self.id,
            "source": self._touch_source(),
        }

    def _touch_source(self):
        """The key of the meeting where its activity would record the same contact."""
        event = self.calendar_event_id.with_context(active_test=False)
        if event.activity_ids:
            return f"calendar.event,{event.id}"
        return f"{self._name},{self.id}"

    def _track_prepare(self, fields_iter):
        """What is written before the report is handed in is a draft: not recorded."""
        drafts = self.filtered(lambda visit: visit.state != "reported")
        others = [name for name in fields_iter if name not in REPORT_FIELDS]
        super(CrmVisit, drafts)._track_prepare(others)
        return super(CrmVisit, self - drafts)._track_prepare(fields_iter)

    # REMINDERS

    @api.model
    def _cron_report_reminders(self):
        """Warn 4 hours before a report is due, once; mark what is late, for ever.

        Each batch is committed by itself; running it again does nothing twice.
        """
        cron = self.env["ir.cron"]
        for step in (self._warn_of_reports, self._mark_late_reports):
            done = step()
            while done:
                if not cron._commit_progress(done):
                    return  # out of time: called again soon
                done = step()

    @api.model
    def _warn_of_reports(self):
        """One activity for the salesperson of each report due within 4 hours.

        :return: how many visits were looked at
        """
        soon = timedelta(hours=REPORT_HOURS - WARNING_HOURS)
        visits = self._claim_due(
            fields.Datetime.now() + soon,
            SQL("report_warned IS NOT TRUE"),
            SQL("report_warned"),
        )
        vals_list = []
        for visit in visits.filtered(lambda visit: visit.user_id.active):
            translated = visit.with_context(lang=visit.user_id.lang)
            vals_list.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": visit.id,
                    "activity_type_id": self.env.ref(WARNING_ACTIVITY).id,
                    "summary": translated.env._("Report on the visit"),
                    "date_deadline": visit._to_local(visit.report_deadline).date(),
                    "user_id": visit.user_id.id,
                    "automated": True,
                }
            )
        # without a mail for each: the list of activities is what people work through
        activities = self.env["mail.activity"].sudo()
        activities.with_context(mail_activity_quick_update=True).create(vals_list)
        return len(visits)

    @api.model
    def _mark_late_reports(self):
        """:return: how many visits were marked"""
        now = fields.Datetime.now()
        return len(self._claim_due(now, SQL("TRUE"), SQL("is_report_late")))

    @api.model
    def _claim_due(self, moment, condition, column):
        """Set a flag on the next batch of unreported visits due before a moment.

        By SQL, to claim and to mark in one statement: what another run holds is
        skipped. Uses the partial index on the deadline.

        :return: the visits marked
        """
        self.flush_model(
            ["state", "report_deadline", "is_report_late", "report_warned"]
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_visit SET %(column)s = TRUE WHERE id IN (
                       SELECT id FROM crm_visit
                        WHERE state = 'done' AND is_report_late IS NOT TRUE
                          AND report_deadline < %(moment)s AND %(condition)s
                        ORDER BY report_deadline LIMIT %(limit)s
                          FOR UPDATE SKIP LOCKED)
                   RETURNING id""",
                column=column,
                moment=moment,
                condition=condition,
                limit=BATCH_SIZE,
            )
        )
        visits = self.browse([number for (number,) in self.env.cr.fetchall()])
        visits.invalidate_recordset(["is_report_late", "report_warned"])
        return visits.sudo()
