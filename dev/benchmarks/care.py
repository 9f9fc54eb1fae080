# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Plan a year of care for 100,000 contacts: ours to hand-written SQL, and once more.

Run inside Odoo (:mod:`dev.script`) on a copy of the data set with our addons:
``care.py FILE [CONTACTS]``; the results go to FILE as JSON.
"""

import sys

import pytz

from odoo.addons.crm_service_excellence.tools import occasions

from dev import database, paths
from dev.benchmarks import arms, care_data, floor

CONTACTS = 100_000
SQL_FILE = paths.ROOT / "bench" / "floor_care.sql"
TWINS = {"crm_care_task": "bm_care_task"}
IGNORED = {"id", "create_date", "write_date"}


class Bench(arms.Planner):
    """The arms, each from a calendar without any task."""

    PAIR = ("crm_care_task", "bm_care_task")

    def __init__(self, env, contacts):
        super().__init__(env)
        self.rules = care_data.fill(env, contacts)
        self.span = self.rules[0]._horizon(care_data.TODAY)
        self.parameters = self._floor_parameters()
        self.inserted = []

    # STATE, never timed

    def reset(self):
        """Nothing planned by either."""
        self.cr.execute("TRUNCATE crm_care_task, bm_care_task RESTART IDENTITY CASCADE")
        self.cr.commit()
        self.settle()

    # ARMS

    def generate(self):
        """Plan every rule and commit."""
        done = self.rules._generate(*self.span, as_of=care_data.TODAY)
        self.cr.commit()
        self.inserted.append(done)

    def floor(self):
        """The same rows by one statement."""
        self.cr.execute(
            SQL_FILE.read_text(encoding="utf-8"),
            {**self.parameters, "now": self.cr.now()},
        )
        self.cr.commit()

    def _floor_parameters(self):
        """Whose day it is on each date of the year, and the zone of each country."""
        company = self.rules.company_id
        start, end = self.span
        rows = []
        for rule in self.rules:
            who = (rule.id, rule.occasion_id.id, rule.kind)
            if rule.kind != "birthday":
                found = rule.occasion_id._occurrences(start, end, company)
                rows += [(*who, one.key, one.day, None, None, None) for one in found]
                continue
            for number in range((end - start).days + 1):
                day = start + occasions.ONE_DAY * number
                rows += [
                    (*who, born.key, day, born.calendar, born.month, born.day)
                    for born in occasions.celebrated_on(day)
                    if not born.leap
                ]
        rules, ids, kinds, keys, days, calendars, months, numbers = (
            list(column) for column in zip(*rows, strict=True)
        )
        countries = self.env["res.country"].search([("code", "!=", "")])
        countries = countries.filtered(lambda one: one.code in pytz.country_timezones)
        return {
            "company": company.id,
            "rules": rules,
            "occasions": ids,
            "kinds": kinds,
            "keys": keys,
            "days": days,
            "calendars": calendars,
            "months": months,
            "numbers": numbers,
            "countries": countries.ids,
            "country_zones": [
                pytz.country_timezones[code][0] for code in countries.mapped("code")
            ],
            "zone": company._crm_timezone(),
        }

    # GATE

    def check_equal(self):
        """Compare ours with the floor, before any timing.

        :return: messages about what differs; none when all is equal
        """
        self.reset()
        self.generate()
        self.floor()
        wrong = floor.rows_apart(self.cr, *self.PAIR, ignored=IGNORED)
        self.rows = self.inserted[-1]
        if not self.rows:
            wrong.append("nothing was planned")
        return wrong

    # MEASURES

    def measure(self):
        """Ours to the floor; a second generation, which writes no task."""
        result, again = self.compare(("care_generate", "care_again"), limit=1.5)
        result.note = f"{self.rows:,} tasks of {len(self.rules)} rules, a year ahead"
        again.note = f"{self.inserted[-1]} tasks planned"
        return result, again


def main(env, path, contacts=CONTACTS):
    """Compare, then time, and write the results as JSON."""
    bench = Bench(env, int(contacts))
    floor.create_twins(env, TWINS)
    with database.connect(env.cr.dbname) as cursor:
        cursor.execute("VACUUM ANALYZE res_partner, crm_customer")
    wrong, results = bench.check_equal(), []
    if not wrong:
        results += bench.measure()
    arms.save(path, [f"ours and floor: {row}" for row in wrong], results)


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
