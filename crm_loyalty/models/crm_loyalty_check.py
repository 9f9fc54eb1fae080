# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The nightly proof that balances, lots and entries say the same."""

import time

from odoo import api, fields, models
from odoo.tools import SQL

#: differences that are written down one by one; more of them say nothing more
MOST_LINES = 1000


class CrmLoyaltyCheck(models.Model):
    """One reconciliation of the ledger: what was compared, and what differed."""

    _name = "crm.loyalty.check"
    _description = "Loyalty Reconciliation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    seconds = fields.Float(readonly=True, digits=(8, 2))
    card_count = fields.Integer(string="Cards", readonly=True)
    entry_count = fields.Integer(string="Entries", readonly=True)
    difference_count = fields.Integer(string="Differences", readonly=True)
    line_ids = fields.One2many(
        comodel_name="crm.loyalty.check.line", inverse_name="check_id", readonly=True
    )

    # ACTIONS

    def action_check_now(self):
        """Reconcile now, and open the result."""
        self.check_access("read")  # managers only
        check = self._reconcile()
        return check._get_records_action()

    # JOB

    @api.model
    def _cron_check(self):
        """Reconcile all cards; a difference is told to every manager."""
        check = self._reconcile()
        if check.difference_count:
            check._tell_managers()

    @api.model
    def _reconcile(self):
        """Compare everything, and keep the result.

        :return: ``crm.loyalty.check``
        """
        self.env.flush_all()
        start = time.monotonic()
        differences = self.env["loyalty.card"]._ledger_differences(MOST_LINES + 1)
        self.env.cr.execute(
            """SELECT (SELECT COUNT(*) FROM loyalty_card WHERE is_ledger),
                      (SELECT COUNT(*) FROM crm_loyalty_entry)"""
        )
        cards, entries = self.env.cr.fetchone()
        # sudo: written by the reconciliation only, whoever starts it
        return self.sudo().create(
            {
                "seconds": time.monotonic() - start,
                "card_count": cards,
                "entry_count": entries,
                "difference_count": len(differences),
                "line_ids": [
                    fields.Command.create(
                        {
                            "card_id": card_id,
                            "rule": rule,
                            "expected": expected,
                            "found": found,
                        }
                    )
                    for card_id, rule, expected, found in differences[:MOST_LINES]
                ],
            }
        )

    def _tell_managers(self):
        """An activity for each manager, that cannot be overlooked."""
        group = self.env.ref("crm_loyalty.group_loyalty_manager")
        people = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and user.id != 1
        )
        for user in people:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._(
                    "%(count)s differences in the points ledger",
                    count=self.difference_count,
                ),
            )


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _ledger_differences(self, limit=None):
        """What the ledger, the lots and the balances do not agree on.

        :param limit: at most so many
        :return: ``[(card id or None, rule, expected, found)]``; empty: all is well
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT * FROM (%s) difference ORDER BY 1, 2 LIMIT %s",
                SQL(DIFFERENCES),
                limit,
            )
        )
        return self.env.cr.fetchall()


# One pass over the entries, one over the lots and allocations. Rules: loyalty.md (c).
DIFFERENCES = """
WITH entry AS MATERIALIZED (
    SELECT card_id, SUM(points) AS points, SUM(pending) AS pending, SUM(debt) AS debt,
           COUNT(*) AS number, MAX(seq) AS seq
      FROM crm_loyalty_entry GROUP BY card_id),
lot AS MATERIALIZED (
    SELECT card_id, SUM(remaining) AS remaining FROM crm_loyalty_lot GROUP BY card_id),
promise AS MATERIALIZED (
    SELECT card_id, SUM(remaining) AS remaining
      FROM crm_loyalty_pending GROUP BY card_id),
account AS MATERIALIZED (
    SELECT card.id, ROUND(COALESCE(card.points, 0)::numeric, 2) AS points,
           COALESCE(card.pending_points, 0) AS pending,
           COALESCE(card.debt_points, 0) AS debt, COALESCE(card.ledger_seq, 0) AS seq,
           COALESCE(entry.points, 0) AS entry_points,
           COALESCE(entry.pending, 0) AS entry_pending,
           COALESCE(entry.debt, 0) AS entry_debt,
           COALESCE(entry.number, 0) AS entry_number,
           COALESCE(entry.seq, 0) AS entry_seq,
           COALESCE(lot.remaining, 0) AS remaining,
           COALESCE(promise.remaining, 0) AS promised
      FROM loyalty_card card
      LEFT JOIN entry ON entry.card_id = card.id
      LEFT JOIN lot ON lot.card_id = card.id
      LEFT JOIN promise ON promise.card_id = card.id
     WHERE card.is_ledger),
moved AS MATERIALIZED (
    SELECT lot_id, SUM(points) AS points FROM (
        SELECT lot_id, points + debt AS points FROM crm_loyalty_entry
         WHERE lot_id IS NOT NULL
         UNION ALL SELECT lot_id, points FROM crm_loyalty_allocation) part
     GROUP BY lot_id)
SELECT id AS card_id, 'balance' AS rule, entry_points AS expected, points AS found
  FROM account WHERE points <> entry_points
 UNION ALL
SELECT id, 'lots', remaining - debt, points
  FROM account WHERE points <> remaining - debt
 UNION ALL
SELECT id, 'pending', entry_pending, pending
  FROM account WHERE pending <> entry_pending OR pending <> promised
 UNION ALL
SELECT id, 'debt', entry_debt, debt FROM account WHERE debt <> entry_debt OR debt < 0
 UNION ALL
SELECT id, 'sequence', entry_number, seq
  FROM account WHERE seq <> entry_number OR seq <> entry_seq
 UNION ALL
SELECT lot.card_id, 'lot', COALESCE(moved.points, 0), lot.remaining
  FROM crm_loyalty_lot lot LEFT JOIN moved ON moved.lot_id = lot.id
 WHERE lot.remaining <> COALESCE(moved.points, 0)
    OR lot.remaining < 0 OR lot.remaining > lot.initial
 UNION ALL
SELECT NULL, 'transfers', 0, SUM(points) FROM crm_loyalty_entry
 WHERE kind IN ('transfer_in', 'transfer_out') HAVING SUM(points) <> 0
"""
