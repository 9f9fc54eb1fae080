# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, request, route

from .portal import not_found, private

# What a contact may choose on the page.
CHOICES = ("email", "purpose", "all")
ONE_CLICK = "One-Click"
URL = "/care/unsubscribe/<string:token>"


class CareUnsubscribe(Controller):
    """The link in every message: stop more of its kind, without a password.

    The signed address says whose it is. A GET shows a page and changes nothing: mail
    servers follow links. Mail programs POST by themselves when the reader presses their
    own button (RFC 8058); they know no session, hence no csrf token, and the signature
    stands for it.
    """

    def _read(self, token):
        """What the link is about; ends with 404 if it is not one of ours."""
        about = request.env["res.partner"]._care_by_token(token)
        if not about:
            not_found()
        partner, _company, _purpose = about
        if partner.lang:
            request.update_context(lang=partner.lang)
        return about

    @route(
        URL,
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def care_unsubscribe(self, token, done=None, **_kw):
        partner, company, purpose = self._read(token)
        titles = request.env["res.partner"]._care_portal_words()
        name, _at, domain = (partner.email or "").partition("@")
        response = request.render(
            "crm_service_excellence.public_unsubscribe",
            {
                "company": company.name,
                # whoever got the message forwarded need not learn the address
                "address": f"{name[:1]}…@{domain}" if domain else "",
                "what": titles[purpose][0],
                "purpose": purpose,
                "choice": "email",
                "is_done": done if done in CHOICES else None,
            },
        )
        return private(response)

    @route(
        URL,
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
        max_content_length=16 * 1024,
    )
    def care_unsubscribe_confirm(self, token, choice="email", **params):
        partner, company, purpose = self._read(token)
        is_one_click = params.get("List-Unsubscribe") == ONE_CLICK
        if is_one_click or choice not in CHOICES:
            choice = "email"
        if choice == "email":
            partner._care_stop(company, (purpose,), "mail", ("email",))
        elif choice == "purpose":
            partner._care_stop(company, (purpose,), "mail")
        else:
            purposes = {"greeting", "marketing", purpose}
            partner._care_stop(company, sorted(purposes), "mail")
        if is_one_click:
            return private(request.make_response("", [("Content-Type", "text/plain")]))
        response = request.redirect(f"{request.httprequest.path}?done={choice}")
        return private(response)
