# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import Command, api, fields, models

from odoo.addons.crm_service_excellence.models.job import commit_progress

_logger = logging.getLogger(__name__)

PEOPLE_PER_BATCH = 200
RETRY = timedelta(hours=1)
LINES_PER_MAIL = 50
ACTIVITY = "crm_complaints.mail_activity_type_escalation"


class CrmEscalationNotice(models.Model):
    _inherit = "crm.escalation.notice"

    @api.model
    def _cron_notify(self, as_of=None):
        """Tell whoever is at work now.

        :param as_of: naive UTC; by default now
        """
        recipients = self.env["crm.escalation.recipient"]
        recipients._tell_due(as_of or fields.Datetime.now())


class CrmEscalationRecipient(models.Model):
    """Telling people, in their working hours: one activity a complaint, one mail."""

    _inherit = "crm.escalation.recipient"

    @api.model
    def _tell_due(self, as_of):
        """Tell whoever is at work now; called again until nobody is left.

        One activity for each complaint, and one e-mail a person and run. Whoever cannot
        be told is left for an hour, with the fault on the notice; the others are told.

        :param as_of: naive UTC
        """
        while True:
            due = self._due(as_of)
            told = due.try_lock_for_update()
            if not told:
                return
            told._tell_apart(as_of)
            if not commit_progress(self.env, len(told)):
                return

    def _due(self, as_of):
        """All that the next people are to be told."""
        domain = [("state", "=", "pending"), ("notify_at", "<=", as_of)]
        people = self._read_group(
            domain, ["user_id"], order="user_id", limit=PEOPLE_PER_BATCH
        )
        users = self.env["res.users"].union(*(user for (user,) in people))
        return self.search([*domain, ("user_id", "in", users.ids)], order="user_id, id")

    def _tell_apart(self, as_of):
        """Tell a batch; if it fails, one person after the other, then row by row."""
        settled = self.filtered(
            lambda row: not row.notice_id.clock_id._is_open_for_escalation()
        )
        settled.notice_id._cancel()
        left = self - settled
        for split in (
            lambda rows: [rows],
            lambda rows: rows.grouped("user_id").values(),
            lambda rows: rows,
        ):
            failed = self.browse()
            for rows in split(left):
                fault = rows._try_tell(as_of)
                if fault:
                    failed |= rows
                    if len(rows) == 1:
                        rows.write({"error": fault, "notify_at": as_of + RETRY})
            left = failed.filtered(lambda row: not row.error or row.notify_at <= as_of)
            if not left:
                return

    def _try_tell(self, as_of):
        """Tell these rows.

        :return: what went wrong, or None
        """
        try:
            with self.env.cr.savepoint():
                self._tell(as_of)
                self.env.flush_all()
        except Exception as error:  # the others are told whatever it is
            self.env.invalidate_all(flush=False)
            _logger.info("Escalation %s could not be told: %s", self.ids, error)
            return str(error) or type(error).__name__
        return None

    def _tell(self, as_of):
        self._tell_by_activity()
        self._tell_by_mail()
        self.write({"state": "notified", "notified_at": as_of, "error": False})
        notices = self.notice_id
        notices.filtered(
            lambda notice: all(row.state != "pending" for row in notice.recipient_ids)
        ).state = "notified"

    def _tell_by_activity(self):
        """One activity for each person and complaint, that of the highest step."""
        rows = self.filtered(
            lambda row: row.notice_id.step_id.method in (False, "activity", "both")
        )
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True,  # no e-mail for each: the digest says it
            crm_escalation_no_follow=True,
        )
        type_id = self.env.ref(ACTIVITY).id
        known = {
            (activity.user_id.id, activity.res_id): activity
            for activity in activities.search(
                [
                    ("res_model", "=", "crm.complaint"),
                    ("res_id", "in", rows.complaint_id.ids),
                    ("user_id", "in", rows.user_id.ids),
                    ("activity_type_id", "=", type_id),
                ]
            )
        }
        model_id = self.env["ir.model"]._get_id("crm.complaint")
        vals_list = []
        for (user, complaint), group in rows.grouped(
            lambda row: (row.user_id, row.complaint_id)
        ).items():
            summary = group._headline(user)
            activity = known.get((user.id, complaint.id))
            if activity:
                activity.summary = summary
                continue
            vals_list.append(
                {
                    "res_model_id": model_id,
                    "res_id": complaint.id,
                    "user_id": user.id,
                    "activity_type_id": type_id,
                    "summary": summary,
                    "date_deadline": complaint.company_id._crm_today(),
                }
            )
        activities.create(vals_list)

    def _headline(self, user):
        """What the highest of these steps says, in the reader's language."""
        notice = self.notice_id.sorted(lambda one: (one.raised_at, one.level))[-1:]
        notice = notice.with_context(lang=user.lang)
        metrics = dict(notice._fields["metric"]._description_selection(notice.env))
        metric = metrics[notice.metric]
        step = notice.step_id.display_name
        return notice.env._("%(metric)s: %(step)s", metric=metric, step=step)

    def _tell_by_mail(self):
        """One e-mail a person, whatever there is to tell."""
        rows = self.filtered(
            lambda row: row.notice_id.step_id.method in ("email", "both")
        )
        vals_list = []
        for user, group in rows.grouped("user_id").items():
            group = group.with_context(lang=user.lang, tz=user.tz)
            lines = [
                {
                    "complaint": complaint,
                    "headline": told._headline(user),
                    "deadline": max(told.notice_id.clock_id.mapped("deadline")),
                    "url": f"{complaint.get_base_url()}/odoo/crm.complaint/"
                    f"{complaint.id}",
                }
                for complaint, told in group.grouped("complaint_id").items()
            ]
            vals_list.append(
                {
                    "subject": group.env._(
                        "Complaints that need you: %(count)s", count=len(lines)
                    ),
                    "body_html": group.env["ir.qweb"]._render(
                        "crm_complaints.escalation_digest",
                        {
                            "user": user,
                            "lines": lines[:LINES_PER_MAIL],
                            "more": len(lines[LINES_PER_MAIL:]),
                        },
                        minimal_qcontext=True,
                    ),
                    "email_from": group.company_id[:1].email_formatted,
                    "recipient_ids": [Command.link(user.partner_id.id)],
                    "headers": {"Auto-Submitted": "auto-generated"},
                    "auto_delete": True,
                }
            )
        self.env["mail.mail"].create(vals_list)
