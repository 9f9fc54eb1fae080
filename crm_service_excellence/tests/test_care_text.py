# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, html_sanitize, mute_logger

from ..models.care_text import Cleaner
from .care_task_common import CareTaskCommon


@tagged("post_install", "-at_install")
class TestCareText(CareTaskCommon):
    def test_subject_body_and_short_text(self):
        task = self._create_task()
        self.assertEqual(task._write_text(), {})
        self.assertEqual(task.subject, "Happy birthday, Li Na")
        self.assertEqual(task.body, "<p>Dear Li Na, all the best!</p>")
        self.assertEqual(task.short_text, "Happy birthday, Li Na")

    def test_the_same_as_odoo_renders(self):
        self.template.write(
            {
                "subject": "{{ object.occasion_date.year }}, "
                "{{ object.wait_reason ||| you }}",
                "body_html": """<div><t t-set="who" t-value="object.partner_id"/>
                    <p t-if="object.grade_id">Graded</p><p t-else="">Not graded</p>
                    <t t-foreach="[1, 2]" t-as="i"><b t-out="i"/></t>
                    <t t-out="format_date(object.due_date)"/> <t t-out="who.name"/>
                    <a t-att-href="'/x/%s' % object.partner_id.id">here</a>
                    <img src="/logo.png"/></div>""",
            }
        )
        task = self._create_task()
        expected = self.template._generate_template(task.ids, ["subject", "body_html"])
        self.assertEqual(task._write_text(), {})
        self.assertEqual(task.subject, expected[task.id]["subject"].strip())
        self.assertEqual(task.subject, "2026, you")
        odoos = html_sanitize(str(expected[task.id]["body_html"]))
        self.assertHTMLEqual(str(task.body), str(odoos))
        self.assertIn("Li Na", task.body)
        self.assertIn('href="http', task.body, "links lead to this server")

    def test_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.template.with_context(lang="fr_FR")
        template.subject = "Bon anniversaire, {{ object.partner_id.name }}"
        template.body_html = '<p><t t-out="format_date(object.due_date)"/></p>'
        self.contact.lang = "fr_FR"
        other = self._create_partner("Wang Wei", lang="en_US")
        tasks = self._create_task() | self._create_task(other)
        tasks._write_text()
        self.assertEqual(
            tasks.mapped("subject"),
            ["Bon anniversaire, Li Na", "Happy birthday, Wang Wei"],
        )
        self.assertEqual(tasks[0].body, "<p>12/10/2026</p>")

    def test_the_language_of_the_customer_where_the_contact_has_none(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = False
        self.partner.lang = "fr_FR"
        self.assertEqual(self._create_task()._reader_lang(), "fr_FR")
        self.partner.lang = False
        self.company.partner_id.lang = "en_US"
        self.assertEqual(self._create_task(occurrence_key="2")._reader_lang(), "en_US")

    def test_names_are_escaped(self):
        self.contact.name = "<script>alert(1)</script>"
        task = self._create_task()
        task._write_text()
        self.assertNotIn("<script", task.body)
        self.assertIn("&lt;script&gt;", task.body)

    def test_markup_is_sanitized_for_each(self):
        """One is harmless, another of the same template is not."""
        self.template.body_html = (
            '<a t-att-href="object.partner_id.website" t-out="object.id"/>'
        )
        contacts = [
            self._create_partner(name, website="https://example.com/a")
            for name in ("One", "Two", "Three")
        ]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET website = 'javascript:alert(1)' WHERE id = %s",
            [contacts[2].id],
        )
        self.env.invalidate_all()
        tasks = self.tasks.concat(*(self._create_task(one) for one in contacts))
        tasks._write_text()
        self.assertIn("https://example.com/a", tasks[1].body)
        self.assertNotIn("javascript", tasks[2].body)

    def test_cleaner(self):
        seen = []

        def sanitize(source):
            seen.append(source)
            return source.replace("<script>x</script>", "")

        cleaner = Cleaner(sanitize)
        for name in ("Li", "Wang", "a &gt; b"):
            cleaner.clean(f'<p class="a>b">{name}</p>')
        self.assertEqual(len(seen), 1, "the same tags are harmless again")
        cleaner.clean('<p class="a>c">Li</p>')
        self.assertEqual(len(seen), 2, "other attributes are looked at")
        for _time in range(2):
            self.assertEqual(cleaner.clean("<p>x<script>x</script></p>"), "<p>x</p>")
            cleaner.clean("<p>1 < 2</p>")
            cleaner.clean('<p>x</p><!-- "> --><p>')
        self.assertEqual(len(seen), 8, "what is not plain is looked at each time")

    def test_values_do_not_leak_into_the_next(self):
        self.template.body_html = (
            '<div><t t-if="object.partner_id.comment" t-set="note" t-value="1"/>'
            '<p t-if="note">Noted</p><p t-else="">Plain</p></div>'
        )
        noted = self._create_partner("Noted", comment="VIP")
        tasks = self._create_task(noted) | self._create_task()
        self.assertFalse(tasks._write_text())
        self.assertIn("Noted", tasks[0].body)
        self.assertIn("Plain", tasks[1].body)

    def test_a_template_that_calls_another(self):
        self.env["ir.ui.view"].create(
            {
                "name": "part",
                "type": "qweb",
                "key": "crm_service_excellence.test_part",
                "arch": '<b t-name="crm_service_excellence.test_part">'
                '<t t-out="object.partner_id.name"/></b>',
            }
        )
        self.template.body_html = (
            '<p><t t-call="crm_service_excellence.test_part"/></p>'
        )
        task = self._create_task()
        self.assertEqual(task._write_text(), {})
        self.assertIn("<b>Li Na</b>", task.body)

    # FAILS ALONE

    def test_one_failing_does_not_stop_the_others(self):
        self.template.subject = "{{ 1 / len(object.partner_id.name or '') }}"
        nameless = self._create_partner("x", type="invoice", parent_id=self.partner.id)
        nameless.name = False
        tasks = self._create_task() | self._create_task(nameless)
        errors = tasks._write_text()
        self.assertEqual(list(errors), [tasks[1].id])
        self.assertIn("division", errors[tasks[1].id])
        self.assertIn("Birthdays", errors[tasks[1].id])
        self.assertEqual(tasks[0].subject, "0.2")
        self.assertFalse(tasks[1].body, "it has nothing rather than half")

    def test_the_sandbox_holds(self):
        for column, source in (
            ("subject", "{{ object.__class__ }}"),
            ("subject", "{{ ().__class__.__mro__ }}"),
            ("subject", "{{ open('/etc/passwd').read() }}"),
            ("body_html", '<p t-out="object.__class__"/>'),
            ("body_html", '<p t-out="().__class__.__mro__"/>'),
            ("body_html", "<p t-out=\"open('/etc/passwd').read()\"/>"),
        ):
            with self.subTest(column=column, source=source):
                template = self._create_template("Subject", "<p>x</p>")
                self._store_source(template, column, source)
                task = self._create_task(
                    rule=self._create_rule(template_id=template.id)
                )
                other = self._create_task(occurrence_key=f"{column} {source}")
                self.assertEqual(list((task | other)._write_text()), [task.id])
                self.assertFalse(task.subject or task.body)
                self.assertTrue(other.subject)

    def _store_source(self, template, column, source):
        """What Odoo's editor refuses, as if it had come in another way."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE mail_template SET %s = jsonb_build_object('en_US', %s::text)"
                " WHERE id = %s",
                SQL.identifier(column),
                source,
                template.id,
            )
        )
        self.env.invalidate_all()

    def test_no_subject(self):
        self.template.subject = False
        task = self._create_task()
        self.assertEqual(
            task._write_text(),
            {task.id: "The e-mail template Birthday mail has no subject."},
        )
        rule = self._create_rule(channels=("phone",))
        self.assertFalse(self._create_task(rule=rule)._write_text(), "no e-mail")

    def test_a_subject_that_comes_out_empty(self):
        self.template.subject = "{{ object.partner_id.comment }}"
        task = self._create_task()
        [words] = task._write_text().values()
        self.assertIn("is empty for this contact", words)

    def test_a_body_that_is_no_template(self):
        self._store_source(
            self.template, "body_html", '<p t-out="object.partner_id.nme"/>'
        )
        task = self._create_task()
        self.assertIn("nme", task._write_text()[task.id])
        self._store_source(self.template, "body_html", '<p t-if="1 +"/>')
        self.assertIn(task.id, task._write_text())

    @mute_logger("odoo.sql_db")
    def test_a_template_that_breaks_the_transaction(self):
        self.template.subject = (
            "{{ object.partner_id.name == 'Li Na' and "
            "object.env['res.partner'].browse(2**40).name or 'Hello' }}"
        )
        other = self._create_partner("Wang Wei")
        tasks = self._create_task() | self._create_task(other)
        errors = tasks._write_text()
        self.assertEqual(list(errors), [tasks[0].id])
        self.assertEqual(tasks[1].subject, "Hello")

    # ONCE

    def test_written_once_unless_forced(self):
        task = self._create_task()
        task._write_text()
        self.template.subject = "Congratulations"
        task._write_text()
        self.assertEqual(task.subject, "Happy birthday, Li Na")
        task._write_text(force=True)
        self.assertEqual(task.subject, "Congratulations")

    def test_what_was_edited_stays(self):
        task = self._create_task(subject="Mine", is_edited=True)
        task._write_text(force=True)
        self.assertEqual(task.subject, "Mine")
        self.assertFalse(task.body)

    def test_written_whoever_asks(self):
        task = self._create_task()
        self.template.subject = "{{ user.id }}"
        task.with_user(self.care_own)._write_text()
        first = task.subject
        task._write_text(force=True)
        self.assertEqual(task.subject, first)

    def test_500_in_a_constant_number_of_queries(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Contact {number}"} for number in range(500)]
        )
        tasks = self.tasks.create([self._task_vals(one) for one in partners])
        self.env.flush_all()
        tasks[:1]._write_text(force=True)  # warms caches of the registry
        counts = []
        for number in (50, 500):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(tasks[:number]._write_text(force=True))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[1], 20)
        self.assertEqual(tasks[499].subject, "Happy birthday, Contact 499")

    def test_fingerprint(self):
        task = self._create_task()
        task._write_text()
        first = task._fingerprint()
        self.assertEqual(len(first), 64)
        for name in ("subject", "body", "short_text"):
            task[name] = (task[name] or "") + "!"
            self.assertNotEqual(task._fingerprint(), first)
            first = task._fingerprint()
        one = self._create_task(occurrence_key="a", subject="ab")
        two = self._create_task(occurrence_key="b", subject="a", short_text="b")
        self.assertNotEqual(one._fingerprint(), two._fingerprint())

    # THE E-MAIL

    def _bodies(self, tasks):
        link = lambda task: f"https://care.example.com/u/{task.id}?a=1&b=2"  # noqa: E731
        kind = self.registry["crm.care.task"]
        with patch.object(kind, "_unsubscribe_url", link, create=True):
            return tasks._mail_bodies(
                tasks._unsubscribe_urls(), {task.id: task for task in tasks}
            )

    def test_footer(self):
        self.company.write({"street": "1 Nanjing Road", "city": "Shanghai"})
        other = self._create_partner("Wang Wei")
        tasks = self._create_task() | self._create_task(other)
        tasks._write_text()
        bodies = self._bodies(tasks)
        for task in tasks:
            self.assertIn(task.body, bodies[task.id])
            self.assertIn("Care Test Company, 1 Nanjing Road", bodies[task.id])
            self.assertIn(
                f'href="https://care.example.com/u/{task.id}?a=1&amp;b=2"',
                bodies[task.id],
            )
            self.assertEqual(bodies[task.id].count("https://care.example.com"), 1)
            self.assertNotIn("care-body", bodies[task.id])

    def test_each_footer_is_its_own(self):
        """Of two purposes, languages and companies in one batch."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref(
            "crm_service_excellence.care_mail_layout"
        ).update_field_translations(
            "arch_db", {"fr_FR": {"No longer want such messages?": "Assez ?"}}
        )
        far = self._create_rule(company_id=self._create_company("Other Company").id)
        firm = self._create_partner("Firm", is_company=True, lang="fr_FR")
        french = self._create_partner("Anne", parent_id=firm.id, lang=False)
        self.contact.lang = False  # and that of its company is English
        tasks = {
            "No longer want such": self._create_task(),
            "Choose what you hear": self._create_task(
                occurrence_key="2", purpose="service"
            ),
            "Assez ?": self._create_task(french),
            "Other Company": self._create_task(rule=far),
        }
        bodies = self._bodies(self.tasks.concat(*tasks.values()))
        for words, task in tasks.items():
            self.assertIn(words, bodies[task.id])
            for other in tasks.values() if words != "No longer want such" else ():
                self.assertEqual(words in bodies[other.id], other == task, words)

    def test_a_body_is_not_searched_for_marks(self):
        task = self._create_task(body="<p>\u2045care-body\u2046</p>", is_edited=True)
        self.assertIn(task.body, self._bodies(task)[task.id])
