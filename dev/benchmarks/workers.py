# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo processes that stay, and measure an operation whenever they are asked to.

So that two databases can take turns, each with a process that has warmed up.
"""

import contextlib
import subprocess
import sys
from pathlib import Path

from .. import odoo, paths
from ..console import DevError

#: what a worker's answer begins with
ANSWER = "BENCH "


@contextlib.contextmanager
def worker(database: str, script: Path, *arguments: str, source=None):
    """Yield a function that has a script on a database do an operation.

    It returns the seconds and the number of queries.

    :param source: the Odoo to run, where it has more addons than usual
    """
    environ = odoo.environment(source=source)
    environ["PYTHONPATH"] += f":{paths.ROOT}"
    words = [sys.executable, "-m", "dev.script", database, str(script), *arguments]
    process = odoo.start(words, env=environ, stdin=subprocess.PIPE)

    def ask(operation):
        process.stdin.write(f"{operation}\n")
        process.stdin.flush()
        log = []
        for line in process.stdout:
            if line.startswith(ANSWER):
                seconds, queries = line.removeprefix(ANSWER).split()
                return float(seconds), int(queries)
            log.append(line)
        raise DevError("The worker on " + database + " failed:\n" + "".join(log[-30:]))

    try:
        yield ask
    finally:
        odoo.terminate(process)
