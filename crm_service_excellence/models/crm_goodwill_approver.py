# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

MANAGER_GROUP = "crm_service_excellence.group_care_manager"
DIRECTOR_GROUP = "crm_service_excellence.group_goodwill_director"


class CrmGoodwill(models.Model):
    """Who may approve what: a second person always, of a rank that fits the amount.

    That it is a second person is the rule of ``crm.approval.mixin``.
    """

    _inherit = "crm.goodwill"

    may_approve = fields.Boolean(
        string="Waits for my approval",
        compute="_compute_may_approve",
        search="_search_may_decide",
    )
    may_withdraw = fields.Boolean(compute="_compute_may_approve")
    may_grant = fields.Boolean(compute="_compute_may_approve")

    @api.depends("state", "requested_by_id", "approval_level")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for goodwill in self:
            level = goodwill.approval_level or "manager"
            goodwill.may_approve = (
                goodwill.state == "requested"
                and goodwill._is_second_person(self.env.user)
                and goodwill._has_rank(level)
            )
            goodwill.may_withdraw = (
                goodwill.state in ("draft", "requested", "approved", "granted")
                and goodwill._may_withdraw()
            )
            goodwill.may_grant = (
                goodwill.state == "approved" and goodwill._may_hand_over()
            )

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
        """:raise AccessError: it is one's own, or takes a higher rank."""
        self.ensure_one()
        if self.env.su:
            return
        self._check_second_person()
        if not self._has_rank(level):
            raise AccessError(
                self.env._("This takes a director.")
                if level == "director"
                else self.env._("This takes a manager.")
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
        return self._second_people(self._approver_groups(level))
