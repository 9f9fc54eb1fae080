# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..models.crm_care_rule_channel import CARE_CHANNELS
from ..models.crm_occasion import FESTIVAL_KINDS

SHOWN_DATES = 5


class CrmCareRuleActivate(models.TransientModel):
    """Before a rule is switched on: whom it reaches, when, and what is odd about it.

    Counted when it is opened, so that what is confirmed is what was seen.
    """

    _name = "crm.care.rule.activate"
    _description = "Activate a Care Rule"

    rule_id = fields.Many2one(
        comodel_name="crm.care.rule", required=True, readonly=True, ondelete="cascade"
    )
    people = fields.Integer(string="Recipients", readonly=True)
    reach_text = fields.Char(string="Reaches now", readonly=True)
    is_large = fields.Boolean(readonly=True)
    large_text = fields.Char(readonly=True)
    is_confirmed = fields.Boolean(string="I have checked the number")
    dates_text = fields.Text(string="Next dates", readonly=True)
    tasks_text = fields.Char(string="Tasks a year", readonly=True)
    warning_text = fields.Html(string="Please note", readonly=True)
    is_occasion_off = fields.Boolean(readonly=True)
    switch_on = fields.Boolean(string="Use the occasion", default=True)
    sample_ids = fields.One2many(
        comodel_name="crm.care.rule.activate.sample",
        inverse_name="wizard_id",
        string="For example",
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """What is shown is counted here, whatever is asked for."""
        typed = ("rule_id", "is_confirmed", "switch_on")
        wizards = super().create(
            [{name: vals[name] for name in typed if name in vals} for vals in vals_list]
        )
        for wizard in wizards:
            wizard._keep(wizard._look())
        return wizards

    def write(self, vals):
        if not {"is_confirmed", "switch_on"}.issuperset(vals):
            raise UserError(
                self.env._("What the rule reaches is counted; it cannot be typed.")
            )
        return super().write(vals)

    def _keep(self, values):
        # past the guard of ``write``: what is counted is written by this only
        return models.TransientModel.write(self, values)

    def _look(self):
        """Values of what is shown."""
        rule = self.rule_id
        rule.check_access("write")
        reach = rule._measure_reach()
        is_large = rule._is_large(reach)
        number = formatLang(self.env, reach.people, digits=0)
        return {
            "people": reach.people,
            "reach_text": rule._reach_words(reach),
            "is_large": is_large,
            "large_text": is_large
            and self.env._(
                "This is a large share of the customers (more than %(limit)s %%). "
                "Tick the box if all %(number)s contacts are meant.",
                limit=rule.company_id.crm_care_reach_share,
                number=number,
            ),
            "dates_text": self._dates_words(),
            "tasks_text": self._tasks_words(reach),
            "warning_text": self._as_list(self._warnings(reach)),
            "is_occasion_off": not rule.occasion_id.active,
            "sample_ids": [Command.create(vals) for vals in self._samples()],
        }

    @api.model
    def _as_list(self, items):
        if not items:
            return False
        lines = Markup("").join(Markup("<li>%s</li>") % item for item in items)
        return Markup('<ul class="mb-0 ps-3">%s</ul>') % lines

    # WHEN

    def _dates_words(self):
        rule = self.rule_id
        if rule.occasion_id.kind not in FESTIVAL_KINDS:
            return self.env._("Each contact has its own, see below.")
        try:
            days = rule._yearly_days()
        except UserError as error:
            return str(error)
        return "\n".join(self._day_words(day) for day in days[:SHOWN_DATES]) or (
            self.env._("None within a year.")
        )

    def _day_words(self, day):
        words = format_date(self.env, day.due, date_format="full")
        if day.due == day.occasion:
            return words
        return self.env._(
            "%(due)s, ahead of %(occasion)s",
            due=words,
            occasion=format_date(self.env, day.occasion, date_format="long"),
        )

    def _tasks_words(self, reach):
        rule = self.rule_id
        try:
            number = rule._expected_tasks(reach)
        except UserError:
            number = 0  # why is said with the dates
        number = formatLang(self.env, number, digits=0)
        if rule._hangs_on_event():
            return self.env._(
                "About %(number)s, as in the last twelve months", number=number
            )
        return self.env._("About %(number)s", number=number)

    # WHO

    def _samples(self):
        """Values of a few recipients."""
        rule = self.rule_id
        partners = rule._sample()
        channels = rule._preview_channels(partners)
        grades = self._grades_of(partners)
        samples = []
        for number, partner in enumerate(partners):
            channel, note = channels[partner.id]
            samples.append(
                {
                    "sequence": number,
                    "partner_id": partner.id,
                    "grade_id": grades.get(partner.commercial_partner_id.id),
                    "channel": channel,
                    "channel_note": note,
                    "next_date": self._next_day(partner),
                }
            )
        return samples

    def _next_day(self, partner):
        try:
            days = self.rule_id._preview_days(partner, limit=1)
        except UserError:
            return False
        return days[0].due if days else False

    def _grades_of(self, partners):
        """``{commercial partner id: grade id}``"""
        customers = self.env["crm.customer"].search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "=", self.rule_id.company_id.id),
            ]
        )
        return {one.partner_id.id: one.grade_id.id for one in customers}

    # WHAT IS ODD

    def _warnings(self, reach):
        """What whoever activates the rule should know, in words."""
        return [
            words
            for words in (
                *self._reach_warnings(reach),
                *self._text_warnings(),
                *self._time_warnings(),
            )
            if words
        ]

    def _reach_warnings(self, reach):
        rule = self.rule_id
        if not reach.people:
            yield self.env._(
                "Nobody matches at present: nothing is planned until somebody does."
            )
        if rule.occasion_id.kind == "birthday" and reach.without_birthday:
            yield self.env._(
                "No birthday on record, so that nothing is sent to them: %(number)s of "
                "the contacts.",
                number=formatLang(self.env, reach.without_birthday, digits=0),
            )
        if reach.without_address:
            yield self.env._(
                "Neither an e-mail address nor a phone number: %(number)s of the "
                "contacts.",
                number=formatLang(self.env, reach.without_address, digits=0),
            )
        if rule.purpose == "marketing" and rule.company_id.crm_marketing_opt_in:
            yield self.env._(
                "Marketing goes only to those who agreed to it: %(agreed)s of "
                "%(people)s so far.",
                agreed=formatLang(self.env, reach.agreed, digits=0),
                people=formatLang(self.env, reach.people, digits=0),
            )

    def _text_warnings(self):
        rule = self.rule_id
        channels = rule.channel_ids.mapped("channel")
        if "email" in channels and not rule.template_id:
            yield self.env._("E-mail is a channel, but there is no template for it.")
        if "sms" in channels and not rule.sms_template_id:
            yield self.env._("SMS is a channel, but there is no short text for it.")
        # sudo: whoever activates the rule may know whether a template is empty
        template_sudo = rule.template_id.sudo()
        if template_sudo and not (template_sudo.subject or "").strip():
            yield self.env._(
                "The template %(template)s has no subject: its e-mails are not sent.",
                template=template_sudo.name,
            )
        if "gift" in channels and not rule.goodwill_type_id:
            yield self.env._("Gift is a channel, but it is not said which gift.")

    def _time_warnings(self):
        rule = self.rule_id
        company = rule.company_id
        if company.crm_care_paused:
            yield self.env._("All care of %(company)s is paused.", company=company.name)
        if rule.date_to and rule.date_to < company._crm_today():
            yield self.env._("The rule ended in the past: nothing is planned.")
        if rule.occasion_id.kind in FESTIVAL_KINDS:
            try:
                closed = rule._closed_days()
            except UserError:
                closed = []  # said with the dates
            for day in closed[:SHOWN_DATES]:
                yield self.env._(
                    "%(day)s falls on a day without sending, and it is not welcome any "
                    "later: nothing would go out. Allow that day in the settings, or "
                    "make it welcome for longer.",
                    day=format_date(self.env, day.due, date_format="full"),
                )
        elif not company.crm_care_weekends and rule.validity_days < 2:
            yield self.env._(
                "What falls on a weekend is not sent then, and may not be welcome any "
                "more on Monday."
            )

    # ACTION

    def action_confirm(self):
        """Activate the rule.

        :raise UserError: it reaches a large share, and that was not confirmed; nothing
            changed
        """
        self.ensure_one()
        rule = self.rule_id
        rule.check_access("write")
        if self.is_large and not self.is_confirmed:
            raise UserError(
                self.env._(
                    "Tick the box if all %(number)s contacts are meant.",
                    number=formatLang(self.env, self.people, digits=0),
                )
            )
        if self.switch_on and not rule.occasion_id.active:
            rule.occasion_id.active = True
        is_planned = rule._activate(self.people if self.is_confirmed else 0)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._done_words(is_planned),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _done_words(self, is_planned):
        rule = self.rule_id
        if is_planned:
            return self.env._(
                "%(rule)s is active: %(number)s tasks are planned.",
                rule=rule.name,
                number=formatLang(self.env, rule.open_count, digits=0),
            )
        return self.env._(
            "%(rule)s is active; its tasks are being planned.", rule=rule.name
        )


class CrmCareRuleActivateSample(models.TransientModel):
    _name = "crm.care.rule.activate.sample"
    _description = "Recipient of a Care Rule, for Example"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        comodel_name="crm.care.rule.activate", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Contact", ondelete="cascade"
    )
    grade_id = fields.Many2one(comodel_name="crm.grade", ondelete="cascade")
    channel = fields.Selection(selection=CARE_CHANNELS, string="Through")
    channel_note = fields.Char(string="Not through")
    next_date = fields.Date(string="Next on")
