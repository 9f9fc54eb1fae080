# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Plan care ahead: one statement for each rule, and never the same twice."""

from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import lunar, occasions
from .crm_care_rule_audience import CareScope
from .crm_care_task import REPLANNED_STATES
from .crm_care_task_again import SUFFIX
from .crm_customer_refresh import WORK_MEM
from .crm_occasion import ANCHORED_KINDS, FESTIVAL_KINDS

YEAR_AHEAD = 365
ANCHORED_AHEAD = 35


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    generated_date = fields.Datetime(string="Planned on", readonly=True, copy=False)
    generation_error = fields.Char(
        string="Why nothing is planned", readonly=True, copy=False
    )

    lunar_problem = fields.Char(
        string="Lunar birthdays", compute="_compute_lunar_problem"
    )

    @api.depends("occasion_id.kind")
    def _compute_lunar_problem(self):
        """Why lunar birthdays are left out; nothing where there are none."""
        missing = False
        if not lunar.is_available():
            # sudo: only whether there are any
            partners_sudo = self.env["res.partner"].sudo()
            missing = partners_sudo.search_count(
                [("crm_birth_calendar", "=", "lunar")], limit=1
            )
        for rule in self:
            rule.lunar_problem = (
                missing
                and rule.occasion_id.kind == "birthday"
                and self.env["crm.occasion"]._lunar_library_missing()
            )

    def _is_live(self):
        """Whether this rule plans anything."""
        self.ensure_one()
        return self.active and self.state == "active" and self.occasion_id.active

    def _horizon(self, as_of=None):
        """First and last due date that this rule plans as of a date of its company."""
        self.ensure_one()
        today = as_of or self.company_id._crm_today()
        ahead = ANCHORED_AHEAD if self.kind in ANCHORED_KINDS else YEAR_AHEAD
        return (
            today - timedelta(days=self.company_id.crm_care_catch_up_days),
            today + timedelta(days=ahead),
        )

    def _generate(self, date_from, date_to, as_of=None):
        """Plan the care tasks that fall due between two dates, both included.

        Safe to run again, and by two at once: what is planned, or was ever settled, is
        not planned again. Nothing is planned that was due longer ago than the company
        catches up. Planned tasks whose reason is gone vanish.

        :param date_from: first due date, as the contacts have it
        :param date_to: last due date
        :param as_of: today, for tests; by default that of each company
        :return: number of tasks planned
        """
        inserted = 0
        for rule in self:
            span = rule._due_span(date_from, date_to, as_of)
            if span:
                places = rule.company_id._care_places()
                inserted += rule._generate_batch(*span, CareScope(), places)
        return inserted

    def _due_span(self, date_from, date_to, as_of=None):
        """First and last due date to plan; None where there is none."""
        self.ensure_one()
        if not (self._is_live() and self.company_id.active):
            return None
        start = max(date_from, self._horizon(as_of)[0], self.date_from or date_from)
        end = min(date_to, self.date_to or date_to)
        return (start, end) if start <= end else None

    def _generate_batch(self, start, end, scope, places):
        """Drop what is stale and plan what is missing, for the customers in scope.

        :param places: as ``company._care_places()`` returns them
        :return: number of tasks planned
        """
        self.ensure_one()
        self.env.flush_all()
        wanted = self._wanted_sql(start, end, scope, places)
        self._drop_stale(start, end, scope, wanted)
        with self._joining_sets():
            inserted = self._insert_tasks(wanted)
        self.env["crm.care.task"].invalidate_model()
        self.invalidate_recordset(["task_ids"])
        return inserted

    @contextmanager
    def _joining_sets(self):
        """Have PostgreSQL join the audience with its days as sets.

        It takes what a rule's conditions leave for a handful of contacts, and would go
        through the year's days for each: half a minute for 20,000 birthdays.
        """
        self.env.cr.execute(
            SQL(
                "SET LOCAL work_mem = %s; SET LOCAL enable_nestloop = off",
                WORK_MEM,
            )
        )
        yield
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")

    # WANTED

    def _wanted_sql(self, start, end, scope, places):
        """Every task there should be with a due date in a span, planned or not.

        ``OFFSET 0`` keeps PostgreSQL from joining each contact with each day of its
        zone before it asks whose day it is: a year would be 365 times as much.
        """
        lead = timedelta(days=self.lead_days)
        anchors = self._anchor_sql(start + lead, end + lead, scope)
        if self._hangs_on_event():
            anchors = self._anchors_read(anchors)
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        if self.kind in FESTIVAL_KINDS:
            found = self.occasion_id._occurrences(
                start + lead, end + lead, self.company_id
            )
            days = sorted({occurrence.day - lead for occurrence in found})
        zones = sorted({zone for _name, _country, zone in places})
        windows = self.company_id._care_windows(days, zones, self.validity_days)
        number_of = {zone: number for number, zone in enumerate(zones)}
        return SQL(
            """SELECT due.partner_id, due.customer_id, due.grade_id,
                      %(owner)s AS user_id, due.res_model, due.res_id, due.key,
                      due.occasion_date, opening.due_date, opening.not_before,
                      opening.not_after, %(holdout)s AS is_holdout,
                      %(approval)s AS needs_approval
                 FROM (SELECT audience.partner_id, audience.customer_id,
                              audience.grade_id, audience.user_id,
                              COALESCE(audience.tz, '') AS tz,
                              COALESCE(audience.country_id, 0) AS country_id,
                              occurrence.res_model, occurrence.res_id, occurrence.key,
                              occurrence.occasion_date
                         FROM (%(audience)s) audience
                         JOIN (%(anchors)s) occurrence ON %(joins)s
                       OFFSET 0) due
                 JOIN UNNEST(%(place_tz)s::varchar[], %(place_country)s::int[],
                             %(place_zone)s::int[]) place (tz, country_id, zone)
                   ON place.tz = due.tz AND place.country_id = due.country_id
                 JOIN UNNEST(%(days)s::date[], %(zones)s::int[],
                             %(not_before)s::timestamp[], %(not_after)s::timestamp[])
                      opening (due_date, zone, not_before, not_after)
                   ON opening.due_date = due.occasion_date - %(lead)s
                  AND opening.zone = place.zone
                 LEFT JOIN res_users manager
                   ON manager.id = due.user_id AND manager.active
                WHERE %(guard)s""",
            owner=self._owner_sql(),
            holdout=self._holdout_sql(),
            approval=self._approval_sql(),
            audience=self._audience_sql(scope),
            anchors=anchors.sql,
            joins=anchors.joins,
            place_tz=[name for name, _country, _zone in places],
            place_country=[country for _name, country, _zone in places],
            place_zone=[number_of[zone] for _name, _country, zone in places],
            days=[day for day, _zone in windows],
            zones=[number_of[zone] for _day, zone in windows],
            not_before=[window.not_before for window in windows.values()],
            not_after=[window.not_after for window in windows.values()],
            lead=self.lead_days,
            guard=self._guard_sql(),
        )

    def _owner_sql(self):
        if self.owner == "manager":
            return SQL("COALESCE(manager.id, %s)", self.user_id.id or None)
        return SQL("%s::int", self.user_id.id or None)

    def _holdout_sql(self):
        """Always the same contacts, whoever plans and whenever."""
        if not self.holdout_percent:
            return SQL("FALSE")
        return SQL(
            "abs(hashint8(due.partner_id::bigint * 1000003 + %s)::bigint) %% 100 < %s",
            self.id,
            self.holdout_percent,
        )

    def _approval_sql(self):
        if self.approval == "grades":
            grades = self.with_context(active_test=False).approval_grade_ids.ids
            return SQL("COALESCE(due.grade_id = ANY(%s::int[]), FALSE)", grades)
        return SQL("%s", self.approval == "always")

    def _same_key_sql(self):
        """Condition that ``task`` is the one that ``wanted`` asks for."""
        return SQL(
            """task.rule_id = %s AND task.partner_id = wanted.partner_id
               AND task.occurrence_key = wanted.key
               AND COALESCE(task.res_model, '') = COALESCE(wanted.res_model, '')
               AND COALESCE(task.res_id, 0) = COALESCE(wanted.res_id, 0)""",
            self.id,
        )

    @api.model
    def _uncommitted_sql(self):
        """Condition that nobody wrote ``task`` by hand, or asked for it once more."""
        return SQL(
            "task.is_edited IS NOT TRUE AND strpos(task.occurrence_key, %s) = 0", SUFFIX
        )

    def _known_sql(self):
        """Condition that ``task`` is of a calendar that can be asked.

        A library that is gone, as after a move of the server, is no reason to drop the
        lunar birthdays that it found.
        """
        if self.kind != "birthday" or lunar.is_available():
            return SQL("TRUE")
        return SQL("task.occurrence_key NOT LIKE %s", f"{occasions.LUNAR_KEY}%")

    # STORE

    def _insert_tasks(self, wanted):
        """Insert the tasks that are not there yet; returns how many.

        Those that are there are sorted out before they get a number: it is an integer,
        and running through it four times a day would use it up within years.
        """
        rule = self.with_context(lang=self.company_id.partner_id.lang)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_care_task (
                       rule_id, occasion_id, kind, company_id, purpose, priority,
                       partner_id, commercial_partner_id, grade_id, user_id,
                       res_model, res_id, occurrence_key,
                       occasion_date, due_date, not_before, not_after,
                       is_holdout, state, reason_code, reason,
                       needs_approval, is_edited, delivery_tries,
                       create_uid, create_date, write_uid, write_date)
                SELECT %(rule)s, %(occasion)s, %(kind)s, %(company)s, %(purpose)s,
                       %(priority)s, partner_id, customer_id, grade_id, user_id,
                       res_model, res_id, key, occasion_date, due_date,
                       not_before, not_after,
                       is_holdout, CASE WHEN is_holdout THEN 'skipped'
                                        ELSE 'planned' END,
                       CASE WHEN is_holdout THEN 'holdout' END,
                       CASE WHEN is_holdout THEN %(reason)s END,
                       needs_approval, FALSE, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(wanted)s) wanted
                 WHERE NOT EXISTS (SELECT FROM crm_care_task task WHERE %(same)s)
                    ON CONFLICT (rule_id, partner_id, COALESCE(res_model, ''),
                                 COALESCE(res_id, 0), occurrence_key)
                    DO NOTHING""",
                rule=self.id,
                occasion=self.occasion_id.id,
                kind=self.kind,
                company=self.company_id.id,
                purpose=self.purpose,
                priority=self.priority,
                reason=rule.env._("Held out, to compare with those who are greeted"),
                uid=self.env.uid,
                now=self.env.cr.now(),
                wanted=wanted,
                same=self._same_key_sql(),
            ),
            log_exceptions=False,
        )
        return self.env.cr.rowcount

    def _drop_stale(self, start, end, scope, wanted):
        """Drop what is planned and not wanted any more, or not like this.

        A contact left the audience or moved to another zone, a birthday was corrected,
        an order cancelled, a newer one came. Who has waited for an opening keeps it.

        :return: number of tasks dropped
        """
        states = REPLANNED_STATES if self._hangs_on_event() else ("planned",)
        self.env.cr.execute(
            SQL(
                """SELECT task.id FROM crm_care_task task
                    WHERE task.rule_id = %(rule)s AND task.state IN %(states)s
                      AND %(free)s AND %(known)s
                      AND task.due_date BETWEEN %(start)s AND %(end)s
                      AND %(covers)s
                    LIMIT 1""",
                rule=self.id,
                states=states,
                free=self._uncommitted_sql(),
                known=self._known_sql(),
                start=start,
                end=end,
                covers=scope.covers(SQL("task.commercial_partner_id")),
            )
        )
        if not self.env.cr.rowcount:
            return 0
        query = SQL(
            """SELECT task.id
                     FROM crm_care_task task
                     LEFT JOIN (%(wanted)s) wanted
                       ON %(same)s
                      AND task.commercial_partner_id = wanted.customer_id
                      AND task.due_date = wanted.due_date
                      AND task.not_after = wanted.not_after
                      AND task.needs_approval = wanted.needs_approval
                      AND NOT wanted.is_holdout
                      AND (task.not_before = wanted.not_before
                           OR task.wait_code IS NOT NULL)
                    WHERE task.rule_id = %(rule)s AND task.state IN %(states)s
                      AND %(free)s AND %(known)s
                      AND task.due_date BETWEEN %(start)s AND %(end)s
                      AND %(covers)s AND wanted.partner_id IS NULL""",
            wanted=wanted,
            free=self._uncommitted_sql(),
            known=self._known_sql(),
            same=self._same_key_sql(),
            rule=self.id,
            states=states,
            start=start,
            end=end,
            covers=scope.covers(SQL("task.commercial_partner_id")),
        )
        with self._joining_sets():
            self.env.cr.execute(query)
            stale = [row[0] for row in self.env.cr.fetchall()]
        return self._drop_tasks(stale)

    def _drop_tasks(self, task_ids):
        """Delete tasks that nobody has committed to; returns how many.

        Most have nothing attached and go in one statement; the ORM takes the others.
        """
        if not task_ids:
            return 0
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_care_task task
                    WHERE task.id = ANY(%(ids)s)
                      AND NOT EXISTS (SELECT FROM mail_message message
                                       WHERE message.model = 'crm.care.task'
                                         AND message.res_id = task.id)
                      AND NOT EXISTS (SELECT FROM mail_activity activity
                                       WHERE activity.res_model = 'crm.care.task'
                                         AND activity.res_id = task.id)
                      AND NOT EXISTS (SELECT FROM mail_followers follower
                                       WHERE follower.res_model = 'crm.care.task'
                                         AND follower.res_id = task.id)
                RETURNING task.id""",
                ids=task_ids,
            )
        )
        gone = {row[0] for row in self.env.cr.fetchall()}
        self.env["crm.care.task"].invalidate_model(flush=False)
        # sudo: nobody has write access; a task that is only planned is the rule's own
        tasks = self.env["crm.care.task"].sudo()
        tasks.browse(number for number in task_ids if number not in gone).unlink()
        self.env.flush_all()
        return len(task_ids)
