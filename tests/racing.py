# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Races on real connections: a test starts a script, the script runs them in Odoo."""

import subprocess
import sys
import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from dev import odoo as dev_odoo
from dev import paths, scratch, templates

PATIENCE = 300  # seconds
STILL = 60  # seconds that a script waits for its end

# IN THE TEST


def copy_of_addons(name):
    """Context of a database of its own, with the addons and without demo data."""
    return scratch.copy_of(templates.addons_template(with_demo=False), name)


def start(database, script, *steps):
    """Start ``script`` inside Odoo on ``database``; return the process."""
    environ = dev_odoo.environment()
    environ["PYTHONPATH"] += f":{paths.ROOT}"
    return subprocess.Popen(
        [sys.executable, "-m", "dev.script", database, str(script), *steps],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    """Wait for a script and fail with what it said if it failed; return that."""
    output, _none = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    return output


def kill_after(process, word, times=1):
    """Kill a script once it has said ``word``, so many times; fail if it never does."""
    said, seen = [], 0
    for line in process.stdout:
        said.append(line)
        seen += line.startswith(word)
        if seen == times:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    assert seen == times, "".join(said)


# IN THE SCRIPT


def say(word):
    """Tell the test how far the script is."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def say_and_wait(word):
    """Tell the test that now is the moment to kill the script."""
    say(word)
    threading.Event().wait(STILL)


def race(env, *functions, uid=SUPERUSER_ID):
    """Run each function in its own transaction, all with snapshots of one moment.

    :param env: the script's environment; what it has committed is what they see
    :param functions: each takes an environment of its own
    :param uid: the user they run as
    :return: what each returned, or the exception it raised
    """
    database = env.cr.dbname
    barrier, results = threading.Barrier(len(functions)), [None] * len(functions)

    def run(number, function):
        threading.current_thread().dbname = database
        with Registry(database).cursor() as cr:
            own = api.Environment(cr, uid, {})
            cr.execute("SELECT 1 FROM res_users LIMIT 1")  # takes the snapshot
            barrier.wait(30)
            try:
                results[number] = retrying(partial(function, own), own)
                cr.commit()
            except Exception as error:
                cr.rollback()
                results[number] = error

    threads = [
        threading.Thread(target=run, args=(number, function))
        for number, function in enumerate(functions)
    ]
    with patch("time.sleep"):  # the retries' waits prove nothing
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    env.cr.rollback()  # a fresh snapshot, to see what they did
    env.invalidate_all()
    return results
