# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Cards are locked, and read as they are then."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.ledger import Lot, to_points
from .crm_loyalty_locked import LockedAccount, Origin, to_points_text


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _lock_accounts(self):
        """Lock the cards and read their accounts; waits for whoever has them.

        If another transaction changed a card since this one began, PostgreSQL refuses
        the lock, and Odoo runs the request again: what is read here is never stale.

        :return: ``{card id: LockedAccount}``
        """
        now = fields.Datetime.now()
        main = self.env["ir.model.data"]._xmlid_to_res_id("base.main_company")
        # with what a posting needs to know of the program: each record that it read by
        # itself would take as long as all of this. The zone is that of the program's
        # _crm_today().
        self.env.cr.execute(
            SQL(
                """SELECT card.id, card.active, card.program_id, card.company_id,
                          card.ledger_seq, COALESCE(card.pending_points, 0)::text,
                          COALESCE(card.debt_points, 0)::text,
                          ROUND(COALESCE(card.points, 0)::numeric, 2)::text,
                          card.is_ledger, card.merged_into_id, program.active,
                          program.date_to, COALESCE(calendar.tz, partner.tz, 'UTC')
                     FROM loyalty_card card
                     LEFT JOIN loyalty_program program ON program.id = card.program_id
                     LEFT JOIN res_company company
                            ON company.id = COALESCE(program.company_id, %(main)s)
                     LEFT JOIN resource_calendar calendar
                            ON calendar.id = company.resource_calendar_id
                     LEFT JOIN res_partner partner ON partner.id = company.partner_id
                    WHERE card.id = ANY(%(cards)s)
                    ORDER BY card.id FOR NO KEY UPDATE OF card""",
                cards=self.ids,
                main=main or self.env.company.id,
            ),
            log_exceptions=False,  # a conflict is not an error: Odoo runs it again
        )
        found = {row[0]: LockedAccount(*row) for row in self.env.cr.fetchall()}
        self.env.cr.execute(
            SQL(
                """SELECT card_id, id, expiry_date, initial::text, remaining::text
                     FROM crm_loyalty_lot WHERE card_id = ANY(%(cards)s)
                    UNION ALL
                   SELECT card_id, NULL, NULL, key, points::text
                     FROM crm_loyalty_hold
                    WHERE card_id = ANY(%(cards)s) AND state = 'open'
                      AND expires_at > %(now)s""",
                cards=self.ids,
                now=now,
            )
        )
        for card_id, lot_id, expiry, initial, remaining in self.env.cr.fetchall():
            if lot_id is None:
                found[card_id].holds[initial] = to_points_text(remaining)
            else:
                found[card_id].account.lots.append(
                    Lot(
                        expiry,
                        to_points_text(remaining),
                        to_points_text(initial),
                        lot_id,
                    )
                )
        for locked in found.values():
            locked.account.held = sum(locked.holds.values(), to_points(0))
        return found

    @api.model
    def _posted_entries(self, moves):
        """:return: ``{key: crm.loyalty.entry}`` of what is posted already"""
        entries = self.env["crm.loyalty.entry"].sudo()
        self.env.cr.execute(
            SQL(
                "SELECT key, id FROM crm_loyalty_entry WHERE key = ANY(%s)",
                [move.key for move in moves],
            )
        )
        return {
            key: entries.browse(entry_id) for key, entry_id in self.env.cr.fetchall()
        }

    def _read_reversed(self, moves):
        """What the entries that moves take back have left to take back.

        :return: ``{entry id: Origin}``
        """
        ids = sorted({move.reverses.id for move in moves if move.reverses})
        if not ids:
            return {}
        self.env.cr.execute(
            SQL(
                """SELECT entry.id, entry.kind, entry.lot_id,
                          ABS(CASE WHEN entry.kind = 'pending' THEN entry.pending
                                   ELSE entry.points END)::text,
                          COALESCE((SELECT SUM(ABS(child.points)
                                               - CASE WHEN child.kind = 'release'
                                                      THEN 0 ELSE COALESCE((
                                    SELECT SUM(ABS(undo.points))
                                      FROM crm_loyalty_entry undo
                                     WHERE undo.reverses_id = child.id), 0) END
                                               + CASE WHEN child.kind = 'void_pending'
                                                      THEN ABS(child.pending)
                                                      ELSE 0 END)
                              FROM crm_loyalty_entry child
                             WHERE child.reverses_id = entry.id), 0)::text
                     FROM crm_loyalty_entry entry WHERE entry.id = ANY(%s)""",
                ids,
            )
        )
        origins = {
            row[0]: Origin(
                row[1], row[2], to_points_text(row[3]) - to_points_text(row[4])
            )
            for row in self.env.cr.fetchall()
        }
        # what each lot is still out, or back in, by the entry and what undid it
        self.env.cr.execute(
            SQL(
                """SELECT COALESCE(entry.root, allocation.entry_id), allocation.lot_id,
                          (-SUM(allocation.points))::text
                     FROM (SELECT id, NULL::int AS root FROM crm_loyalty_entry
                            WHERE id = ANY(%(ids)s)
                            UNION ALL
                           SELECT id, reverses_id FROM crm_loyalty_entry
                            WHERE reverses_id = ANY(%(ids)s)
                            UNION ALL
                           SELECT undo.id, child.reverses_id
                             FROM crm_loyalty_entry child
                             JOIN crm_loyalty_entry undo ON undo.reverses_id = child.id
                            WHERE child.reverses_id = ANY(%(ids)s)) entry
                     JOIN crm_loyalty_allocation allocation
                       ON allocation.entry_id = entry.id
                    GROUP BY 1, 2""",
                ids=ids,
            )
        )
        for entry_id, lot_id, points in self.env.cr.fetchall():
            origins[entry_id].out[lot_id] = to_points_text(points)
        return origins
