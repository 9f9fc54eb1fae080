# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Care knows deliveries and mass mailings where Odoo has them, and does without."""

from pathlib import Path

from dev import odoo, scratch, templates

from . import racing

SCRIPT = Path(__file__).with_name("companions.py")
COMPANIONS = ["sale_stock", "mass_mailing", "mass_mailing_sms", "sms_twilio"]
# with mailings left, Odoo logs an error about a medium of its own that it has to keep
UNINSTALL = f"""
env["mailing.mailing"].search([]).unlink()
modules = env["ir.module.module"].search(
    [("name", "in", {COMPANIONS!r}), ("state", "=", "installed")]
)
modules.button_immediate_uninstall()
"""


def _run(name, *steps):
    """Run a script; a warning in its log is a failure."""
    output = racing.finish(racing.start(name, *steps))
    complaints = "\n".join(odoo.complaints(output))
    assert not complaints, complaints


def test_with_companions_and_without_them_again(tmp_path):
    """One test, since each step stands on the one before it."""
    uninstall = tmp_path / "uninstall.py"
    uninstall.write_text(UNINSTALL)
    template = templates.addons_template(with_demo=False)
    with scratch.copy_of(template, "companions") as name:
        odoo.install(name, COMPANIONS, strict=True)
        _run(name, SCRIPT)
        _run(name, uninstall)
        _run(name, SCRIPT, "after")
