# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What becomes of a care task is written here: waits, is given up, or done."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

HAND_ACTIVITY = "crm_service_excellence.mail_activity_type_care"
# What an open task leaves behind when it is over.
NO_WAIT = {"wait_code": None, "wait_reason": None}
NO_REASON = {"reason_code": None, "reason": None}


class CrmCareTask(models.Model):
    _inherit = "crm.care.task"

    def _settle(self, state, code, reason):
        """It will not be done: the one place where a task is given up.

        The callers check who decides.

        :param state: skipped, expired or failed
        :param code: a key of ``reason_code``
        :param reason: why, in words
        """
        # sudo: a transition, which nobody types
        self.sudo().write(
            {
                "state": state,
                "reason_code": code,
                "reason": reason,
                "done_date": False,
                "wait_code": False,
                "wait_reason": False,
            }
        )
        self._drop_hand_activities()
        self._take_back_goodwill()

    def _settle_each(self, ends):
        """The same in bulk, each with its own reason; leaves no trace in the history.

        :param ends: ``{task id: (state, code, reason)}``
        """
        self._store(
            {
                task_id: {
                    "state": state,
                    "reason_code": code,
                    "reason": reason,
                    "done_date": None,
                    **NO_WAIT,
                }
                for task_id, (state, code, reason) in ends.items()
            }
        )
        ended = self.browse(ends)
        ended._drop_hand_activities()
        ended._take_back_goodwill()

    def _mark_done(self, now, channel, by=None, more=None):
        """The contact heard from us.

        :param now: naive UTC
        :param channel: a key of ``channel``
        :param by: the colleague who did it by hand, or None
        :param more: further values of each, ``{task id: {field: value}}``
        """
        self._store(
            {
                task.id: {
                    "state": "done",
                    "done_date": now,
                    "done_by_id": by.id if by else None,
                    "channel": channel,
                    **NO_WAIT,
                    **NO_REASON,
                    **(more[task.id] if more else {}),
                }
                for task in self
            }
        )

    def _wait(self, waits):
        """Try again later, so that the next run need not look at them.

        :param waits: ``{task id: (next try in naive UTC, code, reason)}``
        """
        self._store(
            {
                task_id: {
                    "not_before": until,
                    "wait_code": code,
                    "wait_reason": reason,
                }
                for task_id, (until, code, reason) in waits.items()
            }
        )

    def _store(self, rows):
        """Write values that differ from task to task: one statement for each kind.

        :param rows: ``{task id: {field: value for the column}}``
        """
        kinds = defaultdict(dict)
        for task_id, values in rows.items():
            kinds[tuple(values)][task_id] = values
        for names, group in kinds.items():
            self._store_columns(names, group)

    def _store_columns(self, names, rows):
        self.flush_model()
        columns = [
            SQL(
                "%s::%s[]",
                [values[name] for values in rows.values()],
                SQL(self._fields[name].column_type[0]),
            )
            for name in names
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_care_task task
                   SET %(values)s, write_date = %(now)s, write_uid = %(user)s
                  FROM UNNEST(%(ids)s::int[], %(columns)s) AS new(id, %(names)s)
                 WHERE task.id = new.id""",
                values=SQL(", ").join(
                    SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in names
                ),
                now=fields.Datetime.now(),
                user=self.env.uid,
                ids=list(rows),
                columns=SQL(", ").join(columns),
                names=SQL(", ").join(SQL.identifier(name) for name in names),
            )
        )
        changed = self.browse(rows)
        changed.invalidate_recordset([*names, "write_date", "write_uid"])
        changed.modified(names)

    @api.model
    def _in_business_sql(self, company):
        """Condition that jobs have to do with this company: it is not archived.

        Its tasks stay as they are, for when it is restored.

        :param company: column with its id
        """
        return SQL(
            "%s NOT IN (SELECT id FROM res_company WHERE active IS NOT TRUE)", company
        )

    def _drop_hand_activities(self):
        """Nobody has to do it any more."""
        activity_type = self.env.ref(HAND_ACTIVITY)
        # sudo: whoever settles it need not be the one who was asked
        self.env["mail.activity"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", activity_type.id),
            ]
        ).unlink()

    def _reader_env(self):
        """Environment in the language of who looks after it, else of the company."""
        self.ensure_one()
        lang = self.user_id.lang or self.company_id.partner_id.lang
        if lang == self.env.context.get("lang"):
            return self.env
        return self.with_context(lang=lang).env
