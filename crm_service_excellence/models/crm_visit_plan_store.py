# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Write what was planned: one statement for all visits, and what changed by it."""

from odoo import models
from odoo.tools import SQL

# Moves that "what changed" names; beyond that their number says enough.
MOVES_SHOWN = 50


class CrmVisitPlan(models.Model):
    _inherit = "crm.visit.plan"

    def _store_visits(self, rows, by_partner):
        """Write the proposals: new ones, moved ones; what is no longer needed goes.

        :return: what changed, for :attr:`changes`
        """
        gone, stored = self._drop_stale(rows)
        # by customer: the index pages and the customer that a row needs are at hand
        fresh = sorted(row for row in rows if row not in stored)
        added, moved = self._insert_visits(fresh)
        return self._describe_changes(added, moved, gone)

    def _insert_visits(self, rows):
        """Write new and changed proposals.

        :param rows: as :meth:`_ordered_rows` gives them
        :return: number of new ones, and ``[(partner id, date before, date)]`` of those
            that moved to another day
        """
        if not rows:
            return 0, []
        columns = [_array(column) for column in zip(*rows, strict=True)]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_visit (
                       partner_id, date, sequence, due_date, target_date,
                       tolerance_days, grade_id, company_id, user_id, plan_id, type_id,
                       duration, state, is_pinned, active,
                       create_uid, create_date, write_uid, write_date)
                SELECT need.*, %(company)s, %(user)s, %(plan)s, %(type)s,
                       %(duration)s, 'proposed', FALSE, TRUE,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM UNNEST(%(partners)s::int[], %(dates)s::date[],
                              %(sequences)s::int[], %(dues)s::date[],
                              %(targets)s::date[], %(tolerances)s::int[],
                              %(grades)s::int[]) need
                    ON CONFLICT (partner_id, company_id, due_date)
                 WHERE due_date IS NOT NULL AND state <> 'cancelled'
                    DO UPDATE
                   SET previous_date = CASE WHEN crm_visit.date <> EXCLUDED.date
                                            THEN crm_visit.date END,
                       date = EXCLUDED.date, sequence = EXCLUDED.sequence,
                       start = NULL, target_date = EXCLUDED.target_date,
                       tolerance_days = EXCLUDED.tolerance_days,
                       grade_id = EXCLUDED.grade_id,
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                 WHERE crm_visit.plan_id = EXCLUDED.plan_id
                   AND crm_visit.state = 'proposed'
                   AND crm_visit.is_pinned IS NOT TRUE
                   AND (crm_visit.date, crm_visit.sequence, crm_visit.target_date,
                        crm_visit.tolerance_days, crm_visit.grade_id,
                        crm_visit.previous_date)
                       IS DISTINCT FROM
                       (EXCLUDED.date, EXCLUDED.sequence, EXCLUDED.target_date,
                        EXCLUDED.tolerance_days, EXCLUDED.grade_id, NULL)
                RETURNING xmax = 0, partner_id, date, previous_date""",
                company=self.company_id.id,
                user=self.user_id.id,
                plan=self.id,
                type=self.type_id.id,
                duration=self.type_id.duration,
                uid=self.env.uid,
                now=self.env.cr.now(),
                partners=columns[0],
                dates=columns[1],
                sequences=columns[2],
                dues=columns[3],
                targets=columns[4],
                tolerances=columns[5],
                grades=columns[6],
            )
        )
        added, moved = 0, []
        for is_new, partner_id, day, before in self.env.cr.fetchall():
            if is_new:
                added += 1
            elif before:
                moved.append((partner_id, before, day))
        return added, moved

    def _drop_stale(self, rows):
        """Drop untouched proposals whose need is gone.

        :return: ``[(partner id, date)]`` of what went, and the set of rows that are
            stored already just as they are to be
        """
        needed = {(row[0], row[3]) for row in rows}
        self.env.cr.execute(
            SQL(
                """SELECT id, previous_date, partner_id, date, sequence, due_date,
                          target_date, tolerance_days, grade_id
                     FROM crm_visit
                    WHERE plan_id = %s AND state = 'proposed'
                      AND is_pinned IS NOT TRUE""",
                self.id,
            )
        )
        stale, gone, stored = [], [], set()
        for visit_id, previous, *values in self.env.cr.fetchall():
            partner_id, day, _sequence, due = values[:4]
            if (partner_id, due) not in needed:
                stale.append(visit_id)
                gone.append((partner_id, day))
            elif not previous:  # what has moved last time has not now: to be written
                stored.add(tuple(values))
        # sudo: an untouched proposal is the planner's own
        self.env["crm.visit"].sudo().browse(stale).unlink()
        self.env.flush_all()
        return gone, stored

    def _drop_lapsed(self, visit_ids):
        """Drop other plans' proposals that nobody confirmed in time."""
        if visit_ids:
            # sudo: a proposal is nobody's record, and its plan may be a colleague's
            self.env["crm.visit"].sudo().browse(visit_ids).unlink()
            self.env.flush_all()

    def _describe_changes(self, added, moved, gone):
        """What a generation changed, ready to show."""
        if self.state == "draft":
            return None  # everything is new the first time
        names = self._partner_names([row[0] for row in moved + gone])
        return {
            "added": added,
            "moved": len(moved),
            "gone": len(gone),
            "moves": [
                {"name": names[partner_id], "from": str(before), "to": str(day)}
                for partner_id, before, day in moved[:MOVES_SHOWN]
            ],
            "losses": [
                {"name": names[partner_id], "from": str(day)}
                for partner_id, day in gone[:MOVES_SHOWN]
            ],
        }

    def _partner_names(self, partner_ids):
        # sudo: names of the salesperson's own customers
        partners = self.env["res.partner"].sudo().browse(set(partner_ids)).exists()
        names = {partner.id: partner.display_name for partner in partners}
        return {number: names.get(number, "") for number in partner_ids}

    def _store_unplaced(self, unplaced, by_partner, raw_dues, away):
        """Keep what has no day, each with its reason."""
        lines = self.env["crm.visit.plan.unplaced"].sudo()  # written by this alone
        lines.search([("plan_id", "=", self.id)]).unlink()
        values = []
        for demand, reason in unplaced:
            if reason == "no_working_day" and any(
                abs((day - demand.due).days) <= demand.tolerance for day in away
            ):
                reason = "leave"
            partner_id = demand.key[0]
            values.append(
                {
                    "plan_id": self.id,
                    "partner_id": partner_id,
                    "grade_id": by_partner[partner_id].grade_id,
                    "due_date": raw_dues[demand.key],
                    "target_date": demand.due,
                    "tolerance_days": demand.tolerance,
                    "reason": reason,
                }
            )
        lines.create(values)


def _array(values):
    """An array literal for PostgreSQL: one constant to parse instead of thousands."""
    return f"{{{','.join(map(str, values))}}}"
