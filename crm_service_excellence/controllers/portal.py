# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import werkzeug.exceptions

from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

# What one button stops.
STOPS = {"offers": ("marketing",), "all": ("greeting", "marketing")}


def private(response):
    """Nobody stores or lists the page, and the address is not told to others."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def not_found():
    """End the request with one and the same page, whatever was not found."""
    response = request.render("crm_service_excellence.portal_not_found", status=404)
    response.flatten()
    werkzeug.exceptions.abort(private(response))


class CarePortal(CustomerPortal):
    """What we may send a customer, and through what: said by the customer.

    Nobody outside has access to the models, and no address names a contact: the page is
    always the reader's own. Pages get plain values.
    """

    def _render_care(self, errors=None, typed=None, done=None):
        partner = request.env.user.partner_id
        page = partner._care_portal_values(request.env.company)
        if typed is not None:
            self._show_typed(page, typed)
        notices = {
            "saved": request.env._("Thank you. We keep to it from now on."),
            "stopped": request.env._("Done. It counts from now on."),
        }
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="care",
            page=page,
            errors=errors or {},
            notice=notices.get(done) if isinstance(done, str) else None,
        )
        response = request.render("crm_service_excellence.portal_my_care", values)
        return private(response)

    def _show_typed(self, page, typed):
        """Show what was typed again, next to what is wrong with it."""
        for purpose in page["purposes"]:
            for channel in purpose["channels"]:
                channel["checked"] = channel["name"] in typed
        for name in ("calendar", "month", "day", "year", "leap"):
            page["birthday"][name] = str(typed.get(f"birth_{name}") or "")[:10]
        page["preferred"] = typed.get("preferred") or ""
        page["lang"] = typed.get("lang") or page["lang"]

    @route(
        "/my/care",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def portal_my_care(self, done=None, **_kw):
        """Show what we may send to the reader."""
        return self._render_care(done=done)

    @route(
        "/my/care",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=64 * 1024,
    )
    def portal_my_care_save(self, **params):
        """Store what the reader chose."""
        partner = request.env.user.partner_id
        errors = partner._care_portal_save(request.env.company, params)
        if errors:
            return self._render_care(errors=errors, typed=params)
        # by another request: going back and forth stores nothing again
        return private(request.redirect("/my/care?done=saved"))

    @route(
        "/my/care/stop",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=64 * 1024,
    )
    def portal_my_care_stop(self, what=None, **_kw):
        """Stop offers, or everything but service, with one button."""
        if what not in STOPS:
            not_found()
        partner = request.env.user.partner_id
        partner._care_stop(request.env.company, STOPS[what], "portal")
        return private(request.redirect("/my/care?done=stopped"))
