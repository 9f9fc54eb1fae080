# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Send 20,000 greetings through all gates: ours to a bare ``mail.mail`` batch create.

Both queue the very same e-mails, in batches of the same size, each committed. Ours
also locks, asks every gate, counts what contacts got, writes the texts, marks the tasks
and leaves touchpoints; the other is given values that are ready. Run inside Odoo
(:mod:`dev.script`) on a database with our addons:
``care_dispatch.py FILE [TASKS]``; the results go to FILE as JSON.
"""

import datetime
import sys
from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models import crm_care_task_dispatch

from dev.benchmarks import arms, counters, dataset, protocol

TASKS = 20_000
SMALL = 50
PARTNER_BASE = 40_000_000
ROUNDS = 3  # a round takes a minute, so that fewer than usual have to do
TABLES = (
    "crm_care_task",
    "crm_customer",
    "crm_touchpoint",
    "mail_mail",
    "mail_message",
)
#: what both arms have to write alike
COLUMNS = """
    SELECT message.subject, message.body, message.email_from, message.reply_to,
           message.model, message.res_id, message.author_id, message.record_company_id,
           message.record_alias_domain_id, message.message_type, message.subtype_id,
           message.is_internal, message.email_add_signature, message.reply_to_force_new,
           SPLIT_PART(message.message_id, '-', 2) AS message_id_kind,
           message.mail_server_id, message.email_layout_xmlid, message.create_uid,
           mail.body_html, mail.email_to, mail.headers, mail.state, mail.auto_delete,
           mail.is_notification IS TRUE AS is_notification, mail.scheduled_date,
           mail.failure_type
      FROM mail_mail mail JOIN mail_message message ON message.id = mail.mail_message_id
"""
CRON = "crm_service_excellence.ir_cron_care_dispatch"


def commit_and_go_on(cron, processed=0, *, remaining=None, deactivate=False):
    """Commit a batch; a job that has all the time."""
    cron.env.cr.commit()
    return float("inf")


class Bench:
    """The two arms, each from planned tasks and an empty mail queue."""

    def __init__(self, env, count):
        self.env = env
        self.cr = env.cr
        self.count = count
        self.tasks = fill(env, count)
        self.size = crm_care_task_dispatch.BATCH_SIZE
        self.counted = {}
        self.tasks._write_text()
        self.vals_list = self.tasks._mail_vals_list(
            {task.id: task for task in self.tasks}
        )
        self.cr.commit()

    # STATE, never timed

    def reset(self):
        """Everything planned again, nothing queued."""
        # without the triggers of foreign keys: truncating would take the tasks along
        self.cr.execute("SET LOCAL session_replication_role = replica")
        self.cr.execute("DELETE FROM mail_mail")
        self.cr.execute("DELETE FROM mail_message WHERE model = 'crm.care.task'")
        self.cr.execute("DELETE FROM crm_touchpoint WHERE res_model = 'crm.care.task'")
        self.cr.execute(
            SQL(
                """UPDATE crm_care_task
                      SET state = 'planned', done_date = NULL, mail_id = NULL,
                          channel = NULL, subject = NULL, body = NULL
                    WHERE id = ANY(%s)""",
                self.tasks.ids,
            )
        )
        self.cr.execute("UPDATE crm_customer SET last_touch_date = NULL")
        self.cr.commit()
        arms.settle(self.env, TABLES)

    # ARMS

    def ours_arm(self):
        """The job, until nothing is due."""
        self.reset()
        return {"ours": self._counted("ours", self.dispatch)}

    def dispatch(self):
        """What the job does, but for the end of its time."""
        tasks, cron = self.env["crm.care.task"], self.env["ir.cron"]
        progress = self.env["ir.cron.progress"].create(
            {"cron_id": self.env.ref(CRON).id}
        )
        self.cr.commit()
        job = {"ir_cron_progress_id": progress.id, "cron_id": progress.cron_id.id}
        with patch.object(type(cron), "_commit_progress", commit_and_go_on):
            tasks.with_context(**job)._cron_dispatch()
        self.cr.commit()

    def bare_arm(self):
        """Odoo's own batch create of the same e-mails."""
        self.reset()
        vals_list = [{**vals} for vals in self.vals_list]
        return {"bare": self._counted("bare", self._bare, vals_list, self.size)}

    def small_arm(self):
        """The same in small pieces: what Odoo does for each grows with their number."""
        self.reset()
        vals_list = [{**vals} for vals in self.vals_list]
        return {"small": self._counted("small", self._bare, vals_list, SMALL)}

    def _bare(self, vals_list, size):
        for start in range(0, len(vals_list), self.size):
            batch = vals_list[start : start + self.size]
            for first in range(0, len(batch), size):
                self.env["mail.mail"].create(batch[first : first + size])
            self.cr.commit()
            self.env.invalidate_all()

    def _counted(self, part, action, *arguments):
        before = self.cr.sql_log_count, counters.wal_bytes(self.cr)
        seconds, _outcome = protocol.timed(action, *arguments)
        self.counted[part] = {
            "statements": self.cr.sql_log_count - before[0],
            "WAL bytes": counters.wal_bytes(self.cr) - before[1],
        }
        return seconds

    # GATE

    def check_equal(self):
        """Compare the e-mails of both arms, before any timing.

        :return: messages about what differs; none when all is equal
        """
        self.bare_arm()
        self.cr.execute("DROP TABLE IF EXISTS bm_care_mail")
        self.cr.execute(f"CREATE TABLE bm_care_mail AS {COLUMNS}")
        self.cr.commit()
        self.ours_arm()
        self.cr.execute(
            f"(TABLE bm_care_mail EXCEPT ALL {COLUMNS}) UNION ALL "
            f"({COLUMNS} EXCEPT ALL TABLE bm_care_mail) LIMIT 3"
        )
        wrong = [f"ours and bare: {row}" for row in self.cr.fetchall()]
        self.cr.execute(
            "SELECT (SELECT COUNT(*) FROM crm_care_task"
            "         WHERE state = 'done' AND mail_id IS NOT NULL),"
            "       (SELECT COUNT(*) FROM crm_touchpoint"
            "         WHERE res_model = 'crm.care.task'),"
            "       (SELECT COUNT(*) FROM mail_mail)"
        )
        done = self.cr.fetchone()
        if set(done) != {self.count}:
            wrong.append(f"tasks done, touchpoints, e-mails: {done}, not {self.count}")
        self.cr.execute("DROP TABLE bm_care_mail")
        self.cr.commit()
        return wrong

    def measure(self):
        """Ours to the bare create, and to the same in small pieces."""
        samples = protocol.interleave(
            {"bare": self.bare_arm, "ours": self.ours_arm, "small": self.small_arm},
            rounds=ROUNDS,
        )
        result = protocol.compare("care_dispatch", samples, "ours", "bare", limit=1.3)
        result.counters = {part: self.counted[part] for part in ("ours", "bare")}
        result.note = (
            f"{self.count:,} e-mails, all gates and texts, batches of {self.size}"
        )
        small = protocol.compare("care_dispatch_small", samples, "ours", "small")
        small.counters = {"small": self.counted["small"]}
        small.note = f"bare creates of {SMALL} each"
        return [result, small]


def fill(env, count):
    """Customers and their planned tasks with a text, by SQL; commits.

    :return: the tasks
    """
    cr, company = env.cr, env.company
    company.write(
        {
            "email": "office@bench.example.com",
            "crm_care_window_start": 0,
            "crm_care_window_end": 24,
        }
    )
    prototype = env["res.partner"].create({"name": "Bench contact"})
    occasion = env["crm.occasion"].create(
        {"name": "Bench day", "kind": "solar", "month": 5, "day": 5}
    )
    rule = env["crm.care.rule"].create(
        {"name": "Bench", "company_id": company.id, "occasion_id": occasion.id}
    )
    rule.template_id = env["mail.template"].create(
        {
            "name": "Bench",
            "model_id": env["ir.model"]._get_id("crm.care.task"),
            "subject": "A good day, {{ object.contact_name }}",
            "body_html": (
                '<p>Dear <t t-out="object.contact_name"/>,</p>'
                f"<p>{'we wish you well. ' * 20}</p><p>Yours</p>"
            ),
        }
    )
    rule.state = "active"
    env.flush_all()
    cr.execute("SET LOCAL session_replication_role = replica")
    cr.execute(
        SQL(
            """CREATE TEMPORARY TABLE bm_cared ON COMMIT DROP AS
               SELECT %(prototype)s AS prototype_id, %(base)s + g AS id,
                      %(base)s + g AS commercial_partner_id, 'BC' || g AS name,
                      'BC' || g AS complete_name, TRUE AS partner_share,
                      'bc' || g || '@bench.example.com' AS email,
                      'bc' || g || '@bench.example.com' AS email_normalized
                 FROM generate_series(1, %(count)s) g""",
            prototype=prototype.id,
            base=PARTNER_BASE,
            count=count,
        )
    )
    dataset.copy_rows(cr, "res_partner", "bm_cared")
    cr.execute(
        SQL(
            """INSERT INTO crm_customer (partner_id, company_id, active)
               SELECT %s + g, %s, TRUE FROM generate_series(1, %s) g""",
            PARTNER_BASE,
            company.id,
            count,
        )
    )
    now = fields.Datetime.now()
    cr.execute(
        SQL(
            """
            INSERT INTO crm_care_task
                   (rule_id, occasion_id, kind, company_id, partner_id,
                    commercial_partner_id, occurrence_key, occasion_date, due_date,
                    not_before, not_after, state, purpose, priority)
            SELECT %(rule)s, %(occasion)s, 'solar', %(company)s, %(base)s + g,
                   %(base)s + g, 'bench', %(today)s, %(today)s, %(start)s, %(end)s,
                   'planned', 'greeting', '3'
              FROM generate_series(1, %(count)s) g RETURNING id""",
            rule=rule.id,
            occasion=occasion.id,
            company=company.id,
            base=PARTNER_BASE,
            today=now.date(),
            start=now - datetime.timedelta(days=1),
            end=now + datetime.timedelta(days=9),
            count=count,
        )
    )
    ids = sorted(row[0] for row in cr.fetchall())
    cr.commit()
    env.invalidate_all()
    return env["crm.care.task"]._as_gateway().browse(ids)


def main(env, path, count=TASKS):
    """Compare, then time, and write the results as JSON."""
    bench = Bench(env, int(count))
    wrong = bench.check_equal()
    arms.save(path, wrong, [] if wrong else bench.measure())


if __name__ == "__main__":
    main(globals()["env"], *sys.argv[1:])
