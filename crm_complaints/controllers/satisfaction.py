# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.http import Controller, request, route

from ..tools.intake_files import clean_text
from .intake_request import not_found, use_reader_zone

MAX_COMMENT = 2000
CHOICES = ("1", "2", "3", "4", "5")


class ComplaintSatisfaction(Controller):
    """Where customers say what they think of a closed complaint.

    A GET shows the page and changes nothing: mail servers follow links.
    """

    @route(
        "/complaint/satisfaction/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        max_content_length=256 * 1024,
    )
    def complaint_satisfaction(self, token, **params):
        answer = request.env["crm.complaint.satisfaction"]._by_token(token)
        if not answer:
            not_found()
        if not answer.answered_date and request.httprequest.method == "POST":
            return self._store(answer, params)
        return self._render(answer)

    def _store(self, answer, params):
        typed = {
            "outcome": params.get("outcome"),
            "handling": params.get("handling"),
            "comment": clean_text(params.get("comment"), MAX_COMMENT),
        }
        errors = {
            name: request.env._("Please choose one.")
            for name in ("outcome", "handling")
            if typed[name] not in CHOICES
        }
        if errors:
            return self._render(answer, typed, errors)
        answer._answer(int(typed["outcome"]), int(typed["handling"]), typed["comment"])
        # by another request: going back and forth sends nothing again
        return request.redirect(request.httprequest.path)

    def _render(self, answer, typed=None, errors=None):
        use_reader_zone(answer.company_id)
        complaint = answer.complaint_id
        response = request.render(
            "crm_complaints.public_satisfaction",
            {
                "number": complaint.number or "",
                "subject": complaint.name,
                "is_done": bool(answer.answered_date),
                "typed": typed or {},
                "errors": errors or {},
                "max_comment": MAX_COMMENT,
                "questions": [
                    (
                        "outcome",
                        request.env._("How satisfied are you with the outcome?"),
                    ),
                    (
                        "handling",
                        request.env._("How satisfied are you with how we handled it?"),
                    ),
                ],
                "choices": [
                    ("1", request.env._("Very dissatisfied")),
                    ("2", request.env._("Dissatisfied")),
                    ("3", request.env._("So-so")),
                    ("4", request.env._("Satisfied")),
                    ("5", request.env._("Very satisfied")),
                ],
            },
        )
        # the address is the secret
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response
