# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The form of a program: a ledger is kept once and for all."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import LoyaltyCase


@tagged("standard", "post_install", "-at_install")
class TestProgramScreen(LoyaltyCase):
    def test_ledger_is_turned_on_by_the_button(self):
        plain = self.create_program(is_ledger=False, name="Plain")
        card = self.card(program=plain)
        card.points = 30
        with self.assertRaises(AccessError):
            plain.with_user(self.clerk).action_open_ledger()
        self.assertFalse(plain.is_ledger)
        plain.with_user(self.manager).action_open_ledger()
        self.assertTrue(plain.is_ledger)
        self.assertEqual(card.entry_ids.kind, "opening")
        self.assertEqual(card.entry_ids.points, 30)
        with self.assertRaises(UserError):
            plain.with_user(self.manager).is_ledger = False
        self.assert_whole()

    def test_manager_edits_the_ledger_page(self):
        grades = self.env["crm.grade"].search([])
        program = self.program.with_user(self.manager)
        with Form(program, "loyalty.loyalty_program_view_form") as form:
            form.earn_on = "payment"
            form.earn_delay_days = 14
            form.breakage_rate = 0.2
            with form.multiplier_ids.new() as line:
                line.grade_id = grades[0]
                line.factor = 1.5
            with form.campaign_ids.new() as line:
                line.name = "Double points in May"
                line.date_from = "2026-05-01"
                line.date_to = "2026-05-31"
        self.assertEqual(program.multiplier_ids.factor, 1.5)
        self.assertEqual(program.campaign_ids.factor, 2)
        self.assertEqual(program.campaign_count, 1)
        self.assertEqual((program.earn_on, program.earn_delay_days), ("payment", 14))

    def test_buttons_lead_to_the_program(self):
        card = self.card()
        action = self.program.action_open_loyalty_cards()
        found = self.env["loyalty.card"].search(action["domain"])
        self.assertEqual(found, card)
        self.assertEqual(action["views"][0][1], "list")
        views = [view for view, kind in action["views"] if kind == "form"]
        member = self.env.ref("crm_loyalty.loyalty_card_view_form_member")
        self.assertEqual(views, member.ids)
        plain = self.create_program(is_ledger=False, name="Plain")
        native = plain.action_open_loyalty_cards()
        self.assertNotIn(member.id, [view for view, _kind in native["views"]])
        for name in ("action_view_campaigns", "action_view_entries"):
            action = getattr(self.program, name)()
            self.assertIn(("program_id", "=", self.program.id), action["domain"])

    def test_native_form_hides_what_bypasses_the_ledger(self):
        arch = self.env["loyalty.card"].get_view(
            self.env.ref("loyalty.loyalty_card_view_form").id, "form"
        )["arch"]
        self.assertIn(
            'name="action_loyalty_update_balance" class="p-0 text-info fw-normal" '
            'type="object" invisible="is_ledger"',
            " ".join(arch.split()),
        )

    def test_reconcile_now(self):
        card = self.card()
        card._post_points([{"kind": "earn", "points": 10, "key": "a"}])
        checks = self.env["crm.loyalty.check"]
        with self.assertRaises(AccessError):
            checks.with_user(self.clerk).action_check_now()
        action = checks.with_user(self.manager).action_check_now()
        check = checks.browse(action["res_id"])
        self.assertEqual(check.difference_count, 0)
        self.env.cr.execute(
            "UPDATE loyalty_card SET points = 11 WHERE id = %s", [card.id]
        )
        action = checks.with_user(self.manager).action_check_now()
        check = checks.browse(action["res_id"]).with_user(self.manager)
        self.assertEqual(check.line_ids.mapped("rule"), ["balance", "lots"])
        self.assertEqual(check.line_ids[0].action_open_card()["res_id"], card.id)

    def test_campaign_needs_a_ledger(self):
        plain = self.create_program(is_ledger=False, name="Plain")
        with self.assertRaises(UserError):
            plain.write(
                {
                    "campaign_ids": [
                        Command.create(
                            {
                                "name": "May",
                                "date_from": "2026-05-01",
                                "date_to": "2026-05-31",
                            }
                        )
                    ]
                }
            )

    def test_of_two_alike_the_older_comes_first(self):
        """Which reward and which program comes first decides what is taken off."""
        first, second = self.create_program(), self.create_program()
        first.reward_ids.copy({"program_id": first.id})
        programs, rewards = first | second, first.reward_ids
        self.assertEqual(len(rewards), 2)
        for table, oldest in (("loyalty_program", first), ("loyalty_reward", rewards)):
            self.env.flush_all()
            # a row that is written anew comes last where nothing says otherwise
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = write_date WHERE id = %s",
                    SQL.identifier(table),
                    min(oldest.ids),
                )
            )
        # as they lie in the table: an index would find them in their old order
        self.env.cr.execute("SET LOCAL enable_indexscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        self.env.invalidate_all()
        self.assertEqual(programs.search([("id", "in", programs.ids)]), programs)
        self.assertEqual(first.reward_ids.ids, sorted(rewards.ids))
