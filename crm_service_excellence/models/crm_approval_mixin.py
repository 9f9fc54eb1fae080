# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html

MAX_ASKED = 10  # so many approvers get an activity; the others have the menu


class CrmApprovalMixin(models.AbstractModel):
    """What one person asks for, and why; who decided, when, and why not.

    The rule of two persons is here: neither who asks for it decides on it, nor who gets
    it. Of which rank a second person has to be, who needs none, and what follows from a
    yes is the model's.

    A model has besides: ``state`` that begins with ``draft`` and waits in
    ``requested``, ``company_id``, and the sentences of ``_approval_words``.
    """

    _name = "crm.approval.mixin"
    _description = "Decided by a Second Person"
    _inherit = ["crm.measured.mixin", "mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"

    # Paths to the contacts who get it.
    _decided_for = ()
    # Type of the activity that asks approvers.
    _ask_activity = "mail.mail_activity_data_todo"

    note = fields.Text(
        string="Why",
        required=True,
        help="For colleagues: what the approver has to know.",
    )
    res_model = fields.Char(copy=False)
    res_id = fields.Many2oneReference(model_field="res_model", copy=False)
    source_name = fields.Char(string="Because of", compute="_compute_source_name")
    requested_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    date_requested = fields.Datetime(string="Requested", readonly=True, copy=False)
    date_decided = fields.Datetime(string="Decided", readonly=True, copy=False)
    outcome_note = fields.Text(
        string="Why not",
        readonly=True,
        copy=False,
        help="Why it was refused or withdrawn.",
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends("requested_by_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for request in self:
            request.is_mine = request.requested_by_id == self.env.user

    # WORDS

    def _approval_words(self):
        """What the rules say, in the words of the model.

        :return: dict of sentences in the reader's language: ``own`` (the user asked
            for it), ``self`` (the user gets it), ``state`` (that is not possible in
            this one), ``asked`` (it is no draft any more), ``draft`` (it is another's
            draft), ``measured`` (only actions write that), ``note`` (it does not say
            why), ``source`` (there is no such record)
        """
        raise NotImplementedError

    def _state_word(self):
        """The state in the middle of a sentence."""
        names = dict(self._fields["state"]._description_selection(self.env))
        return names.get(self.state, "").lower()

    # THE RULE OF TWO PERSONS

    def _is_for(self, user):
        """Whether the user is the one who gets it: another person decides on that."""
        self.ensure_one()
        own_sudo = user._crm_own_partners_sudo()
        # sudo: compared only
        return any(self.sudo().mapped(path) & own_sudo for path in self._decided_for)

    def _is_second_person(self, user):
        """Whether the user neither asks for it nor gets it; see ``_check_second``."""
        self.ensure_one()
        return user != self.requested_by_id and not self._is_for(user)

    @api.model
    def _second_person_domain(self):
        """Requests for which the user is the second person."""
        own_sudo = self.env.user._crm_own_partners_sudo()
        return Domain.AND(
            [
                Domain("requested_by_id", "!=", self.env.uid),
                *(Domain(path, "not in", own_sudo.ids) for path in self._decided_for),
            ]
        )

    def _check_second_person(self):
        """:raise AccessError: the user asks for it, or is the one who gets it."""
        self.ensure_one()
        if self.requested_by_id == self.env.user:
            raise AccessError(self._approval_words()["own"])
        if self._is_for(self.env.user):
            raise AccessError(self._approval_words()["self"])

    @api.model
    def _rank_domain(self):
        """Requests that the user's rank suffices for: by default none."""
        return Domain.FALSE

    @api.model
    def _search_may_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "requested")
        domain &= self._second_person_domain() & self._rank_domain()
        return domain if True in value else ~domain

    # WHAT NOBODY TYPES, and what is settled once it was asked for

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | {
            "state",
            "requested_by_id",
            "date_requested",
            "date_decided",
            "outcome_note",
        }

    @api.model
    def _content_fields(self):
        """Names of the fields that only the requester writes, in a draft; addons add
        theirs.
        """
        return frozenset({"note", "res_model", "res_id"})

    @api.model
    def _prepare_request(self, vals):
        """Check and complete what one is created with; addons extend it.

        :param vals: dict, left as it is
        :return: dict
        """
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_measured(vals)
        requests = super().create([self._prepare_request(vals) for vals in vals_list])
        requests._check_source()
        return requests

    def write(self, vals):
        self._check_not_measured(vals)
        if not self.env.su and self._content_fields().intersection(vals):
            self._check_draft()
        result = super().write(vals)
        if {"res_model", "res_id"}.intersection(vals):
            self._check_source()
        return result

    @api.model
    def _check_not_measured(self, vals):
        """:raise AccessError: what the actions write cannot be typed."""
        if not self.env.su and self._measured_fields().intersection(vals):
            raise AccessError(self.browse()._approval_words()["measured"])

    def _check_draft(self):
        """:raise UserError: it was asked for already; AccessError: it is another's."""
        for request in self:
            if request.state != "draft":
                raise UserError(request._approval_words()["asked"])
        self._check_requester()

    def _check_requester(self):
        """:raise AccessError: for a draft of somebody else."""
        if self.env.su:
            return
        for request in self:
            if request.requested_by_id != self.env.user:
                raise AccessError(request._approval_words()["draft"])

    def _check_state(self, *states):
        """:raise UserError: for what is in none of ``states``."""
        for request in self:
            if request.state not in states:
                raise UserError(request._approval_words()["state"])

    @api.constrains("note")
    def _check_note(self):
        for request in self:
            if not (request.note or "").strip():
                raise ValidationError(request._approval_words()["note"])

    @api.model
    def _checked_reason(self, reason):
        """The reason of a no, as text.

        :raise UserError: it says nothing
        """
        reason = reason.strip() if isinstance(reason, str) else ""
        if not reason:
            raise UserError(self.env._("Say why."))
        return reason

    # BECAUSE OF WHAT

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_source_name(self):
        for request in self:
            source = request._source()
            readable = source and source.has_access("read")
            request.source_name = source.display_name if readable else False

    def _source(self):
        """The record that it is asked for, or None."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        if self.env[self.res_model]._abstract:  # has no records
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    def _check_source(self):
        """:raise AccessError: a source that the user may not read; UserError: none."""
        if self.env.su:
            return
        for request in self:
            if not (request.res_model or request.res_id):
                continue
            source = request._source()
            if source is None:
                raise UserError(request._approval_words()["source"])
            source.check_access("read")

    def action_open_source(self):
        """Show the record that it is asked for.

        :raise UserError: there is none that the reader may see
        """
        self.ensure_one()
        if not self.source_name:
            raise UserError(self.env._("There is no record that you could see."))
        return self._source()._get_records_action(context={})

    # SAID AND ASKED

    def _second_people(self, groups):
        """People of some groups who may decide on it, and see it.

        :param groups: list of XML ids
        :return: ``res.users``
        """
        self.ensure_one()
        users = self.env["res.users"]
        for xmlid in groups:
            group = self.env.ref(xmlid, raise_if_not_found=False)
            # sudo: who is in a group is not for everybody to read
            users |= group.sudo().all_user_ids if group else users
        return users.filtered(
            lambda user: (
                user.active
                and self._is_second_person(user)
                and user._crm_works_for(self.company_id)
                and self._is_seen_by(user)
            )
        ).sorted("id")

    def _is_seen_by(self, user):
        company = self.company_id
        seen = self.with_user(user).with_context(allowed_company_ids=company.ids)
        return seen.has_access("read")

    def _ask(self, users, summary):
        """An activity for each of those who may decide."""
        self.ensure_one()
        for user in users[:MAX_ASKED]:
            self.activity_schedule(
                self._ask_activity,
                user_id=user.id,
                summary=summary,
                note=plaintext2html(self.note),
            )

    def _close_activities(self):
        """Nobody is asked any more; what else is planned stays."""
        self.activity_unlink([self._ask_activity])

    def _tell_requester(self, text):
        """Let the requester know what a colleague decided."""
        self.ensure_one()
        requester = self.requested_by_id
        if requester != self.env.user and requester.active:
            # sudo: whoever may decide on it need not be able to write it
            self.sudo().message_post(
                body=text,
                partner_ids=requester.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Nobody to write to: what colleagues say of it is not for customers."""
        return []
