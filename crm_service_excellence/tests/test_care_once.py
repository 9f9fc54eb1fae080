# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The same matter under another key is none twice, and what is wanted again stays."""

from datetime import date
from unittest import skipUnless
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..tools import lunar
from .care_generate_common import TODAY, CareGenerateCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 04:00:00")
class TestCareOnce(CareGenerateCommon):
    def _merge(self, source, target):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (source | target).ids, target
        )
        self.env.invalidate_all()

    # ONCE MORE

    def test_what_is_sent_again_is_not_stale(self):
        rule = self._create_festival_rule(6, 1)
        self._plan(rule)
        task = self._tasks_of(rule).filtered(lambda one: one.due_date == TODAY)
        task.write({"state": "failed", "reason_code": "delivery", "reason": "Down"})
        again = task.with_user(self.care_manager)._send_again("The server is back")
        self._plan(rule)
        self.assertEqual(again.exists().state, "planned")
        rule.priority = "1"
        self.assertEqual(again.exists().state, "planned", "a changed rule")
        self.assertEqual(len(self._tasks_of(rule)), 3, "this year twice, and the next")

    # GRADES

    def _change_grade(self, kind, old, new):
        self.zhang.grade_id = new
        return self.env["crm.grade.change"].create(
            {
                "customer_id": self.zhang.id,
                "company_id": self.company.id,
                "kind": kind,
                "old_grade_id": old.id,
                "new_grade_id": new.id,
                "date": TODAY,
            }
        )

    def test_up_and_down_and_up_on_one_day(self):
        high, low = self.env["crm.grade"].search([], limit=2)
        rule = self._create_rule("grade_reached")
        first = self._change_grade("upgrade", low, high)
        self._plan(rule)
        self._tasks_of(rule).state = "done"
        self._change_grade("downgrade", high, low)
        self.assertEqual(self._plan(rule), 0)
        self._change_grade("upgrade", low, high)
        self.assertEqual(self._plan(rule), 0, "congratulated already")
        self.assertEqual(self._tasks_of(rule).res_id, first.id)

    # WARRANTIES

    def _two_pumps(self):
        """Bought on 1 July 2025 with a year each: the end comes on 1 July 2026."""
        product = self.env["product.product"].create(
            {"name": "Pump", "type": "service", "crm_warranty_months": 12}
        )
        order = self._create_order(self.partner, "2025-07-01 04:00:00", product=product)
        order.order_line.copy({"order_id": order.id})
        return order.order_line.sorted("id")

    def _return(self, line):
        """Credited whole: it has no warranty any more."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": line.product_id.id,
                            "quantity": line.product_uom_qty,
                            "price_unit": line.price_unit,
                            "tax_ids": False,
                            "sale_line_ids": [(6, 0, line.ids)],
                        },
                    )
                ],
            }
        )
        move.action_post()
        self.env.flush_all()

    def test_one_notice_though_the_line_it_names_is_returned(self):
        lines = self._two_pumps()
        rule = self._create_rule("warranty_end", {"days": 30})
        self._plan(rule)
        task = self._tasks_of(rule)
        self.assertEqual((task.res_id, task.due_date), (lines[0].id, TODAY))
        task.state = "done"
        self._return(lines[0])
        self.assertEqual(self._plan(rule), 0)

    def test_a_notice_that_was_never_sent_names_what_is_left(self):
        lines = self._two_pumps()
        rule = self._create_rule("warranty_end", {"days": 30})
        self._plan(rule)
        self._tasks_of(rule).state = "approved"
        self._return(lines[0])
        self._plan(rule)
        new = self._tasks_of(rule).filtered(lambda task: task.state == "planned")
        self.assertEqual(new.res_id, lines[1].id)

    # BIRTHDAYS

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_a_corrected_birthday_that_was_not_greeted(self):
        """8 October solar, agreed to, is the lunar 1/1 after all: 6 February 2027."""
        self._set_birthday(self.partner, 10, 8)
        rule = self._create_rule("birthday")
        self._plan(rule)
        task = self._tasks_of(rule)
        task.state = "approved"
        self._set_birthday(self.partner, 1, 1, "lunar")
        self._plan(rule)
        self.assertIn(("L2027", "2027-02-06"), self._planned(rule))
        task.write({"state": "done"})
        (self._tasks_of(rule) - task).unlink()
        self.assertEqual(self._plan(rule), 0, "greeted within half a year")
        task.write({"state": "skipped", "reason_code": "anchor"})
        self.assertEqual(self._plan(rule), 1)

    @skipUnless(lunar.is_available(), "lunar_python is not installed")
    def test_a_library_that_is_gone_takes_no_plan_along(self):
        """Lunar 8/15 is 25 September 2026."""
        self._set_birthday(self.partner, 8, 15, "lunar")
        rule = self._create_rule("birthday")
        self._plan(rule)
        task = self._tasks_of(rule)[0]
        self.assertEqual(str(task.occasion_date), "2026-09-25")
        with patch.object(lunar, "LunarYear", None):
            self._plan(rule)
            rule.priority = "2"
            self.assertEqual(task.exists().state, "planned")
            self.assertFalse(task._anchor_holds())
            self._set_birthday(self.partner, 8, 15)
            self.assertTrue(task._anchor_holds(), "by another calendar")

    # MERGED CONTACTS

    def test_who_was_held_out_stays_so_when_merged(self):
        rule = self._create_festival_rule()
        other = self._create_customer("Zhang again").partner_id
        self._plan(rule)
        task = self._tasks_of(rule, self.partner)
        task.write({"state": "skipped", "reason_code": "holdout", "is_holdout": True})
        self._merge(other, self.partner)
        self.assertEqual(set(self._tasks_of(rule).mapped("state")), {"skipped"})
        self.assertEqual(self._plan(rule), 0)

    def test_a_plan_moves_to_who_is_held_out(self):
        """Of every hundred ninety are held out: look for one of each kind."""
        people = [self._create_customer(f"P{n}").partner_id for n in range(60)]
        rule = self._create_festival_rule(holdout_percent=50)
        self._plan(rule)
        held = self._tasks_of(rule).filtered("is_holdout")
        open_task = (self._tasks_of(rule) - held)[0]
        target = held[0].partner_id
        self.assertIn(target, [self.partner, *people])
        held[0].unlink()
        self._merge(open_task.partner_id, target)
        self._plan(rule)
        self.assertEqual(
            [(task.state, task.is_holdout) for task in self._tasks_of(rule, target)],
            [("skipped", True)],
        )

    def test_a_silence_is_that_of_one_customer(self):
        """Silent since 21 February: 100 days are over on 1 June."""
        other = self._create_customer("Zhang again")
        silent = date(2026, 2, 21)
        other.last_order_date = silent
        child = self._create_partner("Child", parent_id=other.partner_id.id)
        rule = self._create_rule("dormancy", {"days": 100})
        both = self._create_rule("dormancy", {"days": 100}, recipient="contacts")
        self._plan(rule | both)
        (self._tasks_of(rule) | self._tasks_of(both)).write({"state": "done"})
        self.assertEqual(len(self._tasks_of(rule)), 1)
        self.assertEqual(self._tasks_of(both, child).state, "done")
        self._merge(other.partner_id, self.partner)
        self.zhang.last_order_date = silent
        self.assertEqual(child.parent_id, self.partner)
        self.assertEqual(self._plan(rule | both), 0)
        self.assertEqual(self._tasks_of(rule).res_id, self.zhang.id)

    # BAD INPUT

    def test_conditions_too_deep_to_be_read(self):
        rule = self._create_festival_rule(state="draft")
        with self.assertRaisesRegex(ValidationError, "cannot be evaluated"):
            rule.domain = "-" * 20000 + "1"
