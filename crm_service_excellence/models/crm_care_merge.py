# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two contacts become one: greeted once, and not at all where one refused."""

from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from .crm_care_task import OPEN_STATES

# What is settled by a person or by the contact, then what is nearest to its end.
KEEP_ORDER = ("by_hand", "approved", "to_approve", "planned", "failed", "expired")
DECIDED_CODES = ("by_person", "refused", "consent")
MERGED = "~merged:"


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _merge_rank(self, target):
        """Sort key: of several tasks for one occasion the first one counts."""
        self.ensure_one()
        if self.state == "done":
            rank = -2
        elif self.state == "skipped" and (
            self.reason_code in DECIDED_CODES
            # what the contact that stays was held out of is not sent after all
            or (self.is_holdout and self.partner_id == target)
        ):
            rank = -1
        elif self.state in KEEP_ORDER:
            rank = KEEP_ORDER.index(self.state)
        else:
            rank = len(KEEP_ORDER)
        return rank, self.partner_id != target, self.id

    @api.model
    def _merge_partners(self, sources, target):
        """Move the tasks of contacts that go; of one occasion one task counts.

        Nothing is lost: a double gets a key of its own, and is skipped if it was open.

        :param sources: ``res.partner`` that go
        :param target: ``res.partner`` that stays
        """
        # sudo: a merge concerns every company, whoever may run it
        tasks_sudo = self.sudo().with_context(tracking_disable=True)
        moving = tasks_sudo.search([("partner_id", "in", sources.ids)], order="id")
        twins = tasks_sudo.search(
            [
                ("partner_id", "=", target.id),
                ("rule_id", "in", moving.rule_id.ids),
                ("occurrence_key", "in", moving.mapped("occurrence_key")),
            ]
        )
        becomes = {
            **{("res.partner", source.id): target.id for source in sources},
            **self._customers_that_stay(sources, target),
        }

        def anchor(task):
            """What the task hangs on, once the contacts are one."""
            model, res_id = task.res_model or "", task.res_id or 0
            return model, becomes.get((model, res_id), res_id)

        groups = (moving | twins).grouped(
            lambda task: (task.rule_id, anchor(task), task.occurrence_key)
        )
        for doubles in groups.values():
            ranked = doubles.sorted(lambda task: task._merge_rank(target))
            for task in ranked[1:]:
                if task.state in OPEN_STATES:
                    task._settle(
                        "skipped",
                        "contact",
                        self.env._(
                            "Merged contact: %(contact)s has it already",
                            contact=target.display_name,
                        ),
                    )
                task.occurrence_key += f"{MERGED}{task.id}"
        colleagues = tasks_sudo.search(
            [
                ("commercial_partner_id", "in", sources.ids),
                ("res_model", "=", "crm.customer"),
            ]
        )
        for task in (moving | colleagues).filtered("res_id"):
            model, res_id = anchor(task)
            if res_id != task.res_id:
                task.write({"res_model": model, "res_id": res_id})
        self.env.flush_all()  # the index is checked statement by statement
        commercial = target.commercial_partner_id
        moving.write({"partner_id": target.id, "commercial_partner_id": commercial.id})
        self.env.flush_all()
        moving._write_for_merged()

    @api.model
    def _customers_that_stay(self, sources, target):
        """Which ``crm.customer`` each one becomes, as ``_reassign_partner`` joins them.

        :return: ``{("crm.customer", id): id}``
        """
        stays = target.commercial_partner_id
        # sudo: a merge concerns every company, whoever may run it
        customers_sudo = (
            self.env["crm.customer"].sudo().with_context(active_test=False)
        ).search([("partner_id", "in", (sources | stays).ids)], order="id")
        return {
            (one._name, one.id): (
                same.filtered(lambda customer: customer.partner_id == stays) or same
            )[0].id
            for same in customers_sudo.grouped("company_id").values()
            for one in same
        }

    def _write_for_merged(self):
        """What was written to a contact that is gone is written, and read, again."""
        written = self.filtered(
            lambda task: (
                task.state in ("planned", "to_approve", "approved")
                and (task.state == "approved" or task._has_text())
            )
        )
        written._drop_approval()
        for task in written.filtered("needs_approval"):
            words = task._reader_env()._("The contact was merged: read it again.")
            task.write({"wait_code": "approval", "wait_reason": words})
        plain = written.filtered(lambda task: not task.is_edited)
        plain.write({"subject": False, "body": False, "short_text": False})
        plain.filtered(lambda task: task.state == "to_approve")._enter_review()

    @api.model
    def _follow_company(self, partners=None):
        """File open tasks under the company that their contact is with today.

        What was sent stays with the company it was sent to, unless that one is a
        contact of another by now.

        :param partners: ``res.partner`` that moved; all by default
        """
        condition = SQL("TRUE")
        if partners is not None:
            moved = partners.with_context(active_test=False)
            # sudo: a contact takes those below it along, whoever sees them
            family = moved.sudo().search([("id", "child_of", partners.ids)])
            condition = SQL("partner.id = ANY(%s)", family.ids)
        self.flush_model(["partner_id", "commercial_partner_id", "state"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_care_task task
                      SET commercial_partner_id = CASE
                              WHEN task.state = ANY(%(open)s)
                              THEN partner.commercial_partner_id
                              ELSE company.commercial_partner_id END
                     FROM res_partner partner, res_partner company
                    WHERE partner.id = task.partner_id
                      AND company.id = task.commercial_partner_id
                      AND (task.state = ANY(%(open)s)
                           AND partner.commercial_partner_id
                               <> task.commercial_partner_id
                           OR company.commercial_partner_id <> company.id)
                      AND %(condition)s""",
                open=list(OPEN_STATES),
                condition=condition,
            )
        )
        self.invalidate_model(["commercial_partner_id"])


class CrmConsent(models.Model):
    _inherit = "crm.consent"

    @api.model
    def _merge_partners(self, sources, target):
        """Move what contacts that go have said; the earliest refusal wins.

        Every answer is kept as it is. Where the contacts disagree, a new row says what
        counts, and of whom it comes. By SQL, as the rows refuse to be written.

        :param sources: ``res.partner`` that go
        :param target: ``res.partner`` that stays
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """WITH said AS MATERIALIZED (
                       SELECT id, company_id, purpose, channel, is_granted, date,
                              partner_id
                         FROM crm_consent
                        WHERE partner_id = ANY(%(all)s) AND is_current),
                   winner AS (
                       SELECT DISTINCT ON (company_id, purpose, channel)
                              id, company_id, purpose, channel, is_granted, date,
                              partner_id
                         FROM said
                        ORDER BY company_id, purpose, channel, is_granted, date,
                                 partner_id <> %(target)s, id)
                   SELECT winner.id, company_id, purpose, channel, is_granted, date,
                          partner_id,
                          EXISTS (
                              SELECT FROM said
                               WHERE said.company_id = winner.company_id
                                 AND said.purpose = winner.purpose
                                 AND said.channel = winner.channel
                                 AND said.is_granted <> winner.is_granted)
                     FROM winner
                    ORDER BY winner.id""",
                all=(sources | target).ids,
                target=target.id,
            )
        )
        winners = self.env.cr.fetchall()
        agreed = [row[0] for row in winners if not row[-1]]
        self.env.cr.execute(
            SQL(
                """UPDATE crm_consent
                      SET is_current = is_current AND id = ANY(%s)
                    WHERE partner_id = ANY(%s)""",
                agreed,
                (sources | target).ids,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_consent SET partner_id = %s WHERE partner_id = ANY(%s)",
                target.id,
                sources.ids,
            )
        )
        self.invalidate_model()
        refused = {}
        for (
            _id,
            company_id,
            purpose,
            channel,
            granted,
            date,
            said_by,
            differs,
        ) in winners:
            if not differs:
                continue
            name = self.env["res.partner"].browse(said_by).display_name
            zone = self.env["res.company"].browse(company_id)._crm_timezone()
            moment = date.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
            note = self.env._(
                "%(contact)s said so on %(date)s; the contacts are one now",
                contact=name,
                date=moment.date(),
            )
            refused.setdefault((company_id, note), {})[purpose, channel] = granted
        for (company_id, note), answers in refused.items():
            company = self.env["res.company"].browse(company_id)
            self._answer_all(target, company, answers, "merge", note)
        for company_id in {row[1] for row in winners}:
            purposes = {
                row[2] for row in winners if row[1] == company_id and not row[4]
            }
            company = self.env["res.company"].browse(company_id)
            self._skip_unwanted(target, company, purposes, "merge")
