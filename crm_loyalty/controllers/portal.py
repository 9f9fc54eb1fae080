# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import werkzeug.exceptions

from odoo.http import content_disposition, request, route

from odoo.addons.loyalty.controllers.portal import CustomerPortalLoyalty
from odoo.addons.portal.controllers.portal import pager as portal_pager

MAX_ID = 2**31 - 1


def not_found():
    """End the request with one and the same page, whatever was not found."""
    response = request.render("crm_loyalty.portal_not_found", status=404)
    response.flatten()
    response.headers["Cache-Control"] = "no-store"
    werkzeug.exceptions.abort(response)


class LoyaltyPortal(CustomerPortalLoyalty):
    """A member's points: balance, statements by month, what expires, what it buys.

    Nobody outside has access to the models: each route looks the card up among those
    of the reader, and answers 404 otherwise, the same for what is not there and for
    what is somebody else's. Pages get plain values.
    """

    # HOME AND LIST

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            # as Odoo does for its own cards: on the page itself, not counted later
            values["loyalty_balances"] = [
                f"{card._points_text(card.available_points)} {card._points_unit()}"
                for card in self._own_cards()
            ]
        return values

    def _own_cards(self):
        cards = request.env["loyalty.card"]
        return cards._portal_cards(request.env.user.partner_id)

    @route("/my/loyalty", type="http", auth="user", website=True, readonly=True)
    def portal_my_loyalty(self, **_kw):
        """List the reader's cards."""
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="loyalty",
            cards=[card._portal_summary() for card in self._own_cards()],
        )
        return self._private(request.render("crm_loyalty.portal_my_loyalty", values))

    # ONE CARD

    def _get_card(self, card_id):
        """Return the reader's card as superuser; ends with 404 if it is not his."""
        card = request.env["loyalty.card"]
        if isinstance(card_id, int) and 0 < card_id <= MAX_ID:
            card = card._portal_card(request.env.user.partner_id, card_id)
        if not card:
            not_found()
        return card

    def _private(self, response):
        response.headers["Cache-Control"] = "no-store"
        return response

    @route(
        ["/my/loyalty/<int:card_id>", "/my/loyalty/<int:card_id>/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_card(self, card_id, page=1, month=None, **_kw):
        """Show the statement of a month, and what the points are good for."""
        card = self._get_card(card_id)
        first = card._portal_month(month)
        step = self._items_per_page
        # on the first page it may come from the query, as any text
        page = min(page, 1_000_000) if isinstance(page, int) else 1
        content = card._portal_page(first, max(page - 1, 0) * step, step)
        pager = portal_pager(
            url=card._portal_url(),
            url_args={"month": content["month"]},
            total=content["count"],
            page=page,
            step=step,
        )
        if pager["page"]["num"] != page:
            content = card._portal_page(first, pager["offset"], step)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="loyalty",
            page=content,
            pager=pager,
            is_first=pager["page"]["num"] == 1,
            is_last=pager["page"]["num"] == pager["page_count"]
            or not pager["page_count"],
        )
        return self._private(request.render("crm_loyalty.portal_loyalty_card", values))

    @route(
        "/my/loyalty/<int:card_id>/statement.pdf",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_loyalty_statement(self, card_id, month=None, **_kw):
        """Hand out the statement of a month on paper.

        As a page to print, where the server makes no PDF.
        """
        card = self._get_card(card_id)
        first = card._portal_month(month)
        content, kind = card._statement_document(first)
        headers = [
            (
                "Content-Type",
                "application/pdf" if kind == "pdf" else "text/html; charset=utf-8",
            ),
            ("Content-Length", len(content)),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        if kind == "pdf":
            name = card._statement_file_name(first)
            headers.append(("Content-Disposition", content_disposition(name)))
        return request.make_response(content, headers=headers)

    # ODOO'S OWN PAGES OF A CARD

    @route()
    def portal_my_loyalty_card_history(self, card_id, page=1, sortby="date", **kw):
        """Lead to the statement: a card with a ledger has no history of Odoo's."""
        if not 0 < card_id <= MAX_ID:
            return request.redirect("/my")
        partner = request.env.user.partner_id
        card = request.env["loyalty.card"]._portal_card(partner, card_id)
        if card:
            return request.redirect(card._portal_url())
        if sortby not in self._get_loyalty_searchbar_sortings():
            sortby = "date"
        return super().portal_my_loyalty_card_history(
            card_id, page=page, sortby=sortby, **kw
        )
