# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Do stock things with contacts, as a salesperson, when told to.

Run inside Odoo (:mod:`dev.script`), once in each database of the comparison. Reads the
name of an operation per line on standard input, writes its seconds and its number of
queries; an empty line ends.
Every operation is flushed and rolled back, so that each finds the same database.

The seconds are those on a processor, of this process and of its PostgreSQL session,
where Linux tells: nothing here waits for a disk, and what others do on the machine
would be more than the few percent that are looked for.
"""

import gc
import sys
import time
from pathlib import Path

from dev.benchmarks.dataset import AS_OF, PARTNER_BASE, SELLER

#: what the stock list of contacts reads
LIST = {
    "complete_name": {},
    "email": {},
    "phone": {},
    "user_id": {"fields": {"display_name": {}}},
    "city": {},
    "country_id": {"fields": {"display_name": {}}},
    "company_id": {"fields": {"display_name": {}}},
}
REPEAT = 5  # of each short operation, on other records each time
ANSWER = "BENCH "


class Worker:
    """The operations; each returns nothing and leaves the database as it was."""

    def __init__(self, env):
        user = env["res.users"].search([("login", "=", SELLER)])
        self.env = env(user=user, context={"allowed_company_ids": user.company_ids.ids})
        self.partners = self.env["res.partner"]
        self.step = 0
        env.cr.execute("SELECT pg_backend_pid()")
        self.session = Path(f"/proc/{env.cr.fetchone()[0]}/schedstat")

    def clock(self):
        """Return seconds on a processor so far; of the clock where they are unknown."""
        try:
            nanoseconds = int(self.session.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return time.perf_counter()
        return time.process_time() + nanoseconds / 1e9

    def measure(self, name):
        """Return the seconds and the queries of one operation."""
        self.env.invalidate_all()
        self.step += 1
        gc.collect()
        gc.disable()
        try:
            count, start = self.env.cr.sql_log_count, self.clock()
            getattr(self, name)()
            return self.clock() - start, self.env.cr.sql_log_count - count
        finally:
            gc.enable()
            self.env.cr.rollback()
            self.env.invalidate_all()

    def create_100(self):
        """100 contacts in one call."""
        self.partners.create([self._values(number) for number in range(100)])
        self.env.flush_all()

    def create_1(self):
        """Single contacts, as the form saves them."""
        for number in range(REPEAT):
            self.partners.create(self._values(number))
            self.env.flush_all()

    def write(self):
        """Change name, phone and salesperson of single contacts."""
        users = self.env.user.search([("login", "like", SELLER)], limit=2).ids
        for number in range(REPEAT):
            partner = self.partners.browse(self._id(number))
            user_id = users[partner.user_id.id == users[0]]
            partner.write(
                {
                    "name": f"Renamed {number}",
                    "phone": "+15559990000",
                    "user_id": user_id,
                }
            )
            self.env.flush_all()

    def search_name(self):
        """What a many2one field asks while somebody types."""
        for number in range(REPEAT):
            self.partners.name_search(
                f"bm {(self.step * 31 + number) % 4096:03x}", limit=8
            )

    def search_read(self):
        """A page of the list of contacts, filtered and sorted."""
        for number in range(REPEAT):
            self.partners.web_search_read(
                [("user_id", "=", self.env.uid), ("is_company", "=", True)],
                LIST,
                offset=number * 5,
                limit=80,
                order="complete_name, id desc",
            )
            self.env.invalidate_all()

    def _values(self, number):
        return {
            "name": f"New contact {self.step}-{number}",
            "phone": "+15551234567",
            "email": f"new{self.step}-{number}@example.invalid",
            "city": "Benchville",
            "user_id": self.env.uid,
        }

    def _id(self, number):
        """A company partner, another one each time; the best customers first."""
        return PARTNER_BASE + 1 + (self.step * REPEAT + number) % 2000


def main(env):
    """Grade once where our addon is, then serve operations until told to stop."""
    if "crm.grade.policy" in env:
        for company in env["res.company"].search([]):
            env["crm.grade.policy"].with_company(company)._run(as_of=AS_OF)
        env.cr.commit()
        env.cr.execute("ANALYZE crm_customer")
        env.cr.commit()
    worker = Worker(env)
    for line in sys.stdin:
        if not line.strip():
            break
        seconds, queries = worker.measure(line.strip())
        sys.stdout.write(f"{ANSWER}{seconds} {queries}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(globals()["env"])
