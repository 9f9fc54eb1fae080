# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""No idiom of an older Odoo, no file that has grown beyond reading."""

from dev import idioms, paths

ADDONS = [paths.ROOT / name for name in paths.addons()]


def test_no_old_idiom():
    assert not list(map(str, idioms.scan(ADDONS)))


def test_no_file_is_too_long():
    assert not idioms.too_long(paths.ROOT)


def test_scan_sees_each_idiom(tmp_path):
    """Each pattern is proven on a line that it must find."""
    (tmp_path / "models.py").write_text(
        "\n".join(
            (
                "_sql_constraints = []",
                "self._cr.execute()",
                "from odoo.osv import expression",
                "def name_get(self):",
                "records.read_group([], [], [])",
                "view.groups_id",
            )
        )
    )
    (tmp_path / "views.xml").write_text(
        "<tree/>\n<field attrs=\"{}\"/>\n<div class='oe_chatter'/>\n"
        '<group expand="0" string="Group By"/>\n<t t-esc="name"/>\n'
    )
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_x.py").write_text("self._cr.execute()\n")
    found = {(item.path.name, item.line) for item in idioms.scan([tmp_path])}
    assert found == {("models.py", line) for line in range(1, 7)} | {
        ("views.xml", line) for line in range(1, 6)
    }


def test_too_long_counts_lines(tmp_path):
    package = tmp_path / "crm_x" / "models"
    package.mkdir(parents=True)
    (package / "long.py").write_text("x = 1\n" * (idioms.MAX_LINES + 1))
    (package / "short.py").write_text("x = 1\n" * idioms.MAX_LINES)
    assert [path.name for path, _count in idioms.too_long(tmp_path)] == ["long.py"]
