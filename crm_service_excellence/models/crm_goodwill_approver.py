# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

MANAGER_GROUP = "crm_service_excellence.group_care_manager"
DIRECTOR_GROUP = "crm_service_excellence.group_goodwill_director"


class CrmGoodwill(models.Model):
    """Who may approve what: a second person always, of a rank that fits the amount."""

    _inherit = "crm.goodwill"

    may_approve = fields.Boolean(
        string="Waits for my approval",
        compute="_compute_may_approve",
        search="_search_may_approve",
    )
    may_withdraw = fields.Boolean(compute="_compute_may_approve")
    may_grant = fields.Boolean(compute="_compute_may_approve")
    is_mine = fields.Boolean(compute="_compute_may_approve")

    @api.depends("state", "requested_by_id", "approval_level")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for goodwill in self:
            goodwill.is_mine = goodwill.requested_by_id == self.env.user
            level = goodwill.approval_level or "manager"
            goodwill.may_approve = (
                goodwill.state == "requested"
                and not goodwill.is_mine
                and not goodwill._is_for(self.env.user)
                and goodwill._has_rank(level)
            )
            goodwill.may_withdraw = (
                goodwill.state in ("draft", "requested", "approved", "granted")
                and goodwill._may_withdraw()
            )
            goodwill.may_grant = (
                goodwill.state == "approved" and goodwill._may_hand_over()
            )

    @api.model
    def _search_may_approve(self, operator, value):
        if operator != "in":
            return NotImplemented
        own_sudo = self.env.user.sudo().partner_id  # as ``_is_for``
        own_sudo |= own_sudo.commercial_partner_id
        domain = (
            Domain("state", "=", "requested")
            & Domain("requested_by_id", "!=", self.env.uid)
            & Domain("partner_id", "not in", own_sudo.ids)
            & Domain("contact_id", "not in", own_sudo.ids)
            & self._rank_domain()
        )
        return domain if True in value else ~domain

    def _is_for(self, user):
        """Whether the user is the one who gets it: another person decides on that."""
        self.ensure_one()
        own_sudo = user.sudo().partner_id  # compared only
        own_sudo |= own_sudo.commercial_partner_id
        return bool((self.partner_id | self.contact_id) & own_sudo)

    # RANK: addons extend both, for gestures of their own

    def _approver_groups(self, level):
        """Groups whose members may approve this gesture.

        :param level: a key of ``approval_level``
        :return: list of XML ids
        """
        self.ensure_one()
        return (
            [DIRECTOR_GROUP] if level == "director" else [MANAGER_GROUP, DIRECTOR_GROUP]
        )

    @api.model
    def _rank_domain(self):
        """Gestures, as they were asked for, that the user's rank suffices for."""
        user = self.env.user
        if user.has_group(DIRECTOR_GROUP):
            return Domain.TRUE
        if user.has_group(MANAGER_GROUP):
            return Domain("approval_level", "!=", "director")
        return Domain.FALSE

    def _has_rank(self, level):
        user = self.env.user
        return any(user.has_group(group) for group in self._approver_groups(level))

    def _check_approver(self, level):
        """:raise UserError: it is one's own; AccessError: it takes a higher rank."""
        self.ensure_one()
        if self.env.su:
            return
        if self.requested_by_id == self.env.user:
            raise UserError(
                self.env._("Who asks for a gesture does not decide on it as well.")
            )
        if self._is_for(self.env.user):
            raise UserError(self.env._("Nobody decides on a gesture to oneself."))
        if not self._has_rank(level):
            raise AccessError(
                self.env._("This takes a director.")
                if level == "director"
                else self.env._("This takes a manager.")
            )

    def _check_requester(self):
        """:raise AccessError: for a draft of somebody else."""
        if self.env.su:
            return
        for goodwill in self:
            if goodwill.requested_by_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "The draft is of %(user)s, who asks for it.",
                        user=goodwill.requested_by_id.name,
                    )
                )

    def _may_withdraw(self):
        """Whether the user may take it back: open, one's own; given, with the rank."""
        self.ensure_one()
        if self.env.su:
            return True
        is_mine = self.requested_by_id == self.env.user
        if is_mine and (
            self.state in ("draft", "requested") or self.approval_level == "own"
        ):
            return True
        return self.state != "draft" and self._has_rank(
            self.approval_level if self.approval_level == "director" else "manager"
        )

    def _may_hand_over(self):
        """Whether the user may note that the customer got it."""
        self.ensure_one()
        return (
            self.env.su
            or self.requested_by_id == self.env.user
            or self._has_rank("manager")
        )

    def _approvers(self):
        """People who may approve it, and see it: not the requester."""
        self.ensure_one()
        level = "director" if self.approval_level == "director" else "manager"
        users = self.env["res.users"]
        for xmlid in self._approver_groups(level):
            group = self.env.ref(xmlid, raise_if_not_found=False)
            # sudo: who is in a group is not for everybody to read
            users |= group.sudo().all_user_ids if group else users
        return users.filtered(
            lambda user: (
                user.active
                and user != self.requested_by_id
                and not self._is_for(user)
                and user._crm_works_for(self.company_id)
                and self._is_seen_by(user)
            )
        ).sorted("id")

    def _is_seen_by(self, user):
        company = self.company_id
        seen = self.with_user(user).with_context(allowed_company_ids=company.ids)
        return seen.has_access("read")
