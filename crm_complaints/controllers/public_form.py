# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time
import uuid

from odoo.exceptions import UserError
from odoo.http import Controller, request, route
from odoo.tools import single_email_re
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..tools.intake_files import clean_line
from .complaint_form import complaint_values, read_form, remedy_choices
from .intake_request import (
    MAX_LINE,
    MAX_SUBJECT,
    MAX_TEXT,
    file_limits,
    max_request_bytes,
    not_found,
    remote_network,
    use_reader_zone,
)

CAPTCHA = "crm_complaint"
SCOPE = "crm_complaints.public_form"
SENT_KEY = "crm_complaint_sent"
# Nobody fills the form in less; who takes longer gets a new one with what was typed.
MIN_SECONDS = 3
MAX_HOURS = 24
# Tries per address, and complaints of all strangers together.
ADDRESS_LIMITS = [(600, 10), (86400, 40)]
GLOBAL_LIMITS = [(3600, 300), (86400, 2000)]
# Hidden from people by style, and from screen readers; programs fill it in.
HONEYPOT = "website"


class PublicComplaintForm(Controller):
    """Somebody who is not logged in complains.

    What comes from here is text: no customer, order or product is looked up, so the
    form tells nothing about them, and who writes under another's address gets nothing
    of what is theirs.
    """

    def _check_enabled(self):
        if not request.env.company.sudo().crm_complaint_web_form:
            not_found()

    @route(
        "/complaint",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        max_content_length=max_request_bytes,
        sitemap=True,
    )
    def complaint_form(self, **params):
        self._check_enabled()
        typed, errors = {}, {}
        if request.httprequest.method == "POST":
            typed, files, errors = self._read(params)
            key, problem = self._read_ticket(params)
            problem = problem or self._bot_error(params)
            if problem:
                errors["form"] = problem
            if not errors:
                errors = self._limit_errors()
            if not errors:
                return self._accept(typed, files, key)
        return self._render(typed, errors)

    @route("/complaint/sent", type="http", auth="public", website=True, methods=["GET"])
    def complaint_sent(self, **_params):
        """Show the number to the browser that has sent the form, and to no other."""
        self._check_enabled()
        sent = request.session.get(SENT_KEY)
        if not sent:
            return request.redirect("/complaint")
        response = request.render("crm_complaints.public_complaint_sent", sent)
        response.headers["Cache-Control"] = "no-store"
        return response

    # READ AND CHECK

    def _read(self, params):
        typed, files, errors = read_form(params)
        typed.update(
            name=clean_line(params.get("name"), MAX_LINE),
            email=clean_line(params.get("email"), MAX_LINE),
            phone=clean_line(params.get("phone"), MAX_LINE),
        )
        if not typed["name"]:
            errors["name"] = request.env._("Please tell us your name.")
        if typed["email"] and not single_email_re.match(typed["email"]):
            errors["email"] = request.env._("This is no e-mail address.")
        elif not typed["email"] and not typed["phone"]:
            errors["email"] = request.env._(
                "Please leave an e-mail address or a phone number."
            )
        return typed, files, errors

    def _ticket(self):
        """Return a signed text: when this form was handed out, and a key of its own."""
        # sudo: the key of the signature is the database's secret
        return hash_sign(
            request.env(su=True),
            SCOPE,
            [int(time.time()), uuid.uuid4().hex],
            expiration_hours=MAX_HOURS,
        )

    def _read_ticket(self, params):
        """Return the key of the form that was sent, and what is wrong with it."""
        late = request.env._("This form was open for very long. Please send it again.")
        ticket = params.get("ticket")
        if not isinstance(ticket, str):
            return None, late
        try:
            # sudo: the key of the signature is the database's secret
            values = verify_hash_signed(request.env(su=True), SCOPE, ticket[:500])
        except ValueError:
            values = None
        if not values:
            return None, late
        handed_out, key = values
        if time.time() - handed_out < MIN_SECONDS:
            return None, request.env._(
                "That was very quick. Please check it and send it again."
            )
        return key, None

    def _bot_error(self, params):
        if params.get(HONEYPOT):
            return request.env._(
                "A field that is not for people was filled in. Please try again."
            )
        try:
            # where a captcha is set up; does nothing otherwise
            request.env["ir.http"]._verify_request_recaptcha_token(CAPTCHA)
        except UserError as error:
            return str(error)
        return None

    def _limit_errors(self):
        throttle = request.env["crm.intake.throttle"]
        if throttle._allow("form", remote_network(), ADDRESS_LIMITS) and (
            throttle._allow("form_all", "", GLOBAL_LIMITS)
        ):
            return {}
        return {
            "form": request.env._(
                "Too many complaints were sent just now. Please try again later, or"
                " call us."
            )
        }

    # STORE AND SHOW

    def _accept(self, typed, files, key):
        company = request.env.company
        # sudo: strangers have no access to the model; the values are listed here
        complaints = request.env["crm.complaint"].sudo().with_company(company)
        complaint = complaints.search([("intake_key", "=", key)], limit=1)
        if not complaint:
            references = [
                (request.env._("Order number"), typed["order"]),
                (request.env._("Product"), typed["product"]),
            ]
            complaint = complaints._portal_create(
                {
                    **complaint_values(typed, references),
                    "company_id": company.id,
                    "channel": "web",
                    "partner_name": typed["name"],
                    "email_from": typed["email"] or False,
                    "phone": typed["phone"] or False,
                    "intake_key": key,
                },
                files,
            )
        request.session[SENT_KEY] = {
            "number": complaint.number or "",
            "by_email": bool(typed["email"]),
        }
        return request.redirect("/complaint/sent")

    def _render(self, typed, errors):
        use_reader_zone(request.env.company)
        response = request.render(
            "crm_complaints.public_complaint_form",
            {
                "typed": typed,
                "errors": errors,
                "ticket": self._ticket(),
                "honeypot": HONEYPOT,
                "captcha": CAPTCHA,
                "remedies": remedy_choices(),
                **file_limits(),
                "max_subject": MAX_SUBJECT,
                "max_line": MAX_LINE,
                "max_text": MAX_TEXT,
            },
        )
        response.headers["Cache-Control"] = "no-store"
        return response
