# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A contact says what we may send and through what: one answer counts, all stay."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .crm_care_rule import PURPOSES
from .crm_care_task import OPEN_STATES
from .crm_consent import CONSENT_CHANNELS

CHANNEL_CODES = tuple(code for code, _label in CONSENT_CHANNELS)
PURPOSE_CODES = tuple(code for code, _label in PURPOSES)


class CrmConsent(models.Model):
    _inherit = "crm.consent"

    # EVIDENCE: rows change by SQL, in here and in a merge, and by nothing else

    def write(self, vals):
        if self:
            raise UserError(
                self.env._(
                    "What a contact said cannot be changed: it is kept as evidence. "
                    "Record the new answer instead."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("What a contact said cannot be deleted: it is kept as evidence.")
        )

    # ANSWERS

    @api.model
    def _answer(
        self, partner, company, purpose, channel, is_granted, source, note=None
    ):
        """Record one answer of a contact; the same answer again writes nothing.

        The caller checks who speaks for the contact.

        :param partner: one ``res.partner``
        :param company: one ``res.company``
        :param purpose: a key of ``PURPOSES``
        :param channel: a key of ``CONSENT_CHANNELS``
        :param is_granted: whether the contact agrees
        :param source: how we know: portal, mail or person
        :param note: what was said, or None
        :return: the row that counts, as superuser
        :raise ValueError: no such purpose or channel
        """
        self._answer_all(
            partner, company, {(purpose, channel): is_granted}, source, note
        )
        # sudo: whoever answers in the portal reads no consents
        return self.sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("purpose", "=", purpose),
                ("channel", "=", channel),
                ("is_current", "=", True),
            ]
        )

    @api.model
    def _answer_all(self, partner, company, answers, source, note=None):
        """Record several answers of a contact at once; see :meth:`_answer`.

        Tasks of the contact that no channel is left for are skipped with the reason.

        :param answers: ``{(purpose, channel): is_granted}``
        :return: number of answers that are new
        """
        partner.ensure_one()
        company.ensure_one()
        for purpose, channel in answers:
            if purpose not in PURPOSE_CODES or channel not in CHANNEL_CODES:
                raise ValueError(f"no such consent: {purpose}, {channel}")
        if not answers:
            return 0
        written = self._write_answers(partner, company, answers, source, note)
        refused = {purpose for purpose, granted in written if not granted}
        if refused:
            self._skip_unwanted(partner, company, refused, source)
        agreed = {purpose for purpose, granted in written if granted}
        if agreed and source != "merge":
            self._tell_agreed_again(partner, company, agreed)
        return len(written)

    @api.model
    def _write_answers(self, partner, company, answers, source, note):
        """Make the rows. Of two at once PostgreSQL lets one wait, and Odoo tries again.

        :return: ``[(purpose, is_granted)]`` of the new rows
        """
        self.flush_model()
        keys = sorted(answers)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_consent consent
                      SET is_current = FALSE
                     FROM unnest(%(purposes)s::varchar[], %(channels)s::varchar[],
                                 %(grants)s::boolean[])
                            AS said (purpose, channel, is_granted)
                    WHERE consent.partner_id = %(partner)s
                      AND consent.company_id = %(company)s
                      AND consent.purpose = said.purpose
                      AND consent.channel = said.channel
                      AND consent.is_current
                      AND consent.is_granted IS DISTINCT FROM said.is_granted""",
                purposes=[purpose for purpose, _channel in keys],
                channels=[channel for _purpose, channel in keys],
                grants=[bool(answers[key]) for key in keys],
                partner=partner.id,
                company=company.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_consent
                       (partner_id, company_id, purpose, channel, is_granted,
                        is_current, date, source, user_id, note,
                        create_uid, create_date, write_uid, write_date)
                   SELECT %(partner)s, %(company)s, said.purpose, said.channel,
                          said.is_granted, TRUE, %(now)s, %(source)s, %(author)s,
                          %(note)s, %(user)s, %(now)s, %(user)s, %(now)s
                     FROM unnest(%(purposes)s::varchar[], %(channels)s::varchar[],
                                 %(grants)s::boolean[])
                            AS said (purpose, channel, is_granted)
                    WHERE NOT EXISTS (
                          SELECT FROM crm_consent consent
                           WHERE consent.partner_id = %(partner)s
                             AND consent.company_id = %(company)s
                             AND consent.purpose = said.purpose
                             AND consent.channel = said.channel
                             AND consent.is_current)
                   ON CONFLICT (partner_id, company_id, purpose, channel)
                         WHERE is_current DO NOTHING
                   RETURNING purpose, is_granted""",
                partner=partner.id,
                company=company.id,
                purposes=[purpose for purpose, _channel in keys],
                channels=[channel for _purpose, channel in keys],
                grants=[bool(answers[key]) for key in keys],
                now=fields.Datetime.now(),
                source=source,
                # a link in an e-mail is followed by nobody we know
                author=None if source == "mail" else self.env.uid,
                user=self.env.uid,
                note=note or None,
            )
        )
        written = self.env.cr.fetchall()
        self.invalidate_model()
        return written

    # TASKS THAT ARE NOT WANTED ANY MORE

    @api.model
    def _skip_unwanted(self, partner, company, purposes, source):
        """Skip open tasks of the contact that no way is left for.

        By the rule of the gateway: the next channel, and a call in the end if that is
        not refused and there is a number. What a company refuses holds for its
        contacts. Sent or queued is not touched: the queue asks again.
        """
        # sudo: the contact's answer concerns every task, whoever looks after it, and
        # the day is that of the company's calendar
        company = company.sudo()
        tasks = (
            self.env["crm.care.task"]
            .sudo()
            .search(
                [
                    "|",
                    ("partner_id", "=", partner.id),
                    ("commercial_partner_id", "=", partner.id),
                    ("company_id", "=", company.id),
                    ("purpose", "in", sorted(purposes)),
                    ("state", "in", OPEN_STATES),
                ]
            )
        )
        # the channel that a colleague was asked to use counts by itself
        asked = tasks.filtered(lambda task: task.state == "by_hand" and task.channel)
        refusals = asked._care_refusals()
        unwanted = asked.filtered(
            lambda task: (
                (company.id, task.purpose, task.partner_id.id, task.channel) in refusals
            )
        )
        if others := tasks - asked:
            _choices, nowhere = others._as_gateway()._choose_channels()
            unwanted |= others.filtered(
                lambda task: task.id in nowhere and nowhere[task.id].code == "consent"
            )
        for user, group in unwanted.grouped("user_id").items():
            lang = user.lang or company.partner_id.lang or self.env.lang
            group._settle(
                "skipped", "consent", self._unwanted_words(company, source, lang)
            )
        return unwanted

    @api.model
    def _tell_agreed_again(self, partner, company, purposes):
        """Say on what was skipped, and could still go, that it stays so.

        Nothing that was settled comes back by itself (C12): a person decides.
        """
        # sudo: as above
        company = company.sudo()
        today = company._crm_today()
        tasks = (
            self.env["crm.care.task"]
            .sudo()
            .search(
                [
                    "|",
                    ("partner_id", "=", partner.id),
                    ("commercial_partner_id", "=", partner.id),
                    ("company_id", "=", company.id),
                    ("purpose", "in", sorted(purposes)),
                    ("state", "=", "skipped"),
                    ("reason_code", "=", "consent"),
                    ("due_date", ">=", today),
                ]
            )
        )
        if not tasks:
            return
        choices, _nowhere = tasks._as_gateway()._choose_channels()
        for task in tasks.filtered(lambda task: task.id in choices):
            env = task._reader_env()
            words = env._(
                "agreed again on %(day)s, it stays skipped: “Send again” plans it anew",
                day=format_date(env, today, lang_code=env.lang),
            )
            if words not in (task.reason or ""):
                task.reason = f"{task.reason}; {words}"

    @api.model
    def _unwanted_words(self, company, source, lang):
        """Why a task is skipped, for the colleague who reads it."""
        env = self.with_context(lang=lang).env
        day = format_date(env, company._crm_today(), lang_code=lang)
        if source == "portal":
            return env._("Withdrew consent in the portal on %(day)s", day=day)
        if source == "mail":
            return env._("Unsubscribed by a link in an e-mail on %(day)s", day=day)
        if source == "merge":
            return env._("Refused by a contact that was merged on %(day)s", day=day)
        return env._("Told a colleague on %(day)s not to want it", day=day)

    # QUESTIONS

    @api.model
    def _refusals(self, partner_ids, company, purpose):
        """Channels that must not be used: refused, or not agreed to where we ask.

        What a contact refuses holds for itself, what its company refuses for both.
        Only the contact's own agreement counts where marketing is opt-in.

        :param partner_ids: ids of ``res.partner``
        :param company: one ``res.company``
        :param purpose: a key of ``PURPOSES``
        :return: set of (partner id, channel)
        """
        if not partner_ids:
            return set()
        self.flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        asks_before = purpose == "marketing" and company.sudo().crm_marketing_opt_in
        self.env.cr.execute(
            SQL(
                """WITH asked AS (
                       SELECT id, commercial_partner_id
                         FROM res_partner WHERE id = ANY(%(partners)s)),
                   answer AS (
                       SELECT asked.id, consent.channel, consent.is_granted
                         FROM asked
                         JOIN crm_consent consent ON consent.partner_id = asked.id
                        WHERE %(counts)s
                        UNION ALL
                       SELECT asked.id, consent.channel, FALSE
                         FROM asked
                         JOIN crm_consent consent
                           ON consent.partner_id = asked.commercial_partner_id
                        WHERE asked.id <> asked.commercial_partner_id
                          AND NOT consent.is_granted AND %(counts)s)
                   SELECT id, channel FROM answer WHERE NOT is_granted
                    UNION
                   SELECT asked.id, channel.code
                     FROM asked CROSS JOIN unnest(%(channels)s) AS channel (code)
                    WHERE %(asks_before)s
                      AND NOT EXISTS (
                          SELECT FROM answer
                           WHERE answer.id = asked.id
                             AND answer.channel = channel.code
                             AND answer.is_granted)""",
                partners=list(partner_ids),
                counts=SQL(
                    "consent.is_current AND consent.company_id = %s "
                    "AND consent.purpose = %s",
                    company.id,
                    purpose,
                ),
                channels=list(CHANNEL_CODES),
                asks_before=bool(asks_before),
            )
        )
        return set(self.env.cr.fetchall())
