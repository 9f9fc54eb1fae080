# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest.mock import patch

from lxml import etree

from odoo.tests import Form, freeze_time, tagged

from .care_task_common import MORNING, CareTaskCommon

MODULE = "crm_service_excellence"


@tagged("post_install", "-at_install")
class TestCareTaskScreens(CareTaskCommon):
    def _wizard(self, action, user):
        model = self.env[action["res_model"]].with_user(user)
        return Form(model.with_context(**action["context"]))

    def test_edit_one_on_the_form(self):
        task = self._create_task()
        with freeze_time(MORNING):
            action = task.with_user(self.care_own).action_edit_text()
            with self._wizard(action, self.care_own) as form:
                self.assertEqual(form.subject, "Happy birthday, Li Na")
                self.assertEqual(form.seen, task._fingerprint())
                self.assertTrue(form.needs_approval)
                form.subject = "Dear Li Na"
            form.record.action_save()
        self.assertEqual(task.subject, "Dear Li Na")
        self.assertEqual(task.body, "<p>Dear Li Na, all the best!</p>", "as it was")
        self.assertEqual(task.text_author_id, self.care_own)

    def test_a_form_that_was_open_while_somebody_else_wrote(self):
        task = self._create_task()
        action = task.with_user(self.care_own).action_edit_text()
        with self._wizard(action, self.care_own) as form:
            form.subject = "Mine"
            self._edit(task, subject="Theirs")
        with self.assertRaisesRegex(Exception, "changed the text meanwhile"):
            form.record.action_save()
        self.assertEqual(task.subject, "Theirs")

    def test_edit_several_on_the_form(self):
        tasks = self._create_task() | self._create_task(occurrence_key="2")
        action = tasks.with_user(self.care_all).action_edit_text()
        with self._wizard(action, self.care_all) as form:
            self.assertEqual((form.task_count, form.subject), (2, False))
            form.short_text = "Hello"
        with self.assertRaisesRegex(Exception, "needs a subject"):
            form.record.body = "<p>x</p>"
            form.record.action_save()
        form.record.body = False
        form.record.action_save()
        self.assertEqual(tasks.mapped("short_text"), ["Hello"] * 2)

    def test_decide_on_the_form(self):
        task = self._create_task()
        for action, user, state in (
            ("action_skip", self.care_own, "skipped"),
            ("action_send_again", self.care_manager, "skipped"),
        ):
            opened = getattr(task.with_user(user), action)()
            with self._wizard(opened, user) as form:
                form.reason = "Because"
            with freeze_time(MORNING):
                result = form.record.action_confirm()
            self.assertEqual(task.state, state)
        new = self.tasks.browse(result["res_id"])
        self.assertEqual(new.occurrence_key, "2026#2")
        opened = new.with_user(self.care_manager).action_refuse()
        with self._wizard(opened, self.care_manager) as form:
            form.reason = "Not at all"
        form.record.action_confirm()
        self.assertEqual(new.reason_code, "refused")

    def test_buttons_open_only_where_they_help(self):
        done = self._create_task(state="done")
        for action in ("action_skip", "action_refuse", "action_edit_text"):
            with self.assertRaisesRegex(Exception, "“Done”"):
                getattr(done.with_user(self.care_manager), action)()
        with self.assertRaisesRegex(Exception, "“Planned”"):
            self._create_task(occurrence_key="2").action_send_again()

    def test_the_customer_beside_the_text(self):
        customer = self.customers._follow(self.partner)
        customer.sudo().write(
            {
                "grade_id": self.gold.id,
                "last_touch_date": "2026-09-30",
                "last_order_date": "2026-09-01",
                "order_count_12m": 3,
                "revenue_12m": 1200,
            }
        )
        task = self._create_task().with_user(self.care_own)
        stranger = self._create_task(self._create_partner("Wang Wei"))
        with patch.object(
            self.registry["crm.customer"],
            "_care_hold_reasons",
            lambda customers: {one.id: ["Open complaint"] for one in customers},
        ):
            self.assertRecordValues(
                task,
                [
                    {
                        "customer_grade_id": self.gold.id,
                        "last_touch_date": date(2026, 9, 30),
                        "last_order_date": date(2026, 9, 1),
                        "order_count_12m": 3,
                        "revenue_12m": 1200,
                        "hold_text": "Open complaint",
                        "channel_text": "E-mail, Phone call",
                    }
                ],
            )
            self.assertFalse(stranger.hold_text or stranger.customer_id)
        task.sudo().channel = "phone"
        self.assertEqual(task.channel_text, "Phone call")

    def test_other_care_of_the_customer(self):
        """30 days before and after, of any contact; what is held out is none."""
        task = self._create_task()
        colleague = self._create_partner("Zhao Lei", parent_id=self.partner.id)
        for key, day, values in (
            ("a", "2026-09-12", {"state": "done"}),
            ("b", "2026-09-11", {}),
            ("c", "2026-11-11", {}),
            ("d", "2026-11-12", {}),
            ("e", "2026-10-20", {"is_holdout": True, "state": "skipped"}),
        ):
            self._create_task(colleague, occurrence_key=key, due_date=day, **values)
        self.assertEqual(
            task.with_user(self.care_own).recent_text.splitlines(),
            [
                "11/11/2026: Birthdays, Zhao Lei (Planned)",
                "09/12/2026: Birthdays, Zhao Lei (Done)",
            ],
        )

    def test_facts_of_many_in_few_queries(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(40)]
        )
        for partner in partners:
            self.customers._follow(partner)
        tasks = self.tasks.create([self._task_vals(one) for one in partners])
        names = ["customer_grade_id", "hold_text", "recent_text", "channel_text"]
        self.env.flush_all()
        counts = []
        for number in (5, 40):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tasks[:number].with_user(self.care_manager).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_filters(self):
        """Each filter and group-by of the screen can be used."""
        with freeze_time("2026-10-14 02:00:00"):  # Wednesday
            days = (
                "2026-10-11",
                "2026-10-12",
                "2026-10-14",
                "2026-10-18",
                "2026-10-19",
            )
            tasks = self.tasks.concat(
                *(self._create_task(occurrence_key=day, due_date=day) for day in days)
            )
            view = self.tasks.get_view(
                self.env.ref(f"{MODULE}.crm_care_task_view_search").id, "search"
            )
            domains = self._filter_domains(view["arch"])
            for name, numbers in (
                ("today", [2]),
                ("week", [1, 2, 3]),
                ("overdue", [0, 1]),
                ("to_approve", []),
                ("open", [0, 1, 2, 3, 4]),
            ):
                with self.subTest(name=name):
                    found = self.tasks.search(domains[name] + [("id", "in", tasks.ids)])
                    self.assertEqual(
                        found.ids, [tasks[number].id for number in numbers]
                    )
            for domain in domains.values():
                self.tasks.with_user(self.care_own).search(domain)

    def _filter_domains(self, arch):
        from odoo.tools.safe_eval import safe_eval

        return {
            node.get("name"): safe_eval(node.get("domain"), {"uid": self.env.uid})
            for node in etree.fromstring(arch).iter("filter")
            if node.get("domain")
        }

    # SCREENS

    def test_several_are_decided_upon_from_each_view(self):
        """The issue asks for it on the list and on the kanban by state."""
        for name, kind in (
            ("crm_care_task_view_list", "list"),
            ("crm_care_task_view_kanban", "kanban"),
            ("crm_care_task_view_kanban_mine", "kanban"),
            ("crm_care_task_view_kanban_approval", "kanban"),
        ):
            view_id = self.env.ref(f"{MODULE}.{name}").id
            view = self.tasks.with_user(self.care_own).get_view(view_id, kind)
            buttons = etree.fromstring(view["arch"]).findall("header/button")
            self.assertEqual(
                [button.get("name") for button in buttons],
                ["action_approve", "action_edit_text", "action_skip"],
                name,
            )

    def test_a_day_of_the_calendar_opens_without_columns(self):
        """On a phone the first of eight states would mostly be an empty screen."""
        arch = self.tasks.get_view(False, "kanban")["arch"]
        self.assertNotIn("default_group_by", etree.fromstring(arch).attrib)
        views = dict(
            (kind, view_id)
            for view_id, kind in self.env.ref(f"{MODULE}.crm_care_task_action").views
        )
        arch = self.tasks.get_view(views["kanban"], "kanban")["arch"]
        self.assertEqual(etree.fromstring(arch).get("default_group_by"), "state")

    def test_moments_by_the_clock_of_the_contact(self):
        """9:00 in Shanghai is 1:00 for the reader, and so it was shown."""
        task = self._create_task().with_user(self.care_own)
        task = task.with_context(tz="UTC", lang="en_US")
        self.assertEqual(
            task.window_text.replace("\u202f", " "),
            "10/12/26, 9:00 AM to 8:00 PM (Asia/Shanghai)",
        )
        self.contact.tz = "America/New_York"
        task.sudo().not_after = "2026-10-14 12:00:00"
        task.invalidate_recordset(["window_text"])
        self.assertEqual(
            task.window_text.replace("\u202f", " "),
            "10/11/26, 9:00 PM to 10/14/26, 8:00 AM (America/New_York)",
        )

    def test_why_not_and_why_not_yet(self):
        waits = self._create_task(wait_code="hold", wait_reason="Open complaint")
        skipped = self._create_task(
            occurrence_key="2",
            state="skipped",
            reason="Not wanted",
            wait_reason="Open complaint",
        )
        tasks = (waits | skipped).with_user(self.care_own)
        self.assertEqual(tasks.mapped("why"), ["Open complaint", "Not wanted"])

    def test_the_name_begins_with_whom_it_is_for(self):
        """Tags and calendars cut names off, and those of a rule begin alike."""
        self.assertEqual(self._create_task().display_name, "Li Na: Birthdays")

    def test_actions(self):
        """Menus lead to lists that the least of colleagues can read."""
        for name in ("", "_mine", "_approval"):
            action = self.env.ref(f"{MODULE}.crm_care_task_action{name}")
            action = action.with_user(self.care_own)._get_action_dict()
            for _view, kind in action["views"]:
                self.tasks.with_user(self.care_own).get_view(_view, kind)
        self.assertEqual(action["views"][0][1], "kanban")
        partner = self._create_task().with_user(self.care_own).action_open_partner()
        self.assertEqual(partner["res_id"], self.contact.id)
