# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every care task passes before it is sent: in few queries for a whole batch."""

from datetime import timedelta
from typing import NamedTuple

from odoo import models

from ..tools import send_window

# What waits for a person is looked at again after this time.
RETRY = timedelta(hours=1)
# Sent whatever else is going on: the contact needs to know it.
UNASKED = ("greeting", "marketing")


class Verdict(NamedTuple):
    """Why a task is not sent now.

    ``state`` is skipped, expired or to_approve, or None where it waits: then ``until``
    is the moment of the next try, naive UTC.
    """

    state: str | None
    code: str
    words: str
    until: object = None


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _gates(self):
        """Names of the gates in their order, the final ones first; extension point.

        Each is a method that takes the moment and returns ``{task id: Verdict}`` for
        the tasks that it stops.
        """
        return [
            "_gate_contact",
            "_gate_rule",
            "_gate_late",
            "_gate_paused",
            "_gate_hold",
            "_gate_window",
            "_gate_approval",
        ]

    def _pass_gates(self, now):
        """Ask all gates but those of channel and quantity.

        :param now: naive UTC
        :return: ``(tasks that pass, {task id: Verdict} of the others)``
        """
        verdicts, passing = {}, self
        for name in self._gates():
            if not passing:
                break
            stopped = getattr(passing, name)(now)
            if stopped:
                verdicts.update(stopped)
                passing = passing.filtered(lambda task: task.id not in verdicts)
        return passing, verdicts

    def _later(self, until, code, words):
        """Wait until then if that is within the validity, else it is over."""
        self.ensure_one()
        if until > self.not_after:
            return Verdict("expired", code, words)
        return Verdict(None, code, words, until)

    # GATES

    def _gate_contact(self, now):
        contacts = self.partner_id | self.commercial_partner_id
        if all(contacts.mapped("active")):
            return {}
        return {
            task.id: Verdict(
                "skipped",
                "contact",
                task._reader_env()._(
                    "%(contact)s is archived.", contact=task.partner_id.name or ""
                ),
            )
            for task in self
            if not task.partner_id.active or not task.commercial_partner_id.active
        }

    def _gate_rule(self, now):
        """The rule is active, and still asks for it."""
        rules = self.rule_id
        idle = rules.filtered(lambda rule: rule.state != "active" or not rule.active)
        stopped = {
            task.id: Verdict(
                "skipped",
                "rule",
                task._reader_env()._(
                    "The rule %(rule)s is not active.",
                    rule=task.rule_id.with_env(task._reader_env()).name,
                ),
            )
            for task in (self if idle else ())
            if task.rule_id in idle
        }
        asked = self.filtered(lambda task: task.id not in stopped)
        # in the language of who reads them
        for env, tasks in asked.grouped(lambda task: task._reader_env()).items():
            for task_id, (code, words) in (
                tasks.with_env(env)._care_mismatches().items()
            ):
                stopped[task_id] = Verdict("skipped", code, words)
        return stopped

    def _gate_late(self, now):
        return {
            task.id: Verdict("expired", *task._late_reason())
            for task in self
            if task.not_after < now
        }

    def _late_reason(self):
        """Why it was not sent in time: what it waited for last."""
        self.ensure_one()
        if self.wait_code:
            return self.wait_code, self.wait_reason
        env = self._reader_env()
        if self.state == "to_approve" or (self.state, self.needs_approval) == (
            "planned",
            True,
        ):
            return "approval", env._("Nobody agreed in time.")
        if self.state == "by_hand":
            return "late", env._("Nobody did it in time.")
        return "late", env._("It could not be sent in time.")

    def _gate_paused(self, now):
        stopped = {}
        contacts = self.partner_id
        if not any(
            [
                *self.company_id.mapped("crm_care_paused"),
                *(contacts | contacts.commercial_partner_id).mapped("crm_care_paused"),
            ]
        ):
            return stopped
        for task in self:
            contact = task.partner_id
            customer = contact.commercial_partner_id
            if task.company_id.crm_care_paused:
                words = task._reader_env()._("All care is paused.")
            elif contact.crm_care_paused or customer.crm_care_paused:
                paused = contact if contact.crm_care_paused else customer
                words = task._reader_env()._(
                    "Care for %(contact)s is paused.", contact=paused.name
                )
            else:
                continue
            stopped[task.id] = Verdict(None, "paused", words, now + RETRY)
        return stopped

    def _gate_hold(self, now):
        """Who has an open complaint does not want to be congratulated."""
        asked = self.filtered(lambda task: task.purpose in UNASKED)
        if not asked:
            return {}
        customers = self.env["crm.customer"].with_context(active_test=False)
        by_key = {
            (customer.partner_id.id, customer.company_id.id): customer
            for customer in customers.search(
                [
                    ("partner_id", "in", asked.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", asked.company_id.ids),
                ]
            )
        }
        found = customers.browse([one.id for one in by_key.values()])
        held = {
            (one.partner_id.id, one.company_id.id)
            for one in found.browse(found._care_hold_reasons())
        }
        reasons, stopped = {}, {}
        for task in asked:
            key = (task.partner_id.commercial_partner_id.id, task.company_id.id)
            if key not in held:
                continue
            env = task._reader_env()  # in the language of who reads them
            if env not in reasons:
                reasons[env] = found.with_env(env)._care_hold_reasons()
            words = " ".join(reasons[env].get(by_key[key].id, ()))
            stopped[task.id] = Verdict(None, "hold", words, now + RETRY)
        return stopped

    def _gate_window(self, now):
        """At an hour of the contact's day at which one may be disturbed."""
        stopped = {}
        openings = self._next_openings(now)
        for task in self:
            opening = openings[task.id]
            if opening == now:
                continue
            words = task._reader_env()._("It is not the time of day for it.")
            if opening is None:
                stopped[task.id] = Verdict("expired", "window", words)
            else:
                stopped[task.id] = task._later(opening, "window", words)
        return stopped

    def _gate_approval(self, now):
        """What needs to be agreed to is agreed to, and is what will be sent."""
        stopped = {}
        for task in self.filtered("needs_approval"):
            problem = task.with_env(task._reader_env())._approval_problem(now)
            if problem:
                stopped[task.id] = Verdict("to_approve", "approval", problem)
        return stopped

    # TIME

    def _next_openings(self, now, moments=None):
        """When each contact may be disturbed next: now, or at the start of the hours.

        :param now: naive UTC
        :param moments: ``{task id: not before then}``; now by default
        :return: ``{task id: naive UTC, or None where that is never}``
        """
        openings, known, hours = {}, {}, {}
        zones = self._zones()
        for task in self:
            company = task.company_id
            if company not in hours:
                # a day earlier and later than here is a date somewhere
                hours[company] = company._care_hours(
                    now.date() - timedelta(days=1),
                    now.date() + timedelta(days=send_window.HORIZON_DAYS),
                )
            moment = moments[task.id] if moments else now
            key = (company, zones[task.id], moment)
            if key not in known:
                known[key] = send_window.next_opening(moment, key[1], hours[company])
            openings[task.id] = known[key]
        return openings

    def _zones(self):
        """Names of the time zones in which the contacts' days are counted.

        :return: ``{task id: name}``
        """
        zones, known = {}, {}
        for task in self:
            partner, company = task.partner_id, task.company_id
            key = (company, partner.tz, partner.country_id)
            if key not in known:
                known[key] = partner._care_timezone(company)
            zones[task.id] = known[key]
        return zones
