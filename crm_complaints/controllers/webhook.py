# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import time

from werkzeug.exceptions import HTTPException

from odoo import fields, http
from odoo.http import request

from ..tools import webhook

_logger = logging.getLogger(__name__)

# What an unknown gateway is compared with: it takes as long as a known one.
NOBODY = "no gateway has this secret"
# Read as fields before we come to it: what was signed is gone then.
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class ComplaintWebhook(http.Controller):
    @http.route(
        "/crm_complaints/webhook/<string:code>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=webhook.HARD_MAX_BYTES,
    )
    def take_delivery(self, code, **_params):
        """Take a delivery of a gateway.

        :return: 200 with the complaint's number; 401 for whoever is not a gateway, 400
            for what is no message, 409 for an identifier used twice, 413 for too much,
            415 for a form of a browser, all with the same body
        """
        if request.httprequest.mimetype in FORMS:
            return self._refuse(415)
        try:
            body = request.httprequest.get_data(cache=True)
        except HTTPException:
            return self._refuse(413)
        if len(body) > webhook.MAX_BYTES:
            return self._refuse(413)
        # sudo: a gateway is nobody; its signature is checked before anything else
        gateway = self._find_gateway(code)
        headers = request.httprequest.headers
        is_signed = webhook.is_signed(
            gateway.secret or NOBODY,
            headers.get("X-Timestamp"),
            headers.get("X-Signature"),
            body,
            time.time(),
        )
        if not gateway.secret or not is_signed:
            return self._refuse(401)
        try:
            values = webhook.parse(body)
        except webhook.Junk as junk:
            _logger.info("Gateway %s delivered junk: %s", gateway.id, junk)
            return self._refuse(400)
        inbounds = request.env["crm.complaint.inbound"].sudo()
        complaint = inbounds.with_company(gateway.company_id)._take(
            gateway, values, body, fields.Datetime.now()
        )
        if complaint is None:
            return self._refuse(409)
        return request.make_json_response({"number": complaint.number or ""})

    def _find_gateway(self, code):
        gateways = request.env["crm.complaint.gateway"].sudo()
        if "\0" in code:
            return gateways
        gateway = gateways.search([("code", "=", code)])
        team = gateway.team_id
        return gateway if team.active else gateways

    def _refuse(self, status):
        return request.make_json_response({"error": "refused"}, status=status)
