# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One story of a customer: whole, in order, and only for those who may read it."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.crm_service_excellence.models.crm_timeline import TimelineSource

from .common import CareCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-18 09:00:00")
class TestTimeline(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.care_manager.tz = "Asia/Shanghai"
        cls.partner = cls._create_partner("Hengda", user_id=cls.care_own.id)
        cls.contact = cls._create_partner("Ms Chen", parent_id=cls.partner.id)
        cls.env.ref("account.group_account_readonly").user_ids += cls.care_manager
        cls.env.ref("sales_team.group_sale_manager").user_ids += cls.care_manager

    def _touch(self, moment="2026-09-01 02:00:00", **values):
        return self.env["crm.touchpoint"].create(
            {
                "partner_id": self.partner.id,
                "date": moment,
                "user_id": self.care_own.id,
                **values,
            }
        )

    def _order(self, moment, partner=None):
        order = self.env["sale.order"].create(
            {"partner_id": (partner or self.contact).id, "date_order": moment}
        )
        order.write({"state": "sale", "date_order": moment})
        return order

    def _page(self, user=None, **values):
        user = user or self.care_manager
        partner = self.partner.with_user(user).with_context(
            tz=user.tz, allowed_company_ids=self.company.ids
        )
        return partner.crm_timeline_page(**values)

    def _all(self, limit, user=None, **values):
        """Every entry, page by page, as (model, id)."""
        found, before = [], None
        for _n in range(100):
            page = self._page(user, limit=limit, before=before, **values)
            self.assertLessEqual(len(page["entries"]), limit)
            found += [(e["res_model"], e["res_id"]) for e in page["entries"]]
            before = page["next"]
            if not before:
                return found
        raise AssertionError("The story never ends.")

    def test_every_kind_newest_first(self):
        touch = self._touch(contact_id=self.contact.id, summary="About line 3")
        order = self._order("2026-09-02 02:00:00")
        invoice = self._create_invoice(self.contact, "2026-09-03", 100)
        refund = self._create_invoice(self.partner, "2026-09-04", 30, "out_refund")
        self._create_invoice(self.partner, "2026-09-05", 5, post=False)
        self._touch(partner_id=self._create_partner("Other").id)
        page = self._page()
        self.assertFalse(page["next"])
        seen = [
            (e["kind"], e["res_id"], e["date"], e["title"]) for e in page["entries"]
        ]
        self.assertEqual(
            seen,
            [
                ("invoice", refund.id, "2026-09-04", f"Refund {refund.name}"),
                ("invoice", invoice.id, "2026-09-03", f"Invoice {invoice.name}"),
                ("order", order.id, "2026-09-02 02:00:00", f"Order {order.name}"),
                ("touch", touch.id, "2026-09-01 02:00:00", "Phone with Ms Chen"),
            ],
        )
        self.assertEqual([e["amount"] for e in page["entries"][:2]], [-30, 100])
        last = page["entries"][-1]
        self.assertEqual(last["text"], "About line 3")
        self.assertEqual(last["user"], self.care_own.name)
        self.assertEqual(last["icon"], "fa-phone")
        self.assertEqual(
            [kind["kind"] for kind in page["kinds"] if kind["kind"] != "visit"],
            ["touch", "order", "invoice", "goodwill", "care", "consent"],
        )

    def test_a_contact_shows_the_story_of_its_company(self):
        touch = self._touch()
        page = self.contact.with_user(self.care_own).crm_timeline_page()
        self.assertEqual([e["res_id"] for e in page["entries"]], [touch.id])

    def test_one_kind_only(self):
        self._touch()
        order = self._order("2026-09-02 02:00:00")
        self.assertEqual(self._all(5, kinds=["order"]), [("sale.order", order.id)])

    def test_pages_without_gaps_or_doubles(self):
        """Many at one moment, of several kinds, and fractions of a second."""
        midnight = "2026-08-31 16:00:00"  # where 1 September begins in Shanghai
        rows = [self._touch(midnight) for _n in range(4)]
        rows += [self._order(midnight) for _n in range(3)]
        rows += [
            self._create_invoice(self.partner, "2026-09-01", 10) for _n in range(4)
        ]
        rows += [self._create_invoice(self.partner, "2026-08-31", 10)]
        rows += [self._touch("2026-09-01 02:00:00"), self._order("2026-08-31 02:00:00")]
        fraction = self._touch("2026-09-01 02:00:00")
        rows += [fraction, self._touch("2026-09-01 02:00:00")]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_touchpoint SET date = %s WHERE id = %s",
                datetime(2026, 9, 1, 2, 0, 0, 500),
                fraction.id,
            )
        )
        self.env.invalidate_all()
        wanted = {(row._name, row.id) for row in rows}
        whole = self._all(100)
        self.assertEqual(set(whole), wanted)
        self.assertEqual(len(whole), len(wanted))
        for limit in range(1, 8):
            self.assertEqual(self._all(limit), whole, limit)
        for tz in ("America/New_York", "UTC", "Asia/Kathmandu"):
            self.care_manager.tz = tz
            self.assertEqual(sorted(self._all(2)), sorted(wanted), tz)

    def test_what_comes_in_meanwhile_shifts_no_page(self):
        old = [self._touch(f"2026-08-{day:02} 02:00:00") for day in range(10, 14)]
        first = self._page(limit=2)
        self._touch("2026-09-10 02:00:00")
        second = self._page(limit=2, before=first["next"])
        ids = [e["res_id"] for e in first["entries"] + second["entries"]]
        self.assertEqual(ids, [touch.id for touch in reversed(old)])
        self.assertFalse(second["next"])

    def test_as_many_queries_for_five_as_for_fifty(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page(limit=100)
            return self.env.cr.sql_log_count - before

        for n in range(5):
            self._touch(contact_id=self.contact.id)
            self._order(f"2026-09-0{n + 1} 02:00:00")
        count()  # caches that are warm in real life
        five = count()
        for n in range(45):
            colleague = self._create_partner(f"Contact {n}", parent_id=self.partner.id)
            self._touch(contact_id=colleague.id)
            self._order("2026-09-06 02:00:00", partner=colleague)
        self.assertEqual(count(), five)

    def test_a_visit_is_shown_once(self):
        visit = self.env["crm.visit"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.care_own.id,
                "company_id": self.company.id,
                "date": "2026-09-10",
                "purpose": "Annual talk",
            }
        )
        visit.sudo().write(
            {"state": "reported", "outcome": "achieved", "report": "They are content"}
        )
        self._touch(channel="visit", res_model="crm.visit", res_id=visit.id)
        self.assertEqual(self._all(5, self.care_own), [("crm.visit", visit.id)])
        entry = self._page(self.care_own)["entries"][0]
        self.assertEqual(entry["text"], "They are content")
        visit.sudo().write({"state": "cancelled"})
        self.assertFalse(self._all(5, self.care_own))

    # RIGHTS

    def test_what_may_not_be_read_is_not_there(self):
        mine = self._touch()
        order = self._order("2026-09-02 02:00:00")
        order.user_id = self.care_all
        self.assertEqual(self._all(5, self.care_own), [("crm.touchpoint", mine.id)])
        kinds = [kind["kind"] for kind in self._page(self.care_own)["kinds"]]
        self.assertNotIn("order", kinds)
        self.partner.user_id = False
        foreign = self._touch(user_id=self.care_all.id)
        self.assertEqual(self._all(5, self.care_own), [("crm.touchpoint", mine.id)])
        self.assertIn(("crm.touchpoint", foreign.id), self._all(5, self.care_all))

    def test_a_partner_that_may_not_be_read(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "care_test_portal",
                "group_ids": self.env.ref("base.group_portal").ids,
            }
        )
        with self.assertRaises(AccessError):
            self.partner.with_user(portal).crm_timeline_page()

    # SOURCES

    def test_a_source_more(self):
        self._touch("2026-09-01 02:00:00")
        timeline = self.env["crm.timeline"]
        own = timeline._timeline_sources()
        user = self.care_own
        user.partner_id.commercial_partner_id = self.partner
        more = TimelineSource(
            "People",
            "fa-user",
            "res.partner",
            "create_date",
            lambda partner: [("id", "=", self.contact.id)],
            lambda record: {"title": record.name},
        )
        missing = more._replace(model="crm.not.installed")
        with patch.object(
            type(timeline),
            "_timeline_sources",
            lambda model: {**own, "person": more, "missing": missing},
        ):
            page = self._page()
            self.assertEqual(self._all(1)[0], ("res.partner", self.contact.id))
        self.assertEqual(page["entries"][0]["title"], "Ms Chen")
        self.assertNotIn("missing", [kind["kind"] for kind in page["kinds"]])

    def test_a_day_is_the_reader_s_day(self):
        timeline = self.env["crm.timeline"].with_context(tz="Asia/Shanghai")
        self.assertEqual(timeline._moment(date(2026, 9, 1)), datetime(2026, 8, 31, 16))
