# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The job that puts texts before people in time, and asks again before it is late."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_care_task_approval import MANAGER_GROUP, REVIEW_WORKING_DAYS
from .job import commit_progress, on_conflict_again

_logger = logging.getLogger(__name__)
ACTIVITY = "crm_service_excellence.mail_activity_type_care_review"
BATCH = 500
# So long before the last moment managers are asked.
ESCALATE_BEFORE = timedelta(hours=4)
MAX_ASKED = 10  # so many managers get an activity; the others have the menu


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    @api.model
    def _cron_review(self):
        """Write what is to be approved soon, ask again, and give up what is too late.

        Nothing that needs approval is ever sent without it.
        """
        # a job's states are no news in thousands of chatters
        tasks_sudo = self.sudo().with_context(tracking_disable=True)
        now = fields.Datetime.now()
        # sudo: every company's tasks, whoever runs the job
        for company in self.env["res.company"].sudo().search([]):
            waiting = Domain(
                [("company_id", "=", company.id), ("needs_approval", "=", True)]
            )
            late = waiting & Domain(
                [("state", "in", ("planned", "to_approve")), ("not_after", "<", now)]
            )
            soon = waiting & Domain(
                [
                    ("state", "=", "planned"),
                    ("not_before", "<=", self._review_horizon(company, now)),
                ]
            )
            agreed = waiting & Domain(
                [
                    ("state", "=", "approved"),
                    ("not_before", "<=", self._review_horizon(company, now)),
                    ("not_after", ">=", now),
                ]
            )
            for domain, step in (
                (late, "_expire_review"),
                (soon, "_enter_review"),
                (agreed, "_review_stale"),
            ):
                if not tasks_sudo._review_batches(domain, step):
                    return
            tasks_sudo._escalate(company, now)
            if not commit_progress(self.env):
                return
        tasks_sudo._drop_met_reviews()

    @api.model
    def _review_horizon(self, company, now):
        try:
            return self._working_days_later(company, now)
        except UserError:  # the company never works: days are days
            return now + timedelta(days=REVIEW_WORKING_DAYS)

    @api.model
    def _review_batches(self, domain, step):
        """Run a step over what a domain finds, in batches of a transaction each.

        :return: seconds that the job has left; 0 to stop
        """
        last_id, left = 0, float("inf")
        while left:
            found = self.search(
                domain & Domain("id", ">", last_id), limit=BATCH, order="id"
            )
            if not found:
                return left
            last_id = found[-1].id
            done = on_conflict_again(
                self.env, self._review_batch, found.ids, domain, step
            )
            left = commit_progress(self.env, done)
        return left

    @api.model
    def _review_batch(self, task_ids, domain, step):
        # what somebody is at just now is for the next run
        tasks = self.browse(task_ids).try_lock_for_update().filtered_domain(domain)
        getattr(tasks, step)()
        return len(tasks)

    def _enter_review(self):
        """From now on people can read it; what cannot be written fails alone."""
        errors = self._write_text()
        for words, tasks in (
            self.browse(errors).grouped(lambda task: errors[task.id]).items()
        ):
            tasks.with_context(tracking_disable=True)._settle("failed", "text", words)
        (self - self.browse(errors)).write({"state": "to_approve"})

    def _review_stale(self):
        """What was agreed to too early is read again, while there is time for that.

        The gateway would find out only at the moment of sending.
        """
        now = fields.Datetime.now()
        for task in self:
            words = task.with_env(task._reader_env())._approval_problem(
                max(now, task.not_before)
            )
            if words:
                task._drop_approval()
                task.write({"wait_code": "approval", "wait_reason": words})

    def _expire_review(self):
        for company, tasks in self.grouped("company_id").items():
            words = tasks.with_context(lang=company.partner_id.lang)
            tasks._settle("expired", "approval", words.env._("Nobody agreed in time."))
        self._close_review()

    # ASK

    @api.model
    def _escalate(self, company, now):
        """Ask the managers about what nobody decided; once for each rule and day."""
        urgent = self.search(
            [
                ("company_id", "=", company.id),
                ("needs_approval", "=", True),
                ("state", "=", "to_approve"),
                ("not_after", "<=", now + ESCALATE_BEFORE),
            ],
            order="rule_id, due_date, id",
        )
        for tasks in urgent.grouped(
            lambda task: (task.rule_id, task.due_date)
        ).values():
            if not tasks._review_activities():
                tasks._ask_managers()

    def _review_activities(self):
        """Activities that ask managers to read one of these tasks."""
        return self._all_review_activities(Domain("res_id", "in", self.ids))

    @api.model
    def _all_review_activities(self, domain=Domain.TRUE):
        activity_type = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not activity_type:  # somebody deleted the type
            return self.env["mail.activity"]
        return self.env["mail.activity"].search(
            domain
            & Domain(
                [
                    ("res_model", "=", self._name),
                    ("activity_type_id", "=", activity_type.id),
                ]
            )
        )

    @api.model
    def _drop_met_reviews(self):
        """Nobody is asked about what was decided by whatever way."""
        activities = self._all_review_activities()
        waiting = self.search(
            [("id", "in", activities.mapped("res_id")), ("state", "=", "to_approve")]
        )
        activities.filtered(
            lambda activity: activity.res_id not in waiting.ids
        ).unlink()

    def _ask_managers(self):
        """An activity for each manager on the first of these tasks, for all of them."""
        task = self[:1]
        for user in task._managers()[:MAX_ASKED]:
            words = task.with_context(lang=user.lang)
            summary = words.env._(
                "%(rule)s: %(count)s texts wait for approval, and go nowhere without",
                rule=words.rule_id.name,
                count=len(self),
            )
            # quick update: the activity is enough, no mail besides
            task.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY,
                date_deadline=task.company_id._crm_today(),
                user_id=user.id,
                summary=summary,
            )

    def _managers(self):
        """Managers who work for the company."""
        self.ensure_one()
        group = self.env.ref(MANAGER_GROUP)
        # sudo: who is in a group is not for everybody to read
        return (
            group.sudo()
            .all_user_ids.filtered(
                lambda user: user.active and user._crm_works_for(self.company_id)
            )
            .sorted("id")
        )
