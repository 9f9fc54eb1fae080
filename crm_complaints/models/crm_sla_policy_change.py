# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import plaintext2html

from ..tools.sla_policy import spell
from .crm_complaint_terms import METRICS, SEVERITIES

# Whose change makes a new version: for whom, by which clock, and how.
TERMS = (
    "company_id",
    "team_id",
    "category_id",
    "calendar_id",
    "retarget_mode",
    "grace_percent",
    "may_lengthen",
    "reopen_mode",
    "reopen_minutes",
)
SAVING = "crm_sla_policy_saving"


class CrmSlaPolicy(models.Model):
    """Versions: one save that changes what is promised is one version (S13)."""

    _inherit = "crm.sla.policy"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["version"] = 1  # counted here, never typed
            vals.pop("version_ids", None)
        policies = super().create(vals_list)
        policies._record_version({})
        return policies

    def write(self, vals):
        if not self.env.su and {"version", "version_ids"}.intersection(vals):
            raise AccessError(self.env._("Versions are counted, not typed."))
        with self._versioned():
            return super().write(vals)

    @contextmanager
    def _versioned(self):
        """Whatever is changed in this block makes one new version of each policy.

        Blocks within a block belong to it: the lines that are saved with a policy. A
        policy that is just being created has no version to succeed yet.
        """
        saving = self.env.cr.cache.setdefault(SAVING, set())
        # sudo: which versions there are does not depend on who saves
        policies_sudo = self.sudo().filtered(
            lambda policy: policy.id not in saving and policy.version_ids
        )
        before = {policy.id: policy._snapshot() for policy in policies_sudo}
        saving.update(policies_sudo.ids)
        try:
            yield
        finally:
            saving.difference_update(policies_sudo.ids)
        changed_sudo = policies_sudo.exists().filtered(
            lambda policy: policy._snapshot() != before[policy.id]
        )
        for policy_sudo in changed_sudo:
            policy_sudo.version += 1
        changed_sudo._record_version(before)

    def _record_version(self, before):
        """Keep what these policies say now as a version.

        :param before: ``{policy id: snapshot}`` of the version before, if there is one
        """
        vals_list = []
        for policy in self:
            old, new = before.get(policy.id), policy._snapshot()
            changes = policy._spell_changes(old, new) if old else []
            vals_list.append(
                {
                    "policy_id": policy.id,
                    "version": policy.version,
                    "user_id": self.env.uid,
                    "snapshot": new,
                    "changes": "\n".join(changes) or self.env._("Created"),
                }
            )
            if changes:
                title = self.env._("Version %(version)s", version=policy.version)
                policy._message_log(body=plaintext2html("\n".join([title, *changes])))
        # sudo: whoever may change a policy leaves a trace; nobody writes one by hand
        self.env["crm.sla.policy.version"].sudo().create(vals_list)

    def _snapshot(self):
        """All that a version consists of, for JSON."""
        self.ensure_one()
        terms = {}
        for name in TERMS:
            value = self[name]
            terms[name] = value.id if isinstance(value, models.BaseModel) else value
        return {
            "terms": terms,
            "targets": {
                target._key(): target.target_minutes for target in self.target_ids
            },
        }

    def _spell_changes(self, old, new):
        """The difference of two snapshots, a line each, in the reader's language."""
        lines = []
        for name in TERMS:
            if old["terms"][name] != new["terms"][name]:
                lines.append(
                    self.env._(
                        "%(term)s: %(old)s → %(new)s",
                        term=self._fields[name]._description_string(self.env),
                        old=self._spell_term(name, old["terms"][name]),
                        new=self._spell_term(name, new["terms"][name]),
                    )
                )
        for key in sorted({*old["targets"], *new["targets"]}, key=_reading_order):
            was, now = old["targets"].get(key), new["targets"].get(key)
            if was != now:
                lines.append(
                    self.env._(
                        "%(cell)s: %(old)s → %(new)s",
                        cell=self._spell_cell(key),
                        old=spell(was) if was else "–",
                        new=spell(now) if now else "–",
                    )
                )
        return lines

    def _spell_term(self, name, value):
        """A term of a snapshot as people read it."""
        field = self._fields[name]
        if field.type == "many2one":
            return self.env[field.comodel_name].browse(value or []).display_name or "–"
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return str(value)

    def _spell_cell(self, key):
        """Metric, severity and grade of a cell as people read them."""
        metric, severity, grade = key.split("|")
        fields = self.env["crm.sla.target"]._fields
        names = [dict(fields["metric"]._description_selection(self.env))[metric]]
        if severity:
            severities = dict(fields["severity"]._description_selection(self.env))
            names.append(severities[severity])
        if grade:
            names.append(self.env["crm.grade"].browse(int(grade)).display_name)
        return ", ".join(names)


def _reading_order(key):
    """Cells in the order of the matrix: metric, severity, grade."""
    metric, severity, grade = key.split("|")
    severities = ["", *dict(SEVERITIES)]
    return list(dict(METRICS)).index(metric), severities.index(severity), grade
