# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The portal page: a customer says what we may send, and sees it kept."""

import re

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_service_excellence.models.crm_consent_answer import CHANNEL_CODES

from .consent_common import ConsentCommon

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
CHECKED = re.compile(r'name="(\w+\.\w+)" checked="checked"')


@tagged("post_install", "-at_install")
class TestCarePortal(ConsentCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana_user = cls._create_portal_user("care_portal_ana", cls.ana)
        cls.ben_user = cls._create_portal_user("care_portal_ben", cls.ben)
        cls.today = cls.company._crm_today()

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _page(self, url="/my/care", status=200):
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, url)
        return response.text

    def _post(self, url="/my/care", token=None, **data):
        """Post what the page holds, with changes; None takes a box off."""
        page = self._page()
        form = dict.fromkeys(CHECKED.findall(page), "1")
        form["csrf_token"] = CSRF.search(page).group(1) if token is None else token
        form.update(data)
        form = {name: value for name, value in form.items() if value is not None}
        response = self.url_open(url, data=form, allow_redirects=False)
        self.env.invalidate_all()
        return response

    # PAGE

    def test_home_leads_to_it(self):
        self._log_in(self.ana_user)
        self.assertIn('href="/my/care"', self._page("/my/home"))

    def test_what_counts_is_shown(self):
        self._answer(self.ana, "greeting", "sms", False)
        self._log_in(self.ana_user)
        checked = set(CHECKED.findall(self._page()))
        self.assertIn("greeting.email", checked)
        self.assertIn("service.sms", checked)
        self.assertNotIn("greeting.sms", checked)
        self.assertNotIn("marketing.email", checked, "asked for before")

    def test_page_is_private(self):
        self._log_in(self.ana_user)
        headers = self.url_open("/my/care").headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertIn("noindex", headers["X-Robots-Tag"])

    def test_strangers_log_in_first(self):
        response = self.url_open("/my/care", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])

    def test_looking_changes_nothing(self):
        self._log_in(self.ana_user)
        self._page("/my/care?greeting.email=&done=saved&what=all")
        self._page("/my/care/stop?what=all", status=405)
        self.assertFalse(self._current(self.ana))

    # SAVE

    def test_only_what_was_changed_is_an_answer(self):
        self._log_in(self.ana_user)
        response = self._post(**{"greeting.email": None, "marketing.sms": "1"})
        self.assertEqual(response.status_code, 303)
        self.assertEqual(
            self._current(self.ana),
            {("greeting", "email"): False, ("marketing", "sms"): True},
        )
        row = self.consents.search([("partner_id", "=", self.ana.id)])
        self.assertEqual(set(row.mapped("source")), {"portal"})
        self.assertEqual(row.user_id, self.ana_user)
        self._post()
        self.assertEqual(len(self._current(self.ana)), 2, "pressed again")

    def test_a_task_without_a_channel_left_is_skipped(self):
        task = self._create_task(self._create_rule(("email",)), self.ana)
        self._log_in(self.ana_user)
        self._post(**{"greeting.email": None})
        self.assertRecordValues(task, [{"state": "skipped", "reason_code": "consent"}])
        self.assertIn("Withdrew consent in the portal on", task.reason)

    def test_birthday_and_preferences(self):
        self._log_in(self.ana_user)
        self._post(
            birth_calendar="lunar",
            birth_month="6",
            birth_day="30",
            birth_leap="1",
            birth_year="",
            preferred="wechat",
            lang="en_US",
        )
        self.assertRecordValues(
            self.ana,
            [
                {
                    "crm_birth_calendar": "lunar",
                    "crm_birth_month": 6,
                    "crm_birth_day": 30,
                    "crm_birth_leap": True,
                    "crm_birth_year": 0,
                    "crm_preferred_channel": "wechat",
                    "lang": "en_US",
                }
            ],
        )
        self._post(birth_calendar="")
        self.assertFalse(self.ana.crm_birth_calendar)
        self.assertEqual(self.ana.crm_birth_day, 0)
        self.assertFalse(self.ana.crm_birth_leap)

    def test_a_wrong_birthday_saves_nothing(self):
        self._log_in(self.ana_user)
        wrong = [
            {"birth_calendar": "solar", "birth_month": "4", "birth_day": "31"},
            {"birth_calendar": "lunar", "birth_month": "4", "birth_day": "31"},
            {"birth_calendar": "solar", "birth_month": "13", "birth_day": "1"},
            {"birth_calendar": "solar", "birth_month": "", "birth_day": ""},
            {"birth_calendar": "solar", "birth_month": "x", "birth_day": "\u0663"},
            {"birth_calendar": "solar", "birth_month": "-1", "birth_day": "1"},
            {
                "birth_calendar": "solar",
                "birth_month": "2",
                "birth_day": "29",
                "birth_year": "1990",
            },
            {
                "birth_calendar": "solar",
                "birth_month": "2",
                "birth_day": "2",
                "birth_year": "90",
            },
            {
                "birth_calendar": "lunar",  # 2023 had a leap month 2, not 3
                "birth_month": "3",
                "birth_day": "2",
                "birth_leap": "1",
                "birth_year": "2023",
            },
        ]
        for values in wrong:
            with self.subTest(**values):
                response = self._post(**{"greeting.email": None, **values})
                self.assertEqual(response.status_code, 200)
                self.assertIn("o_care_error", response.text)
                self.assertNotIn("greeting.email", CHECKED.findall(response.text))
                self.assertFalse(self.ana.crm_birth_month)
                self.assertFalse(self._current(self.ana))

    def test_rubbish_is_no_preference(self):
        self._log_in(self.ana_user)
        lang = self.ana.lang
        self._post(preferred="pigeon", lang="xx_XX", **{"spam.fax": "1"})
        self.assertFalse(self.ana.crm_preferred_channel)
        self.assertEqual(self.ana.lang, lang)
        self.assertFalse(self._current(self.ana))

    # STOP

    def test_stop_offers_and_stop_all(self):
        self._log_in(self.ana_user)
        self._post("/my/care/stop", what="offers")
        self.assertEqual(
            self._current(self.ana),
            {("marketing", channel): False for channel in CHANNEL_CODES},
        )
        self._post("/my/care/stop", what="all")
        answers = self._current(self.ana)
        self.assertEqual(
            {purpose for purpose, _c in answers}, {"marketing", "greeting"}
        )
        self.assertEqual(set(answers.values()), {False})
        self.assertEqual(self._post("/my/care/stop", what="x").status_code, 404)

    # WHOSE

    def test_the_page_is_always_the_readers_own(self):
        self._log_in(self.ana_user)
        self._post(
            partner_id=str(self.ben.id),
            id=str(self.ben.id),
            **{"greeting.email": None},
        )
        self.assertFalse(self._current(self.ben))
        self.assertFalse(self._current(self.firm))
        self.assertEqual(self._current(self.ana), {("greeting", "email"): False})
        self._log_in(self.ben_user)
        self.assertIn("greeting.email", CHECKED.findall(self._page()))

    def test_what_the_company_refused_is_shown_and_left(self):
        self._answer(self.firm, "greeting", "sms", False)
        self._log_in(self.ana_user)
        page = self._page()
        self.assertIn("refused by your company", page)
        self._post(**{"greeting.sms": "1"})
        self.assertFalse(self._current(self.ana))

    @mute_logger("odoo.http")
    def test_no_token_no_change(self):
        self._log_in(self.ana_user)
        for url in ("/my/care", "/my/care/stop"):
            response = self._post(url, token="", what="all")
            self.assertEqual(response.status_code, 400)
            response = self._post(url, token="forged", what="all")
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self._current(self.ana))

    def test_answers_are_listed_for_the_reader_only(self):
        self._answer(self.ben, "greeting", "gift", False, note="SECRET")
        self._log_in(self.ana_user)
        self.assertIn("not told us anything yet", self._page())
        self._log_in(self.ben_user)
        page = self._page()
        self.assertIn("list-group-item", page)
        self.assertNotIn("SECRET", page)

    # TOUR

    def test_tour_withdraw_greetings_and_see_the_task_skipped(self):
        task = self._create_task(self._create_rule(("email", "phone")), self.ana)
        self.start_tour(
            "/my/home", "crm_service_excellence_care_portal", login=self.ana_user.login
        )
        self.env.invalidate_all()
        self.assertRecordValues(task, [{"state": "skipped", "reason_code": "consent"}])
        self.assertIn("Withdrew consent in the portal on", task.reason)
        self.assertEqual(
            self._current(self.ana),
            {("greeting", channel): False for channel in CHANNEL_CODES},
        )
        # The colleague sees it where work is looked up
        self.start_tour(
            "/odoo/action-crm_service_excellence.crm_care_task_action",
            "crm_service_excellence_care_withdrawn",
            login=self.care_own.login,
        )
