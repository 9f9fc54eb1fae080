# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Members are reminded before points expire: found by SQL, told by one e-mail each."""

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.job import (
    commit_progress,
    on_conflict_again,
)

_logger = logging.getLogger(__name__)
BATCH = 200  # members of one transaction
TEMPLATE = "crm_loyalty.mail_template_expiry_reminder"
# Nobody's machine is to answer (RFC 3834).
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


class CrmLoyaltyReminder(models.Model):
    _inherit = "crm.loyalty.reminder"

    @api.model
    def _cron_remind(self, as_of=None):
        """Put the reminders that are due into the outbox, one e-mail a member.

        Of each lot the nearest horizon counts, once: if the job did not run for a
        while, nobody gets two e-mails at once. Restartable at any point.

        :param as_of: date it is for the members; by default today in the zone of each
            program
        :return: number of reminders
        """
        self.env.flush_all()
        total = 0
        # the most that one pass can be: an upper bound is all the scheduler asks
        commit_progress(self.env, remaining=1)
        cards = self.env["loyalty.card"]
        for today, programs in cards._programs_by_day(as_of).items():
            for program in programs:
                if not program._reminds(today):
                    continue
                after = (today, 0)
                while True:
                    done, last = on_conflict_again(
                        self.env, self._remind_batch, program, today, after
                    ) or (0, None)
                    total += done
                    if not last:
                        break
                    after = last
                    if not commit_progress(self.env, done, remaining=1):
                        return total
        commit_progress(self.env, 1, remaining=0)
        return total

    @api.model
    def _remind_batch(self, program, today, after):
        """Remind the next members.

        :param after: ``(last day, card)`` of the last lot that was looked at
        :return: ``(reminders, the new after)``; None for the latter at the end
        """
        horizons = program._reminder_horizons()
        self.env.cr.execute(
            SQL(
                DUE,
                program=program.id,
                horizons=horizons,
                today=today,
                last=today + timedelta(days=max(horizons)),
                day=after[0],
                card=after[1],
                batch=BATCH,
                uid=self.env.uid,
                now=self.env.cr.now(),
            ),
            log_exceptions=False,
        )
        ids, day, card = self.env.cr.fetchone()
        if not card:
            return 0, None
        # sudo: members of every company, whoever runs the job
        self.sudo().browse(ids or [])._send(today)
        self.env.flush_all()
        return len(ids or []), (day, card)

    # SEND

    def _send(self, today):
        """Queue one e-mail for each card; write down why there is none.

        :param today: date it is for the members
        """
        by_card = defaultdict(self.browse)
        for reminder in self:
            by_card[reminder.card_id] |= reminder
        blocked = self._blocked_addresses()
        waiting = self.env["loyalty.card"]
        for card, reminders in by_card.items():
            state, reason = card._reminder_obstacle(blocked)
            if state:
                reminders._settle(state, reason)
            else:
                waiting |= card
        if not waiting:
            return
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            for card in waiting:
                by_card[card]._settle(
                    "failed", self.env._("The e-mail template was deleted.")
                )
            return
        # by nobody in person: a member answers to the company
        template = template.with_user(SUPERUSER_ID).with_context(
            loyalty_as_of=fields.Date.to_string(today)
        )
        try:
            mails = self._queue(template, waiting)
        except UserError:
            # one of them: find out which, and let the others have theirs
            mails = {}
            for card in waiting:
                try:
                    mails.update(self._queue(template, card))
                except UserError as error:
                    by_card[card]._settle(
                        "failed",
                        self.env._(
                            "The e-mail could not be written: %(reason)s",
                            reason=str(error).strip().splitlines()[0],
                        ),
                    )
        for card, mail in mails.items():
            by_card[card].write({"state": "queued", "reason": False, "mail_id": mail})

    @api.model
    def _queue(self, template, cards):
        """Write the e-mails of some members, all of them or none.

        :return: ``{card: id of mail.mail}``
        :raise UserError: the template does not work for one of them
        """
        with self.env.cr.savepoint():
            mails = template.send_mail_batch(
                cards.ids,
                force_send=False,
                email_values={"headers": repr(AUTOMATIC_HEADERS)},
            )
            return dict(zip(cards, mails.ids, strict=True))

    def _settle(self, state, reason):
        self.write({"state": state, "reason": reason})

    def _blocked_addresses(self):
        """Addresses among the members' that want no e-mails."""
        addresses = self.card_id.partner_id.mapped("email_normalized")
        # sudo: only whether somebody asked us to stop
        blacklist = self.env["mail.blacklist"].sudo()
        found = blacklist.search(
            [("email", "in", [name for name in addresses if name])]
        )
        return set(found.mapped("email"))


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _days_of(self, cards):
        """The date it is for members: ``{date: cards}``."""
        days = defaultdict(self.browse)
        for program, members in cards.grouped("program_id").items():
            days[program._crm_today()] |= members
        return days

    def _reminder_obstacle(self, blocked):
        """Why a member gets no reminder.

        :param blocked: normalised addresses that want none
        :return: ``(state, reason)``; ``(None, None)``: nothing stands against it
        """
        self.ensure_one()
        partner = self.partner_id
        if not partner:
            return "failed", self.env._("The card belongs to nobody.")
        if not partner.active:
            return "skipped", self.env._("The contact is archived.")
        if not partner.email_normalized:
            return "failed", self.env._("The member has no valid e-mail address.")
        if partner.email_normalized in blocked:
            return "skipped", self.env._("The member wants no e-mails (blacklist).")
        return None, None

    def _expiring_soon(self):
        """What a reminder lists: all that expires within the longest horizon.

        :return: ``[{date, points}]``, both as text in the member's language
        """
        self.ensure_one()
        today = self._member_today()
        horizons = self.program_id._reminder_horizons() or [0]
        schedule = self._expiry_schedule(today, today + timedelta(days=max(horizons)))
        return [
            {"date": part["date"], "points": self._points_text(part["points"])}
            for part in schedule
            if part["points"] >= 1
        ]


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _reminds(self, today):
        """Whether members are reminded: points can be spent, and days are set."""
        self.ensure_one()
        is_open = self.active and (not self.date_to or today <= self.date_to)
        return bool(is_open and self._reminder_horizons())


# Walks the index (expiry_date, card_id) of lots that are not empty: a batch costs what
# it holds. The first lot of a member that is due takes the others of the window along.
DUE = """
WITH due AS MATERIALIZED (
    SELECT lot.id, lot.card_id, lot.expiry_date, lot.remaining,
           (SELECT MIN(days) FROM UNNEST(%(horizons)s) days
             WHERE days >= lot.expiry_date - %(today)s) AS horizon
      FROM crm_loyalty_lot lot
      JOIN loyalty_card card ON card.id = lot.card_id
     WHERE lot.remaining > 0 AND lot.remaining >= 1
       AND lot.expiry_date BETWEEN %(today)s AND %(last)s
       AND (lot.expiry_date, lot.card_id) > (%(day)s, %(card)s)
       AND card.program_id = %(program)s AND card.active
       AND NOT EXISTS (
           SELECT FROM crm_loyalty_reminder done
            WHERE done.lot_id = lot.id AND done.expiry_date = lot.expiry_date
              AND done.horizon = (
                  SELECT MIN(days) FROM UNNEST(%(horizons)s) days
                   WHERE days >= lot.expiry_date - %(today)s))
     ORDER BY lot.expiry_date, lot.card_id LIMIT %(batch)s),
whole AS (
    SELECT lot.id, lot.card_id, lot.expiry_date, lot.remaining,
           (SELECT MIN(days) FROM UNNEST(%(horizons)s) days
             WHERE days >= lot.expiry_date - %(today)s) AS horizon
      FROM crm_loyalty_lot lot
     WHERE lot.card_id IN (SELECT card_id FROM due)
       AND lot.remaining >= 1
       AND lot.expiry_date BETWEEN %(today)s AND %(last)s),
added AS (
    INSERT INTO crm_loyalty_reminder (lot_id, card_id, expiry_date, horizon, points,
                state, create_uid, create_date, write_uid, write_date)
    SELECT id, card_id, expiry_date, horizon, remaining, 'queued',
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM whole ORDER BY card_id, expiry_date
        ON CONFLICT (lot_id, expiry_date, horizon) DO NOTHING
 RETURNING id),
edge AS (SELECT expiry_date, card_id FROM due
          ORDER BY expiry_date DESC, card_id DESC LIMIT 1)
SELECT (SELECT ARRAY_AGG(id ORDER BY id) FROM added),
       (SELECT expiry_date FROM edge), (SELECT card_id FROM edge)
"""
