# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A changed rule plans anew what nobody has committed to."""

from odoo import models
from odoo.tools import SQL

from .crm_care_task import REPLANNED_STATES

# Who is greeted, when, and who agrees. Texts and channels are looked up when a task is
# written or sent, so that they change nothing here.
PLAN_FIELDS = frozenset(
    {
        "active",
        "approval",
        "approval_grade_ids",
        "class_ids",
        "company_id",
        "date_from",
        "date_to",
        "domain",
        "grade_ids",
        "holdout_percent",
        "lang_ids",
        "lead_days",
        "lifecycle_ids",
        "occasion_id",
        "owner",
        "priority",
        "purpose",
        "recipient",
        "segment_ids",
        "user_id",
        "validity_days",
    }
)
# With more customers the job plans: whoever saves a form waits for seconds only.
REPLANNED_AT_ONCE = 20_000


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    def write(self, vals):
        result = super().write(vals)
        if not PLAN_FIELDS.isdisjoint(vals):
            self.filtered(lambda rule: rule.state == "active")._replan()
        return result

    def _replan(self):
        """Drop what these rules have planned and nobody agreed to, and plan again.

        What was approved, edited or settled stays. A rule that is not in use any more
        only drops. Where there are many customers the job plans, at once.

        :return: number of tasks planned now
        """
        inserted = 0
        for rule in self:
            rule._drop_planned()
            # who was planned by the rule as it was is planned again, too
            rule.sudo().generated_upto = 0
            if not rule._is_live():
                continue
            if rule._has_many_customers():
                # the job takes first whom it has never planned
                rule.sudo().generated_date = False
                self.env.ref("crm_service_excellence.ir_cron_care_generate")._trigger()
            else:
                inserted += rule._generate(*rule._horizon())
        return inserted

    def _has_many_customers(self):
        """Whether planning takes longer than one waits for."""
        # sudo: how many there are, whoever asks
        customers = self.env["crm.customer"].sudo()
        domain = [("company_id", "=", self.company_id.id)]
        limit = REPLANNED_AT_ONCE + 1
        return customers.search_count(domain, limit=limit) >= limit

    def _drop_planned(self):
        """Drop planned tasks that nobody edited or asked for; returns how many.

        Of a live rule only what it would plan again: what was due before may still be
        sent while it is welcome, unless the rule is for another occasion by now.
        """
        self.ensure_one()
        self.env.flush_all()
        condition = SQL("TRUE")
        if self._is_live():
            condition = SQL(
                "(due_date >= %s OR occasion_id <> %s) AND %s",
                self._horizon()[0],
                self.occasion_id.id,
                self._known_sql(),
            )
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_care_task task
                    WHERE rule_id = %s AND state IN %s AND %s AND %s""",
                self.id,
                REPLANNED_STATES,
                self._uncommitted_sql(),
                condition,
            )
        )
        return self._drop_tasks([row[0] for row in self.env.cr.fetchall()])
