# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A care rule is switched on knowingly, and off at any time."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

# Written by the actions, never typed.
MEASURED_FIELDS = frozenset({"state", "confirmed_reach"})
# Decide whom a rule reaches.
AUDIENCE_FIELDS = frozenset(
    {
        "occasion_id",
        "recipient",
        "grade_ids",
        "class_ids",
        "lifecycle_ids",
        "segment_ids",
        "lang_ids",
        "domain",
    }
)
# So many are planned while one waits; more are left to the job.
PLANNED_AT_ONCE = 10_000


class CrmCareRule(models.Model):
    _inherit = "crm.care.rule"

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_measured(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_measured(vals)
        if "company_id" in vals:
            self._check_company_stays(vals["company_id"])
        if "occasion_id" in vals:
            self._check_occasion_stays(vals["occasion_id"])
        if vals.get("active") is False:
            self.filtered(lambda rule: rule.state == "active").action_stop()
        result = super().write(vals)
        if not AUDIENCE_FIELDS.isdisjoint(vals):
            self._hold_unconfirmed()
        return result

    @api.model
    def _measured_fields(self):
        return super()._measured_fields() | MEASURED_FIELDS

    @api.model
    def _check_not_measured(self, vals):
        """:raise AccessError: what the actions write cannot be typed."""
        if not self.env.su and self._measured_fields().intersection(vals):
            raise AccessError(
                self.env._(
                    "A care rule is activated and stopped by its buttons; that cannot "
                    "be typed."
                )
            )

    def _check_company_stays(self, company_id):
        for rule in self:
            if rule.company_id.id != company_id and rule.task_count:
                raise UserError(
                    self.env._(
                        "%(rule)s has planned care for customers of %(company)s: "
                        "duplicate it for another company.",
                        rule=rule.name,
                        company=rule.company_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for rule in self:
            if rule.state == "active" or rule.task_count:
                raise UserError(
                    self.env._(
                        "%(rule)s has planned care, and what became of it shall be "
                        "known: archive it instead.",
                        rule=rule.name,
                    )
                )

    # ACTIONS

    def action_activate(self):
        """Show whom the rule reaches, and ask before anything is planned.

        :return: action that opens the confirmation
        :raise UserError: the rule is active already
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_activate()
        wizard = self.env["crm.care.rule.activate"].create({"rule_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Activate %(rule)s", rule=self.name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_stop(self):
        """Plan nothing more, and take back what nobody has agreed to or worked on.

        What was agreed to, or written by hand, stays until its day: then it is skipped,
        unless the rule is active again.
        """
        self.check_access("write")
        for rule in self:
            if rule.state != "active":
                raise UserError(
                    self.env._("%(rule)s is not active.", rule=rule.display_name)
                )
        self._write_life({"state": "stopped"})
        self._take_back()

    def action_draft(self):
        """Work on a stopped rule; it has to be activated again."""
        self.check_access("write")
        for rule in self:
            if rule.state != "stopped":
                raise UserError(
                    self.env._(
                        "%(rule)s was not stopped: only then it goes back to draft.",
                        rule=rule.display_name,
                    )
                )
        self._write_life({"state": "draft", "confirmed_reach": 0})

    # BUSINESS

    def _activate(self, confirmed=0):
        """Activate the rule and plan what lies ahead of it.

        :param confirmed: to how many recipients somebody agreed; 0: to no number
        :return: whether it was planned at once, rather than left to the job
        :raise UserError: it cannot plan anything, or reaches many more than were
            agreed to; nothing changed
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_activate()
        reach = self._measure_reach()
        if self._is_large(reach) and not self._is_covered(reach, confirmed):
            raise UserError(
                self.env._(
                    "%(rule)s reaches %(reach)s, more than %(limit)s %%: confirm the "
                    "number of recipients first.",
                    rule=self.name,
                    reach=self._reach_words(reach),
                    limit=self.company_id.sudo().crm_care_reach_share,
                )
            )
        # At least one: 0 is a rule of which nobody has seen whom it reaches.
        confirmed = max(reach.people, 1)
        # Never planned: the job takes it first.
        self._write_life(
            {
                "state": "active",
                "confirmed_reach": confirmed,
                "generated_date": False,
                "generated_upto": 0,
            }
        )
        if reach.people > PLANNED_AT_ONCE:
            # sudo: whoever may activate a rule may have the job begin
            job = self.env.ref("crm_service_excellence.ir_cron_care_generate").sudo()
            job._trigger()
            return False
        # sudo: tasks are nobody's to write
        rule_sudo = self.sudo()
        rule_sudo._generate(*rule_sudo._horizon())
        return True

    def _check_can_activate(self):
        if self.state == "active":
            raise UserError(
                self.env._("%(rule)s is active already.", rule=self.display_name)
            )
        if not self.active:
            raise UserError(
                self.env._(
                    "%(rule)s is archived: restore it first.", rule=self.display_name
                )
            )
        self._check_channels()

    def _hold_unconfirmed(self):
        """Take active rules back to draft that reach many more than were agreed to.

        Rules that no person activated have no number to compare with, and go on.

        :return: the active rules that may go on
        """
        live = self.filtered(lambda rule: rule.state == "active")
        kept = live.filtered(lambda rule: not rule.confirmed_reach)
        for rule in live - kept:
            reach = rule._measure_reach()
            if not rule._is_large(reach) or rule._is_covered(
                reach, rule.confirmed_reach
            ):
                kept |= rule
                continue
            rule._write_life({"state": "draft", "confirmed_reach": 0})
            rule._take_back()
            # sudo: the job tells, too, and it has no e-mail address to write from
            rule.sudo().message_post(
                body=self.env._(
                    "Back to draft: it would reach %(reach)s, and nobody has agreed to "
                    "that many. Activate it again if that is meant.",
                    reach=rule._reach_words(reach),
                )
            )
        return kept

    def _write_life(self, vals):
        # sudo: what actions write is nobody's to type; they checked the access
        self.sudo().write(vals)

    def _take_back(self):
        """Remove what is planned and what nobody has committed to."""
        # sudo: tasks are nobody's to write; access to the rule was checked
        for rule_sudo in self.sudo():
            rule_sudo._drop_planned()
