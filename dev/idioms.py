# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Idioms of older Odoo versions that no linter sees.

Most of them are accepted by Odoo 19 and then ignored without a word: a
constraint that is never created, a name search that is never called. Hence a
plain scan of the text. ``lint`` and ``tests/test_static_idioms.py`` share it.
"""

import re
from pathlib import Path
from typing import NamedTuple

MAX_LINES = 400

PYTHON_IDIOMS = {
    r"_sql_constraints\s*=": "use models.Constraint; this one is never created",
    r"group_operator\s*=": "use aggregator=",
    r"auto_join\s*=": "use bypass_search_access=",
    r"\bodoo\.(osv|orm)\b": "import from odoo.api, odoo.fields, odoo.models",
    r"""type=['"]json['"]""": "use type='jsonrpc'",
    r"def name_get\b": "nobody calls it; use _compute_display_name",
    r"def _name_search\b": "nobody calls it; use _rec_names_search",
    r"self\._(cr|uid|context)\b": "use self.env.cr, .uid, .context",
    r"\.(check_access_rights|check_access_rule)\(": "use check_access, has_access",
    r"\._check_recursion\(": "use _has_cycle()",
    r"\.read_group\(": "use _read_group",
    r"\.toggle_active\(": "use action_archive, action_unarchive",
    r"\.user_has_groups\(": "use env.user.has_group",
    r"\bgroups_id\b": "use group_ids",
    r"\b(MetaCase|SavepointCase)\b": "use TransactionCase",
    r"odoo\.tests\.common\b": "import from odoo.tests",
    r"\bforce_company\b": "has no effect; use with_company",
    r"\.env\.user\.company_id\b": "use env.company, which follows the switcher",
    r"@api\.(multi|one|returns)\b": "drop it",
    r"-\*- coding": "drop it",
}
XML_IDIOMS = {
    r"<tree\b": "use <list>",
    r'\b(attrs|states)="': "use invisible=, readonly=, required= with Python",
    r"kanban-(box|menu)": 'use t-name="card", t-name="menu"',
    r"oe_chatter": "use <chatter/>",
    r'name="(numbercall|doall|groups_id)"': "this field is gone",
    r"\bt-(esc|raw)=": "use t-out",
    r"<(act_window|report)\b": "use <record>",
    r'view_mode">[^<]*\btree\b': "use list",
    r"<group\b[^>]*\bexpand=": "a bare <group> in a search view",
    r"app_settings_block": "use <app>, <block>, <setting>",
    r"context_today\(\)": "use 'today', '-3d', 'today -1m'",
}


class Finding(NamedTuple):
    """One place that uses an old idiom."""

    path: Path
    line: int
    text: str
    advice: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text.strip()!r}: {self.advice}"


def scan(addons):
    """Return the findings in the addons at these paths.

    Tests are left out in Python (they may speak of the old names), ``static``
    in XML (templates of the web client know other attributes).
    """
    findings = []
    for addon in addons:
        for path in sorted(addon.rglob("*.py")):
            if "tests" not in path.relative_to(addon).parts:
                findings += _scan_file(path, PYTHON_IDIOMS)
        for path in sorted(addon.rglob("*.xml")):
            if "static" not in path.relative_to(addon).parts:
                findings += _scan_file(path, XML_IDIOMS)
    return findings


def _scan_file(path, idioms):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for pattern, advice in idioms.items():
        for match in re.finditer(pattern, text):
            number = text.count("\n", 0, match.start())
            yield Finding(path, number + 1, lines[number], advice)


def too_long(root):
    """Return ``(path, number of lines)`` of the files beyond MAX_LINES.

    A file that long holds more than one thought; split it.
    """
    patterns = ("crm_*/**/*.py", "dev/**/*.py", "tests/**/*.py")
    paths = sorted(path for pattern in patterns for path in root.glob(pattern))
    counts = ((path, path.read_bytes().count(b"\n")) for path in paths)
    return [(path, count) for path, count in counts if count > MAX_LINES]
