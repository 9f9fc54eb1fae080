# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An event happened to a member: how often it counts, and what it gives."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.event_points import within_cap
from ..tools.ledger import ZERO
from .crm_loyalty_locked import to_points_text


class CrmLoyaltyEvent(models.Model):
    _inherit = "crm.loyalty.event"

    @api.model
    def _grant(self, partner, code, source=None, key=None, company=None, as_of=None):
        """Give a member the points of an event; the one way in for other code.

        Posts once: an event that was granted before under the same key (see
        ``frequency``) is not granted again, its entry is returned as it is. A member
        without a card gets one. Whoever calls has checked who asks.

        :param partner: ``res.partner``; a contact without a card counts for its company
        :param code: code of the event
        :param source: record because of which; of a birthday it is the contact
        :param key: a key of the caller's own, instead of that of the frequency, which
            counts all the same
        :param company: ``res.company`` whose event it is; by default that of the
            source, or the current one
        :param as_of: date it is for the member; today in the program's zone by default
        :return: ``crm.loyalty.entry``; empty where the event is switched off, counted
            already, or its yearly cap is reached
        :raise UserError: unknown event, member merged or archived, program ended;
            nothing is posted
        """
        company = self._company_for(source, company)
        event_sudo = self._by_code(code, company)
        entries = self.env["crm.loyalty.entry"].sudo()
        if not isinstance(partner, models.BaseModel) or partner._name != "res.partner":
            raise UserError(self.env._("Points are given to a customer."))
        if key is not None and not (isinstance(key, str) and key.strip()):
            raise UserError(self.env._("A movement of points needs a key."))
        if not event_sudo.active:
            return entries
        card_sudo = event_sudo.program_id._member_card(partner)
        source = event_sudo._source_of(partner, source)
        return event_sudo._grant_card(card_sudo, source, key, company, as_of)

    @api.model
    def _revoke(self, key, source=None, reason=None):
        """Take back what was granted under a key, once.

        :param key: key of the entry that ``_grant`` returned
        :param source: record because of which; by default that of the event
        :return: ``crm.loyalty.entry`` of the reversal; empty where nothing was granted
            under the key, or nothing of it is left
        """
        # sudo: entries of every company; the callers have checked who asks
        entry_sudo = (
            self.env["crm.loyalty.entry"]
            .sudo()
            .search([("key", "=", key), ("kind", "=", "event")])
        )
        if not entry_sudo:
            return entry_sudo
        return entry_sudo._take_back(source, reason)

    # WHICH

    @api.model
    def _company_for(self, source, company):
        if company:
            return company
        if source and "company_id" in source._fields:
            return source.sudo().company_id or self.env.company
        return self.env.company

    @api.model
    def _by_code(self, code, company):
        """The event of a company, else that of all companies; may be switched off.

        :raise UserError: there is none by this code
        """
        # sudo: whoever does something that counts need not read what it gives
        events_sudo = self.sudo().with_context(active_test=False)
        found = events_sudo.browse()
        if isinstance(code, str) and code:
            found = events_sudo.search(
                [("code", "=", code), ("company_id", "in", (company.id, False))]
            )
        if not found:
            raise UserError(
                self.env._("There is no points event %(code)s.", code=str(code)[:60])
            )
        found = found.sorted(lambda event: (event.active, bool(event.company_id)))
        return found[-1].with_context(active_test=True)

    def _source_of(self, partner, source):
        """The record because of which a member gets it; empty where it is none."""
        return source

    # HOW OFTEN

    def _grant_card(self, card_sudo, source, key, company, as_of):
        """Post the event on a card, as far as its frequency and cap allow."""
        self.ensure_one()
        entries = self.env["crm.loyalty.entry"].sudo()
        today = fields.Date.to_date(as_of) or self.program_id._crm_today()
        if today < self.start_date:
            return entries
        self.env.flush_all()
        # What follows is decided on what others have committed: the posting updates
        # the card, so that who waits for the lock starts anew
        locked = card_sudo._lock_accounts()[card_sudo.id]
        key = key or self._key(card_sudo, source, today, locked.seq)
        posted = entries.search([("key", "=", key)])
        if posted:
            return posted
        happened = self._happened(card_sudo)
        if self._counted(happened, source, today):
            return entries
        grade = card_sudo._member_grades(company)[card_sudo.id]
        got = sum(
            (points for _src, day, points in happened if day.year == today.year), ZERO
        )
        cap = to_points_text(str(round(self.cap_year, 2)))
        points = within_cap(self._amount_for(grade), got, cap)
        if not points:
            return entries
        move = {
            "kind": "event",
            "points": points,
            "key": key,
            "source": source or None,
            "reason": self.name,
            "company": company,
            "snapshot": {"event": self.code},
        }
        if self.expiry_days:
            move["expiry_date"] = self.program_id._expiry_of(today, self.expiry_days)
        return card_sudo._post_points([move], as_of=today)

    def _key(self, card, source, today, seq):
        """The key under which the event is posted once."""
        if self.frequency == "year":
            return f"event:{self.code}:{card.id}:{today.year}"
        if self.frequency == "life":
            return f"event:{self.code}:{card.id}"
        if source:
            key = f"event:{self.code}:{source._name}:{source.id}"
            return key if self.frequency == "source" else f"{key}:{today}"
        if self.frequency == "source":
            raise UserError(
                self.env._(
                    "%(event)s is given once for each record: say for which.",
                    event=self.name,
                )
            )
        return f"event:{self.code}:{card.id}:n{seq + 1}"

    def _happened(self, card_sudo):
        """What the member got of this event, also before a merge of its contacts.

        :return: ``[((model, id) or None, date, Decimal)]``, without what was taken
            back
        """
        self.env.cr.execute(
            SQL(
                """SELECT entry.res_model, entry.res_id, entry.effective_date,
                          (entry.points + COALESCE((
                              SELECT SUM(child.points) FROM crm_loyalty_entry child
                               WHERE child.reverses_id = entry.id), 0))::text
                     FROM crm_loyalty_entry entry
                     JOIN loyalty_card card ON card.id = entry.card_id
                    WHERE card.program_id = %(program)s
                      AND (card.id = %(card)s OR card.partner_id = %(partner)s)
                      AND entry.kind = 'event'
                      AND (starts_with(entry.key, %(prefix)s)
                           OR entry.snapshot ->> 'event' = %(code)s)""",
                program=card_sudo.program_id.id,
                card=card_sudo.id,
                partner=card_sudo.partner_id.id,
                prefix=f"event:{self.code}:",
                code=self.code,
            )
        )
        return [
            ((model, res_id), day, to_points_text(points))
            for model, res_id, day, points in self.env.cr.fetchall()
        ]

    def _counted(self, happened, source, today):
        """Whether the event happened as often as it counts.

        What was taken back since counted too: it is not earned a second time.
        """
        if self.frequency == "life":
            return bool(happened)
        if self.frequency == "year":
            return any(day.year == today.year for _src, day, _points in happened)
        if self.frequency == "source" and source:
            return any(src == (source._name, source.id) for src, _day, _p in happened)
        return False
