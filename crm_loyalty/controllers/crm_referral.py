# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, request, route

from ..models.crm_referral_link import SESSION_KEY


class ReferralLink(Controller):
    """A friend follows the link of a member.

    Nothing is written: programs follow links too. The browser remembers the code, and
    who signs up with it was recommended. A link that is unknown leads to the same page,
    and tells nothing; where it leads is not up to the link.

    ``/r/`` is taken: by Odoo's shortened links, which mass mailing brings along.
    """

    @route(
        "/refer/<string:code>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def follow_referral(self, code, **_params):
        if request.env.user._is_public():
            if request.env["loyalty.card"]._by_referral_code(code):
                request.session[SESSION_KEY] = code
            response = request.redirect(self._landing())
        else:
            response = request.redirect("/my")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _landing(self):
        """Where strangers become customers: the page to sign up, else to write us."""
        users = request.env["res.users"].sudo()  # a setting
        if users._get_signup_invitation_scope() == "b2c":
            return "/web/signup"
        return "/contactus" if "website" in request.env else "/web/login"
