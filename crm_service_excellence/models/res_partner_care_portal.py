# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a contact sees and sets of its own care: plain values for the portal page.

The controller decides whose page it is; everything here is for that one contact.
"""

from odoo import api, models

from .crm_consent_answer import CHANNEL_CODES, PURPOSE_CODES

SHOWN_ANSWERS = 20


class ResPartner(models.Model):
    _inherit = "res.partner"

    # WHAT THE PAGE SHOWS

    def _care_portal_values(self, company):
        """Plain values of the page.

        :param company: ``res.company`` whose messages it is about
        :return: dict
        """
        self.ensure_one()
        partner_sudo = self.sudo()  # the contact's own data, in groups it lacks
        return {
            "company": company.sudo().name,
            "purposes": self._care_portal_purposes(company),
            "answers": self._care_portal_answers(company),
            "birthday": {
                "calendar": partner_sudo.crm_birth_calendar or "",
                "month": partner_sudo.crm_birth_month or "",
                "day": partner_sudo.crm_birth_day or "",
                "year": partner_sudo.crm_birth_year or "",
                "leap": partner_sudo.crm_birth_leap,
            },
            "preferred": partner_sudo.crm_preferred_channel or "",
            "preferences": self._fields["crm_preferred_channel"]._description_selection(
                self.env
            ),
            "lang": partner_sudo.lang or "",
            "langs": self.env["res.lang"].get_installed(),
            "is_paused": partner_sudo.crm_care_paused
            or partner_sudo.commercial_partner_id.crm_care_paused,
        }

    @api.model
    def _care_portal_words(self):
        """``{purpose: (title, what it is)}`` in the reader's language."""
        return {
            "service": (
                self.env._("Service notices"),
                self.env._(
                    "About what you bought: a warranty that ends, a check that is due."
                ),
            ),
            "greeting": (
                self.env._("Greetings"),
                self.env._("On your birthday and on festivals, a few times a year."),
            ),
            "marketing": (
                self.env._("Offers"),
                self.env._("New products, promotions and invitations."),
            ),
        }

    @api.model
    def _care_channel_names(self):
        """``[(channel, label)]`` in the reader's language."""
        field = self.env["crm.consent"]._fields["channel"]
        return field._description_selection(self.env)

    def _care_portal_allowed(self, company):
        """What counts for the contact itself, and what its company refused for it.

        :return: (set of allowed (purpose, channel), set of those refused above it)
        """
        consents = self.env["crm.consent"]
        commercial = self.sudo().commercial_partner_id
        allowed, above = set(), set()
        for purpose in PURPOSE_CODES:
            refusals = consents._refusals(self.ids, company, purpose)
            allowed.update(
                (purpose, channel)
                for channel in CHANNEL_CODES
                if (self.id, channel) not in refusals
            )
        if commercial != self:
            # sudo: whether the company of the contact has said no
            refused = consents.sudo().search(
                [
                    ("partner_id", "=", commercial.id),
                    ("company_id", "=", company.id),
                    ("is_current", "=", True),
                    ("is_granted", "=", False),
                ]
            )
            above = {(consent.purpose, consent.channel) for consent in refused}
        return allowed, above

    def _care_portal_purposes(self, company):
        allowed, above = self._care_portal_allowed(company)
        return [
            {
                "code": purpose,
                "title": title,
                "text": text,
                "channels": [
                    {
                        "name": f"{purpose}.{channel}",
                        "label": label,
                        "checked": (purpose, channel) in allowed,
                        "blocked": (purpose, channel) in above,
                    }
                    for channel, label in self._care_channel_names()
                ],
                "is_stopped": not any(said == purpose for said, _channel in allowed),
                "has_blocked": any(said == purpose for said, _channel in above),
            }
            for purpose, (title, text) in self._care_portal_words().items()
        ]

    def _care_portal_answers(self, company):
        """The latest answers, newest first."""
        # sudo: the contact's own answers
        consents_sudo = self.env["crm.consent"].sudo()
        words = self._care_portal_words()
        channels = dict(self._care_channel_names())
        sources = dict(consents_sudo._fields["source"]._description_selection(self.env))
        return [
            {
                "date": consent.date,
                "purpose": words[consent.purpose][0],
                "channel": channels[consent.channel],
                "is_granted": consent.is_granted,
                "is_current": consent.is_current,
                "source": sources[consent.source],
            }
            for consent in consents_sudo.search(
                [("partner_id", "=", self.id), ("company_id", "=", company.id)],
                limit=SHOWN_ANSWERS,
            )
        ]

    # WHAT THE PAGE SAVES

    def _care_portal_save(self, company, params):
        """Store what the contact chose; all of it, or nothing when there is an error.

        Only what differs from what counted is an answer: who leaves a box as it was
        has said nothing.

        :param params: what was posted, any text
        :return: ``{field: what is wrong}``, empty when it was stored
        """
        self.ensure_one()
        values, errors = self._care_portal_read(params)
        if errors:
            return errors
        # sudo: the contact's own data; the values are checked
        partner_sudo = self.sudo()
        changed = {
            name: value
            for name, value in values.items()
            if (partner_sudo[name] or False) != (value or False)
        }
        if changed:
            partner_sudo.write(changed)
        allowed, above = self._care_portal_allowed(company)
        answers = {}
        for purpose in PURPOSE_CODES:
            for channel in CHANNEL_CODES:
                key = purpose, channel
                wanted = f"{purpose}.{channel}" in params
                if key not in above and wanted != (key in allowed):
                    answers[key] = wanted
        self.env["crm.consent"]._answer_all(self, company, answers, "portal")
        return {}

    def _care_portal_read(self, params):
        """Check what was typed.

        :return: (values of ``res.partner``, ``{field: what is wrong}``)
        """
        values, errors = {}, {}
        preferred = params.get("preferred") or False
        if preferred in dict(self._fields["crm_preferred_channel"].selection):
            values["crm_preferred_channel"] = preferred
        elif not preferred:
            values["crm_preferred_channel"] = False
        lang = params.get("lang")
        if lang and lang in dict(self.env["res.lang"].get_installed()):
            values["lang"] = lang
        birthday, problem = self._care_portal_birthday(params)
        if problem:
            errors["birthday"] = problem
        values.update(birthday)
        return values, errors

    @api.model
    def _care_portal_birthday(self, params):
        """Check a birthday that was typed.

        :return: (values of ``res.partner``, what is wrong or None)
        """
        calendar = params.get("birth_calendar")
        if calendar not in ("solar", "lunar"):
            return {
                "crm_birth_calendar": False,
                "crm_birth_month": 0,
                "crm_birth_day": 0,
                "crm_birth_year": 0,
                "crm_birth_leap": False,
                "crm_birth_leap_policy": False,
            }, None
        numbers = {}
        for name in ("month", "day", "year"):
            text = (params.get(f"birth_{name}") or "").strip()
            if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
                return {}, self.env._("Please type the birthday in numbers.")
            numbers[name] = int(text or 0)
        lunar = calendar == "lunar"
        leap = lunar and bool(params.get("birth_leap"))
        values = {
            "crm_birth_calendar": calendar,
            "crm_birth_month": numbers["month"],
            "crm_birth_day": numbers["day"],
            "crm_birth_year": numbers["year"],
            "crm_birth_leap": leap,
            **({} if leap else {"crm_birth_leap_policy": False}),
        }
        if not numbers["month"] or not numbers["day"]:
            return {}, self.env._("Please choose the month and the day.")
        # sudo: fields of a group that customers are not in, on a draft of nobody
        problem = self.sudo().new(values)._crm_birth_problem()
        if problem:
            return {}, self.env._("This cannot be: %(problem)s", problem=problem)
        return values, None

    def _care_stop(self, company, purposes, source, channels=CHANNEL_CODES):
        """Refuse kinds of care at once.

        :param purposes: keys of ``PURPOSES``
        :return: number of answers that are new
        """
        answers = {
            (purpose, channel): False for purpose in purposes for channel in channels
        }
        return self.env["crm.consent"]._answer_all(self, company, answers, source)
