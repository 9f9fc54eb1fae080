# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Run a script inside Odoo: ``python -m dev.script DATABASE FILE|- [ARGUMENT...]``.

``odoo shell`` loses the exit status of a script and goes on after an
exception of it; this does not.  Started by :mod:`dev.shell`, with Odoo on the
path and its configuration in ``ODOO_RC``.
"""

import os
import sys
import threading
from pathlib import Path


def main(name: str, script: str, *arguments: str) -> None:
    """Run ``script`` on the database ``name``; roll back what it leaves open."""
    from odoo import api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    if script == "-":
        title, text = "<stdin>", sys.stdin.read()
    else:
        title, text = script, Path(script).read_text(encoding="utf-8")
    code = compile(text, title, "exec")
    config.parse_config(
        ["-c", os.environ["ODOO_RC"], "-d", name, "--log-level=warn"],
        setup_logging=True,
    )
    threading.current_thread().dbname = name
    registry = Registry(name)
    with registry.cursor() as cr:
        context = api.Environment(cr, api.SUPERUSER_ID, {})["res.users"].context_get()
        env = api.Environment(cr, api.SUPERUSER_ID, context)
        sys.argv = [title, *arguments]
        try:
            exec(code, {"__name__": "__main__", "env": env, "self": env.user})
        finally:
            # what the script did not commit is not kept
            cr.rollback()


if __name__ == "__main__":
    main(*sys.argv[1:])
