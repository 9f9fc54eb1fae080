# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a care rule would do for a contact now, without doing it."""

from datetime import timedelta
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from .crm_care_rule_audience import CareScope
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

        :return: list of :class:`CareDay`, the nearest first; of what does not fall on
            the same dates for everybody only those of recipients
        :raise UserError: the dates of the occasion cannot be computed
        """
        self.ensure_one()
        today = self.company_id._crm_today()
        lead = timedelta(days=self.lead_days)
        start, end = today + lead, today + lead + LOOK_AHEAD
        if self.occasion_id.kind in FESTIVAL_KINDS:
            found = [
                one.day
                for one in self.occasion_id._occurrences(start, end, self.company_id)
            ]
        elif self.occasion_id.kind == "birthday":
            # sudo: whoever may read the rule may see what it would do
            found = [
                one.day
                for one in partner.sudo()._crm_birthday_occurrences(
                    start, end, self.company_id
                )
            ]
        else:
            found = self._anchored_days(partner, start, end, limit)
        days = [CareDay(day - lead, day) for day in found]
        return [day for day in days if self._is_in_period(day.due)][:limit]

    def _anchored_days(self, partner, start, end, limit):
        """Days of what happened to the contact, as they are planned."""
        scope = CareScope(
            partner_ids=(partner.id,),
            customer_ids=(partner.sudo().commercial_partner_id.id,),
        )
        anchors = self._anchor_sql(start, end, scope)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT occurrence.occasion_date
                     FROM (%s) audience JOIN (%s) occurrence ON %s
                    ORDER BY 1 LIMIT %s""",
                self._audience_sql(scope),
                anchors.sql,
                anchors.joins,
                limit,
            )
        )
        return [row[0] for row in rows]

    def _is_in_period(self, day):
        return (not self.date_from or day >= self.date_from) and (
            not self.date_to or day <= self.date_to
        )

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
                (choice.channel, choice.note or "")
                if choice
                else (False, verdict.words)
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
        """How many tasks a year to expect.

        :param reach: :class:`Reach` of the rule
        :return: number; of what hangs on something that happens, that of the last year
        """
        if self.occasion_id.kind in FESTIVAL_KINDS:
            return reach.people * len(self._yearly_days())
        start = self.company_id._crm_today()
        if self._hangs_on_event():
            start -= ONE_YEAR
        anchors = self._anchor_sql(start, start + ONE_YEAR, CareScope())
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT COUNT(*)
                     FROM (%s) audience JOIN (%s) occurrence ON %s""",
                self._audience_sql(CareScope()),
                anchors.sql,
                anchors.joins,
            )
        )
        return rows[0][0]
