# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a care rule would do for a contact now, without doing it."""

from datetime import timedelta
from typing import NamedTuple

from odoo import models

from ..tools.occasions import anniversary_occurrences
from .crm_occasion import FESTIVAL_KINDS

SHOWN_DATES = 5
# What comes once a year is looked for in so many years: five dates, and a leap month.
LOOK_AHEAD = timedelta(days=6 * 366)
ONE_YEAR = timedelta(days=365)


class CareDay(NamedTuple):
    """When the contact hears from us, and of which day."""

    due: object
    occasion: object


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    def action_preview(self):
        """Open what the rule would do for a customer, to be chosen.

        :return: action
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of %(rule)s", rule=self.name),
            "res_model": "crm.care.rule.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id, "dialog_size": "extra-large"},
        }

    # WHEN

    def _preview_days(self, partner, limit=SHOWN_DATES):
        """The next days on which the contact would hear from us.

        What hangs on a purchase or a grade is known once it is planned.

        :return: list of :class:`CareDay`, the nearest first
        :raise UserError: the dates of the occasion cannot be computed
        """
        self.ensure_one()
        company = self.company_id
        today = company._crm_today()
        lead = timedelta(days=self.lead_days)
        start, end = today + lead, today + lead + LOOK_AHEAD
        if self.occasion_id.kind in FESTIVAL_KINDS:
            found = self.occasion_id._occurrences(start, end, company)
        elif self.occasion_id.kind == "birthday":
            # sudo: whoever may read the rule may see what it would do
            found = partner.sudo()._crm_birthday_occurrences(start, end)
        elif self.occasion_id.kind in ("first_order", "visit_anniversary"):
            anchor = self._anniversary_of(partner)
            found = (
                anniversary_occurrences(anchor, start, end, company.crm_leap_birthday)
                if anchor
                else []
            )
        else:
            return self._planned_days(partner, today, limit)
        days = [CareDay(one.day - lead, one.day) for one in found]
        return [day for day in days if self._is_in_period(day.due)][:limit]

    def _planned_days(self, partner, today, limit):
        tasks = self.env["crm.care.task"].search(
            [
                ("rule_id", "in", self._origin.ids),
                ("partner_id", "=", partner.id),
                ("due_date", ">=", today),
            ],
            limit=limit,
            order="due_date, id",
        )
        return [CareDay(task.due_date, task.occasion_date) for task in tasks]

    def _is_in_period(self, day):
        return (not self.date_from or day >= self.date_from) and (
            not self.date_to or day <= self.date_to
        )

    def _anniversary_of(self, partner):
        """Date of the first order, or of the first visit made; None without one."""
        customer = partner.commercial_partner_id
        # sudo: as the job that plans it, whoever asks
        if self.occasion_id.kind == "first_order":
            record = self.env["crm.customer"].sudo()
            domain = [("partner_id", "=", customer.id)]
            name = "first_order_date"
        else:
            record = self.env["crm.visit"].sudo()
            domain = [
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("state", "=", "done"),
            ]
            name = "date"
        domain += [("company_id", "=", self.company_id.id), (name, "!=", False)]
        return record.search(domain, order=name, limit=1)[name] or None

    def _yearly_days(self):
        """The days of a festival within a year, in the period of the rule."""
        today = self.company_id._crm_today()
        lead = timedelta(days=self.lead_days)
        return [
            CareDay(one.day - lead, one.day)
            for one in self.occasion_id._occurrences(
                today + lead, today + lead + ONE_YEAR, self.company_id
            )
            if self._is_in_period(one.day - lead)
        ]

    def _closed_days(self):
        """Days of a festival within a year on which nothing may be sent in time.

        :return: list of :class:`CareDay`
        """
        days = self._yearly_days() if self.occasion_id.kind in FESTIVAL_KINDS else []
        zone = self.company_id._crm_timezone()
        windows = self.company_id._care_windows(
            {day.due for day in days}, [zone], self.validity_days
        )
        closed = {day for (day, _zone), (start, end) in windows.items() if start == end}
        return [day for day in days if day.due in closed]

    # HOW

    def _preview_channels(self, partners):
        """The channel that each contact would be reached through if it were now.

        What may change until then is not asked: how much else the contact gets,
        complaints, pauses.

        :return: ``{partner id: (channel or False, why others were passed over)}``
        """
        self.ensure_one()
        tasks = self.env["crm.care.task"]
        today = self.company_id._crm_today()
        for partner in partners:
            tasks |= self._preview_task(partner, CareDay(today, today))
        # sudo: as the gateway, whoever asks; what is told is only the channel
        choices, verdicts = tasks.sudo()._choose_channels()
        found = {}
        for task in tasks:
            choice, verdict = choices.get(task.id), verdicts.get(task.id)
            found[task.partner_id.id] = (
                (choice.channel, choice.note or "") if choice else (False, verdict.words)
            )
        return found

    # WHAT

    def _preview_task(self, partner, day):
        """A task that exists in memory only, for texts to be written from."""
        customer = partner.commercial_partner_id
        # sudo: as the job that plans it, whoever asks
        record = self.env["crm.customer"].sudo()
        record = record.search(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )
        owner = self.user_id if self.owner == "user" else record.user_id or self.user_id
        return self.env["crm.care.task"].new(
            {
                "rule_id": self._origin.id,
                "occasion_id": self.occasion_id.id,
                "kind": self.occasion_id.kind,
                "company_id": self.company_id.id,
                "partner_id": partner.id,
                "commercial_partner_id": customer.id,
                "grade_id": record.grade_id.id,
                "user_id": owner.id,
                "occasion_date": day.occasion,
                "due_date": day.due,
                "purpose": self.purpose,
                "priority": self.priority,
            }
        )

    def _preview_text(self, partner, day):
        """What the contact would read.

        :return: dict of subject, body, short_text; whatever a template raises is raised
        """
        task = self._preview_task(partner, day)
        lang = task._reader_lang()
        # sudo: templates are rendered as the job does
        mail, sms = self.template_id.sudo(), self.sms_template_id.sudo()
        text = {}
        for name, template, field in (
            ("subject", mail, "subject"),
            ("body", mail, "body_html"),
            ("short_text", sms, "body"),
        ):
            if template:
                rendered = template._render_field(field, [task.id], set_lang=lang)
                text[name] = rendered[task.id]
        return text

    def _expected_tasks(self, reach):
        """How many tasks a year to expect; None where it depends on what happens.

        :param reach: :class:`Reach` of the rule
        """
        kind = self.occasion_id.kind
        if kind in FESTIVAL_KINDS:
            return reach.people * len(self._yearly_days())
        if kind == "birthday":
            return reach.people - reach.without_birthday
        if kind in ("first_order", "visit_anniversary"):
            return reach.people
        return None
