# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lists of terms are up to date, and the translations complete and known."""

import io

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

from dev import i18n, paths


def catalogue(addon):
    return paths.ROOT / addon / "i18n" / f"{addon}.pot"


@tagged("standard", "post_install", "-at_install")
class TestI18n(TransactionCase):
    """What the sources say is what the translators get."""

    def test_template_is_fresh(self):
        for addon in paths.addons():
            with self.subTest(addon=addon):
                buffer = io.BytesIO()
                trans_export(None, [addon], buffer, "po", self.env)
                fresh = i18n.normalise(buffer.getvalue().decode())
                path = catalogue(addon)
                stored = path.read_text(encoding="utf-8") if path.exists() else ""
                self.assertEqual(
                    self._terms(stored),
                    self._terms(fresh),
                    f"{path.name} is out of date: run `python3 -m dev i18n`",
                )
                self.assertEqual(stored, fresh, f"{path.name}: `python3 -m dev i18n`")

    def test_translations_are_complete_and_known(self):
        for addon in paths.addons():
            for path in sorted(catalogue(addon).parent.glob("*.po")):
                with self.subTest(addon=addon, language=path.stem):
                    translation = polib.pofile(str(path))
                    self.assertFalse(translation.fuzzy_entries())
                    self.assertFalse(
                        [entry.msgid for entry in translation.untranslated_entries()]
                    )
                    self.assertEqual(
                        self._terms(path.read_text(encoding="utf-8")),
                        self._terms(catalogue(addon).read_text(encoding="utf-8")),
                    )

    @staticmethod
    def _terms(text):
        return sorted({entry.msgid for entry in polib.pofile(text)}) if text else []
