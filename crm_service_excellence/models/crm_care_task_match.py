# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a planned task still has its reason, asked just before it is sent."""

from odoo import models
from odoo.tools import SQL

from ..tools import lunar, occasions
from .crm_care_rule_audience import CareScope
from .crm_occasion import FESTIVAL_KINDS

# What a key of a task that was sent again by hand ends with, and its number.
AGAIN = "#"


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _care_mismatches(self):
        """Why tasks are not to be sent any more; those that are, are absent.

        Three queries for each rule, however many tasks it has.

        :return: ``{task id: (code of the reason, reason in words)}``
        """
        self.env.flush_all()
        wrong = {}
        for rule, tasks in self.grouped("rule_id").items():
            # sudo: whether a reason is still there does not depend on who looks
            rule_sudo = rule.sudo()
            if not rule_sudo._is_live():
                words = self.env._("The care rule is not in use any more")
                wrong.update((task.id, ("rule", words)) for task in tasks)
                continue
            there = tasks._contacts_there()
            matching = rule_sudo._still_matches(tasks.partner_id)
            for task in tasks:
                if task.partner_id.id not in there:
                    words = self.env._("The contact was archived or deleted")
                    wrong[task.id] = ("contact", words)
                elif task.partner_id.id not in matching:
                    words = self.env._("The care rule is not for this contact any more")
                    wrong[task.id] = ("rule", words)
            left = tasks.filtered(lambda task: task.id not in wrong)
            for task_id, words in left._anchor_holds().items():
                wrong[task_id] = ("anchor", words)
        return wrong

    def _contacts_there(self):
        """Ids of the contacts that are there and not archived."""
        # sudo: whether a contact is there does not depend on who looks
        return set(self.sudo().partner_id.exists().filtered("active").ids)

    def _anchor_holds(self):
        """What holds tasks back because the occasion itself is gone.

        A birthday was corrected, an order cancelled or followed by a newer one, a
        silent customer bought, a grade changed. Festivals do not go.

        :return: ``{task id: reason in words}``
        """
        self.env.flush_all()
        gone = {}
        for rule, tasks in self.grouped("rule_id").items():
            if rule.sudo().occasion_id.kind in FESTIVAL_KINDS:
                continue
            found = tasks._anchors_found(rule.sudo())
            gone.update(
                (task.id, task._anchor_words())
                for task in tasks
                if task.id not in found
            )
        return gone

    def _anchors_found(self, rule, whoever=False):
        """Ids of those tasks of a rule whose occasion is still there.

        :param whoever: also for contacts whom the rule is not for any more
        """
        moves = rule._hangs_on_event()
        dates = self.mapped("occasion_date")
        scope = CareScope(
            partner_ids=tuple(self.partner_id.ids),
            customer_ids=tuple(self.sudo().partner_id.commercial_partner_id.ids),
        )
        anchors = rule._anchor_sql(
            None if moves else min(dates), None if moves else max(dates), scope
        )
        self.env.cr.execute(
            SQL(
                """SELECT task.id
                     FROM (%(audience)s) audience
                     JOIN (%(anchors)s) occurrence ON %(joins)s
                     JOIN crm_care_task task ON task.partner_id = audience.partner_id
                      AND split_part(task.occurrence_key, %(again)s, 1) = occurrence.key
                      AND COALESCE(task.res_model, '')
                          = COALESCE(occurrence.res_model, '')
                      AND COALESCE(task.res_id, 0) = COALESCE(occurrence.res_id, 0)
                      AND (%(moves)s OR task.occasion_date = occurrence.occasion_date)
                    WHERE task.id = ANY(%(ids)s)""",
                audience=(
                    rule._contacts_sql(scope) if whoever else rule._audience_sql(scope)
                ),
                anchors=anchors.sql,
                joins=anchors.joins,
                again=AGAIN,
                moves=moves,
                ids=self.ids,
            )
        )
        found = {row[0] for row in self.env.cr.fetchall()}
        if rule.occasion_id.kind == "birthday" and not lunar.is_available():
            # what the library found while it was there is taken at its word
            found.update(
                self.filtered(
                    lambda task: (
                        task.occurrence_key.startswith(occasions.LUNAR_KEY)
                        and task.sudo().partner_id.crm_birth_calendar == "lunar"
                    )
                ).ids
            )
        return found

    def _anchor_words(self):
        """Why the occasion of this task is gone, in words."""
        self.ensure_one()
        texts = {
            "birthday": self.env._("The birthday is another one now"),
            "first_order": self.env._("The first order is another one now"),
            "visit_anniversary": self.env._("The first visit is another one now"),
            "after_purchase": self.env._(
                "The purchase was cancelled or returned, or a newer one followed"
            ),
            "warranty_end": self.env._("What the warranty was for was returned"),
            "dormancy": self.env._("The customer has bought again"),
            "grade_reached": self.env._("The customer's grade is another one now"),
            "grade_at_risk": self.env._("The customer's grade is safe again"),
        }
        return texts.get(self.kind) or self.env._("The occasion is gone")
