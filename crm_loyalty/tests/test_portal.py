# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .portal_common import TODAY, PortalCase

BAD_MONTHS = (
    "2026-13",
    "2026-00",
    "0000-01",
    "9999-12",
    "x",
    "2026-03-01",
    "%00",
    "%C3%A9",
    "\N{ARABIC-INDIC DIGIT TWO}026-03",
    "' OR 1=1",
)


@tagged("standard", "post_install", "-at_install")
class TestPortal(PortalCase):
    def setUp(self):
        super().setUp()
        self.member_card = self.history()
        self.member_card.message_post(body="SECRET note")
        self.url = f"/my/loyalty/{self.member_card.id}"

    # PAGES

    def test_home_leads_to_the_statement(self):
        self.log_in(self.member_user)
        home = self.page("/my/home")
        self.assertIn('href="/my/loyalty"', home)
        self.assertIn(f'href="{self.url}"', home)
        self.assertNotIn(f'data-card_id="{self.member_card.id}"', home)
        self.assertIn("300 Points", home)
        cards = self.page("/my/loyalty")
        self.assertIn(f'href="{self.url}"', cards)
        response = self.url_open(
            f"/my/loyalty_card/{self.member_card.id}/history", allow_redirects=False
        )
        self.assertTrue(response.headers["Location"].endswith(self.url))

    def test_home_of_somebody_without_a_card(self):
        self.log_in(self.stranger_user)
        self.assertNotIn('href="/my/loyalty"', self.page("/my/home"))
        self.assertIn("not a member", self.page("/my/loyalty"))

    def test_other_programs_keep_odoos_own_box(self):
        other = self.create_program(name="Wallet", is_ledger=False)
        card = self.card(self.partner, other)
        card.points = 7
        self.log_in(self.member_user)
        self.assertIn(f'data-card_id="{card.id}"', self.page("/my/home"))
        self.page(f"/my/loyalty_card/{card.id}/history")
        self.page(f"/my/loyalty_card/{card.id}/history?sortby=x")
        self.page(f"/my/loyalty/{card.id}", 404)

    def test_statement_of_a_month(self):
        self.log_in(self.member_user)
        page = self.page(f"{self.url}?month=2026-02")
        self.assertIn("February 2026", page)
        self.assertIn("5 off your order", page)
        self.assertIn("Closing balance", page)
        self.assertNotIn("SECRET", page)
        current = self.page(self.url)
        self.assertIn("March 2026", current)
        self.assertIn("04/30/2026", current, "expires")

    def test_referral_link_where_the_program_rewards_it(self):
        self.log_in(self.member_user)
        self.assertNotIn("o_loyalty_referral", self.page(self.url))
        self.program.referral_enabled = True
        page = self.page(self.url)
        self.assertIn("o_loyalty_referral", page)
        self.assertIn(self.member_card._referral_url(), page)

    def test_arithmetic_of_an_earning(self):
        """Computed in words, from the snapshot of what was posted."""
        term = {
            "kind": "grade",
            "label": "Gold",
            "base": "199.90",
            "factor": "1.50",
            "points": "299.85",
        }
        line = {"line_id": 1, "name": "Pump", "terms": [term]}
        self.earn(
            self.member_card,
            299,
            "snapshot",
            None,
            TODAY,
            snapshot={"lines": [line], "caps": []},
        )
        self.log_in(self.member_user)
        self.assertIn("199.90 x 1.5 Gold", self.page(self.url))

    def test_pages_of_a_long_month(self):
        card = self.member_card
        for number in range(90):
            self.post(card, "event", 1, f"n{number}", TODAY, reason=f"No {number:02}")
        self.log_in(self.member_user)
        first, second = self.page(self.url), self.page(f"{self.url}/page/2")
        self.assertIn("No 00", first)
        self.assertNotIn("No 89", first)
        self.assertIn("No 89", second)
        self.assertIn("Carried over", second)
        self.assertIn("No 89", self.page(f"{self.url}/page/99999999999999999999"))
        self.page(f"{self.url}?page=x")

    def test_any_month_parameter_gives_the_current_month(self):
        self.log_in(self.member_user)
        for month in BAD_MONTHS:
            for path in (self.url, f"{self.url}/statement.pdf"):
                with self.subTest(month=month, path=path):
                    self.assertIn("March 2026", self.page(f"{path}?month={month}"))

    def test_paper(self):
        self.log_in(self.member_user)
        response = self.url_open(f"{self.url}/statement.pdf?month=2026-02")
        self.assertEqual(response.status_code, 200)
        self.assertIn("February 2026", response.text)
        self.assertNotIn("SECRET", response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_translated(self):
        """The reader's language, with its numbers."""
        german = self.env["res.lang"]._activate_lang("de_DE")
        if "website" in self.env:
            self.env["website"].search([]).language_ids |= german
        self.partner.lang = "de_DE"
        self.earn(self.member_card, 1234.5, "big", None, TODAY)
        self.log_in(self.member_user)
        # by Odoo's redirection to the address of the language
        page = self.url_open(self.url).text
        self.assertIn("1.534,50", page)
        self.assertIn("März 2026", page)

    def test_company_card_is_for_its_people(self):
        """The firm's points are; a colleague's are not."""
        card = self.history(self.firm)
        self.log_in(self.colleague_user)
        cards = self.page("/my/loyalty")
        self.assertIn(f'href="/my/loyalty/{card.id}"', cards)
        self.assertNotIn(f'href="{self.url}"', cards)
        self.page(f"/my/loyalty/{card.id}")
        self.page(self.url, 404)

    # LEAKS

    def test_others_get_the_same_404(self):
        foreign = self.history(self.stranger)
        archived = self.history(self.colleague)
        archived.active = False
        last = self.env["loyalty.card"].search([], order="id desc", limit=1).id
        self.log_in(self.stranger_user)
        self.assertIn("loyalty_stranger", self.page(f"/my/loyalty/{foreign.id}"))
        bodies = {
            self.same_body(self.page(url, 404))
            for url in (
                self.url,
                f"{self.url}/page/2",
                f"{self.url}?month=2026-02",
                f"{self.url}/statement.pdf",
                f"{self.url}/statement.pdf?month=2026-02",
                f"/my/loyalty/{archived.id}",
                f"/my/loyalty/{last + 1}",
                f"/my/loyalty/{last + 1000}",
                "/my/loyalty/0",
                "/my/loyalty/2147483647",
                "/my/loyalty/2147483648",
                "/my/loyalty/99999999999999999999",
                "/my/loyalty/99999999999999999999/statement.pdf",
            )
        }
        self.assertEqual(len(bodies), 1)
        for url in ("/my/loyalty/-1", "/my/loyalty/x", "/my/loyalty/1.5"):
            self.page(url, 404)
        for number in (self.member_card.id, last + 1, 99999999999999999999):
            response = self.url_open(
                f"/my/loyalty_card/{number}/history", allow_redirects=False
            )
            self.assertTrue(response.headers["Location"].endswith("/my"))

    def test_neighbours_ids(self):
        mine = self.history(self.stranger)
        self.log_in(self.stranger_user)
        for number in range(mine.id - 3, mine.id + 4):
            expected = 200 if number == mine.id else 404
            self.page(f"/my/loyalty/{number}", expected)

    def test_anonymous_logs_in_first(self):
        self.authenticate(None, None)
        for url in ("/my/loyalty", self.url, f"{self.url}/statement.pdf"):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])

    def test_archived_card_and_program(self):
        self.log_in(self.member_user)
        self.program.active = False
        self.page(self.url, 404)
        self.program.active = True
        self.page(self.url)
        self.member_card.active = False
        self.page(self.url, 404)

    def test_members_have_no_access_to_models(self):
        for name in (
            "loyalty.card",
            "crm.loyalty.entry",
            "crm.loyalty.lot",
            "crm.loyalty.pending",
            "crm.loyalty.hold",
            "crm.loyalty.reminder",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.member_user).search([])

    def test_pages_change_nothing(self):
        before = self.member_card.read(["points", "ledger_seq", "write_date"])
        self.log_in(self.member_user)
        for url in ("/my/loyalty", self.url, f"{self.url}/statement.pdf"):
            self.page(url)
        self.member_card.invalidate_recordset()
        self.assertEqual(
            self.member_card.read(["points", "ledger_seq", "write_date"]), before
        )

    def test_values_for_the_page_are_plain(self):
        """No record goes to a template, which could follow it to anything."""

        def check(value, path):
            if isinstance(value, dict):
                for key, item in value.items():
                    check(item, f"{path}.{key}")
            elif isinstance(value, list):
                for item in value:
                    check(item, path)
            else:
                self.assertIsInstance(value, str | int | bool | date | None, path)

        page = self.member_card._portal_page(date(2026, 3, 1))
        check(page, "page")
        check(self.member_card._portal_summary(), "summary")

    def test_tour(self):
        self.start_tour("/my/home", "crm_loyalty_portal", login=self.member_user.login)
