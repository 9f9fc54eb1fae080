# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from odoo.addons.mail.controllers.mail import MailController
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.crm_complaint_tell import LETTER
from ..models.crm_complaint_terms import OPEN_STATES
from ..tools.intake_files import FileRefusedError, clean_line, clean_text
from .intake_request import (
    MAX_LINE,
    MAX_TEXT,
    file_error,
    file_limits,
    max_request_bytes,
    not_found,
    posted_files,
    remote_network,
    row_id,
    same_token,
    use_reader_zone,
)

# So many messages, answers and complaints of one person are no accident.
PORTAL_LIMITS = [(3600, 30), (86400, 100)]


class ComplaintPortal(CustomerPortal):
    """What a customer does with complaints: list, read, write, answer.

    Nobody outside has access to the model: each route finds out by itself whether the
    complaint is the reader's (same company or household, or the secret of the link),
    and answers 404 otherwise, the same for what is not there and for what is not his.
    """

    # HOME AND LIST

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            # sudo: counts what the list shows to this person
            values["complaint_count"] = (
                request.env["crm.complaint"].sudo().search_count(self._own_domain())
            )
        return values

    def _own_domain(self):
        complaints = request.env["crm.complaint"]
        return complaints._portal_domain(request.env.user.partner_id)

    @route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_complaints(
        self, page=1, sortby=None, filterby=None, search=None, **_kw
    ):
        sortings = {
            "date": {
                "label": request.env._("Newest"),
                "order": "date_received desc, id desc",
            },
            "oldest": {"label": request.env._("Oldest"), "order": "date_received, id"},
            "number": {"label": request.env._("Number"), "order": "number, id"},
            "name": {"label": request.env._("Subject"), "order": "name, id"},
        }
        filters = {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": request.env._("Open"),
                "domain": Domain("state", "in", OPEN_STATES),
            },
            "done": {
                "label": request.env._("Decided and closed"),
                "domain": Domain("state", "not in", OPEN_STATES),
            },
        }
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        search = clean_line(search, MAX_LINE)
        domain = self._own_domain() & filters[filterby]["domain"]
        if search:
            domain &= Domain("number", "ilike", search) | Domain(
                "name", "ilike", search
            )
        # sudo: the domain holds what is this person's; plain values go to the page
        complaints = request.env["crm.complaint"].sudo()
        pager = portal_pager(
            url="/my/complaints",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=complaints.search_count(domain),
            # on the first page it may come from the query, as any text
            page=min(page, 1_000_000) if isinstance(page, int) else 1,
            step=self._items_per_page,
        )
        found = complaints.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        use_reader_zone(request.env.company)
        values = self._prepare_portal_layout_values()
        values.update(
            complaints=[
                {
                    "url": complaint.access_url,
                    "number": complaint.number or "",
                    "subject": complaint.name,
                    "date_received": complaint.date_received,
                    "status": complaint._portal_status()[1],
                    "status_label": complaint._portal_status()[2],
                }
                for complaint in found
            ],
            page_name="complaint",
            default_url="/my/complaints",
            pager=pager,
            searchbar_sortings=sortings,
            sortby=sortby,
            searchbar_filters=filters,
            filterby=filterby,
            searchbar_inputs={
                "all": {"input": "all", "label": request.env._("Number or subject")}
            },
            search_in="all",
            search=search,
        )
        return request.render("crm_complaints.portal_my_complaints", values)

    # ONE COMPLAINT

    def _get_complaint(self, complaint_id, access_token=None):
        """Return the complaint as superuser, and the reader's person (may be empty).

        Ends the request with 404 if it does not exist, or is not the reader's.
        """
        # sudo: whether it is the reader's is found out here
        complaint = request.env["crm.complaint"].sudo().browse(row_id(complaint_id))
        if complaint.exists() and complaint.active:
            user = request.env.user
            if not user._is_public() and complaint._portal_is_of(user.partner_id):
                return complaint, user.partner_id
            if same_token(complaint.access_token, access_token):
                return complaint, request.env["res.partner"]
        not_found()

    def _get_for_answer(self, complaint_id, access_token=None):
        """Return what :meth:`_get_complaint` does, for somebody who writes or answers.

        A colleague who has the customer's link may look; what the customer says is not
        a colleague's to say.
        """
        complaint, reader = self._get_complaint(complaint_id, access_token)
        if not reader and request.env.user._is_internal():
            not_found()
        return complaint, reader

    def _render_complaint(self, complaint, reader, access_token=None, **values):
        use_reader_zone(complaint.company_id)
        token = access_token if not reader else None
        page = complaint.with_env(request.env(su=True))._portal_values(reader)
        page_values = {
            **self._prepare_portal_layout_values(),
            "page_name": "complaint",
            "page": page,
            "token": token,
            "query": f"?access_token={token}" if token else "",
            **file_limits(),
            "max_text": MAX_TEXT,
            "errors": {},
            "typed": {},
            "notice": None,
            **values,
        }
        response = request.render("crm_complaints.portal_complaint", page_values)
        # the link holds the secret
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    @route(
        "/my/complaints/<int:complaint_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_complaint(self, complaint_id, access_token=None, done=None, **_kw):
        if access_token is None and request.env.user._is_public():
            # the same for every number: it says nothing
            return request.redirect(
                f"/web/login?redirect=/my/complaints/{row_id(complaint_id)}"
            )
        complaint, reader = self._get_complaint(complaint_id, access_token)
        notices = {
            "created": request.env._(
                "Thank you. We have your complaint and look into it."
            ),
            "message": request.env._("Your message is with us."),
            "accepted": request.env._("Thank you for telling us."),
            "appealed": request.env._("We have your objection and look into it again."),
        }
        return self._render_complaint(
            complaint,
            reader,
            access_token,
            notice=notices.get(done) if isinstance(done, str) else None,
        )

    def _redirect_to(self, complaint, reader, access_token, done):
        url = f"{complaint.access_url}?done={done}"
        if not reader:
            url += f"&access_token={complaint.access_token}"
        return request.redirect(url)

    def _within_limits(self, reader):
        address = f"user/{request.env.uid}" if reader else remote_network()
        throttle = request.env["crm.intake.throttle"]
        return throttle._allow("portal", address, PORTAL_LIMITS)

    @route(
        "/my/complaints/<int:complaint_id>/message",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        max_content_length=max_request_bytes,
    )
    def portal_complaint_message(
        self, complaint_id, access_token=None, message=None, **_kw
    ):
        complaint, reader = self._get_for_answer(complaint_id, access_token)
        text = clean_text(message, MAX_TEXT)
        errors, files = {}, []
        try:
            files = posted_files()
        except FileRefusedError as error:
            errors["files"] = file_error(error)
        if not errors and not text and not files:
            errors["message"] = request.env._("Please write a message, or add a file.")
        if not complaint._portal_can_write():
            errors["message"] = request.env._("This complaint takes no more messages.")
        if not errors and not self._within_limits(reader):
            errors["message"] = request.env._(
                "That was very often. Please try again later."
            )
        if errors:
            return self._render_complaint(
                complaint, reader, access_token, errors=errors, typed={"message": text}
            )
        complaint._portal_post(reader, text, files)
        return self._redirect_to(complaint, reader, access_token, "message")

    @route(
        "/my/complaints/<int:complaint_id>/accept",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_complaint_accept(self, complaint_id, access_token=None, **_kw):
        complaint, reader = self._get_for_answer(complaint_id, access_token)
        try:
            if not complaint._portal_can_accept():
                raise UserError(
                    request.env._("There is nothing to answer at the moment.")
                )
            complaint._customer_accepts()
        except UserError as error:
            return self._render_complaint(
                complaint, reader, access_token, errors={"answer": str(error)}
            )
        return self._redirect_to(complaint, reader, access_token, "accepted")

    @route(
        "/my/complaints/<int:complaint_id>/appeal",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        max_content_length=max_request_bytes,
    )
    def portal_complaint_appeal(
        self, complaint_id, access_token=None, reason=None, **_kw
    ):
        complaint, reader = self._get_for_answer(complaint_id, access_token)
        text = clean_text(reason, MAX_TEXT)
        errors = {}
        if not text:
            errors["reason"] = request.env._("Please tell us what is not solved.")
        else:
            try:
                if not complaint._portal_can_appeal(fields.Datetime.now()):
                    raise UserError(
                        request.env._("There is nothing to answer at the moment.")
                    )
                complaint._customer_appeals(text)
            except UserError as error:
                errors["answer"] = str(error)
        if errors:
            return self._render_complaint(
                complaint, reader, access_token, errors=errors, typed={"reason": text}
            )
        return self._redirect_to(complaint, reader, access_token, "appealed")

    @route(
        "/my/complaints/<int:complaint_id>/letter",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_complaint_letter(self, complaint_id, access_token=None, **_kw):
        complaint, _reader = self._get_complaint(complaint_id, access_token)
        if not complaint._portal_has_letter():
            not_found()
        # sudo: the letter of a complaint that is the reader's, as it was sent to him
        report = request.env["ir.actions.report"].sudo()
        content, kind = report._render_qweb_pdf(LETTER, complaint.ids)
        name = f"{complaint.number or 'complaint'}.{kind}".replace("/", "-")
        return request.make_response(
            content,
            headers=[
                (
                    "Content-Type",
                    "application/pdf" if kind == "pdf" else "text/html; charset=utf-8",
                ),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )

    @route(
        "/my/complaints/<int:complaint_id>/file/<int:file_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_complaint_file(self, complaint_id, file_id, access_token=None, **_kw):
        complaint, _reader = self._get_complaint(complaint_id, access_token)
        attachment = complaint._portal_attachments().filtered(
            lambda file: file.id == file_id and file.type == "binary"
        )
        if not attachment:
            not_found()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        response = stream.get_response(as_attachment=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response


class ComplaintMailController(MailController):
    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        """Lead a customer who is logged in to the page; Odoo would ask for access."""
        user = request.env.user
        if model == "crm.complaint" and not str(access_token or "").isascii():
            access_token = None  # Odoo compares ASCII only
        if model == "crm.complaint" and not user._is_public() and user.share:
            # sudo: only whether it is this person's
            complaint = request.env[model].sudo().browse(res_id or 0).exists()
            if complaint and complaint._portal_is_of(user.partner_id):
                return request.redirect(complaint.access_url)
        return super()._redirect_to_record(
            model, res_id, access_token=access_token, **kwargs
        )
