# Copyright 2026 The CRM Excellence Authors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from .crm_loyalty_terms import KINDS, POINTS_DIGITS

# Whoever asks: nothing that was posted is changed or taken back. The one exception is
# PostgreSQL's own: a deleted user is forgotten as the author (ON DELETE SET NULL).
GUARD_FUNCTION = """
CREATE OR REPLACE FUNCTION crm_loyalty_append_only() RETURNS trigger
LANGUAGE plpgsql AS $guard$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.create_uid IS NULL OR NEW.write_uid IS NULL THEN
            IF to_jsonb(NEW) - 'create_uid' - 'write_uid'
               = to_jsonb(OLD) - 'create_uid' - 'write_uid' THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION 'The loyalty ledger (%) is append-only: correct it by a new entry.',
        TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$guard$
"""


def guard_table(cr, table):
    """Have PostgreSQL refuse to update, delete or truncate ``table``, whoever asks."""
    cr.execute(GUARD_FUNCTION)
    for name, events, each in (
        ("crm_loyalty_append_only", "UPDATE OR DELETE", "ROW"),
        ("crm_loyalty_no_truncate", "TRUNCATE", "STATEMENT"),
    ):
        # CREATE OR REPLACE TRIGGER came with PostgreSQL 14
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(name),
                SQL.identifier(table),
            )
        )
        cr.execute(
            SQL(
                """CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s
                   EXECUTE FUNCTION crm_loyalty_append_only()""",
                SQL.identifier(name),
                SQL(events),  # pylint: disable=sql-injection
                SQL.identifier(table),
                SQL(each),
            )
        )


class CrmLoyaltyEntry(models.Model):
    """One movement of points on a card: the ledger. Never changed, never deleted.

    Written by ``loyalty.card._post_points`` and its set-based jobs only. The balance of
    a card is the sum of ``points``, what is promised the sum of ``pending``, what the
    member owes the sum of ``debt``.
    """

    _name = "crm.loyalty.entry"
    _description = "Loyalty Ledger Entry"
    _order = "card_id, seq desc"
    _rec_name = "key"

    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    # Programs, companies and grades are few: an index would only slow the writing.
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        ondelete="restrict",
        help="The company of the document that moved the points.",
    )
    partner_id = fields.Many2one(related="card_id.partner_id", string="Member")
    seq = fields.Integer(string="Number", required=True, readonly=True)
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    points = fields.Float(
        digits=POINTS_DIGITS,
        required=True,
        readonly=True,
        help="What the balance changes by.",
    )
    pending = fields.Float(
        digits=POINTS_DIGITS,
        required=True,
        default=0,
        readonly=True,
        help="What the pending points change by.",
    )
    debt = fields.Float(
        digits=POINTS_DIGITS,
        required=True,
        default=0,
        readonly=True,
        help="What the member's debt changes by: points that had been spent already.",
    )
    balance_after = fields.Float(
        string="Balance",
        digits=POINTS_DIGITS,
        required=True,
        readonly=True,
        aggregator=None,
    )
    qualifying_points = fields.Float(
        digits=POINTS_DIGITS,
        required=True,
        default=0,
        readonly=True,
        help="What counts for the grade: bought, less refunds; no gifts.",
    )
    effective_date = fields.Date(required=True, readonly=True, index=True)
    expiry_date = fields.Date(
        readonly=True, help="Last day on which these points can be spent."
    )
    lot_id = fields.Many2one(
        comodel_name="crm.loyalty.lot",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The lot that a credit went to.",
    )
    key = fields.Char(
        required=True,
        readonly=True,
        help="What was posted under a key is posted once.",
    )
    res_model = fields.Char(string="Source model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Source", model_field="res_model", readonly=True
    )
    reverses_id = fields.Many2one(
        comodel_name="crm.loyalty.entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The entry that this one takes back, releases or voids.",
    )
    grade_id = fields.Many2one(
        comodel_name="crm.grade",
        readonly=True,
        ondelete="restrict",
        help="The member's grade when this was posted.",
    )
    reason = fields.Char(readonly=True)
    snapshot = fields.Json(
        readonly=True, help="The arithmetic as it was when this was posted."
    )
    allocation_ids = fields.One2many(
        comodel_name="crm.loyalty.allocation", inverse_name="entry_id", readonly=True
    )

    _key_uniq = models.UniqueIndex(
        "(key)", "This movement of points is posted already."
    )
    _card_seq_uniq = models.UniqueIndex(
        "(card_id, seq)", "Entries of a card are numbered without gap."
    )
    _source_idx = models.Index("(res_model, res_id)")
    _check_key = models.Constraint("CHECK (key <> '')", "An entry has a key.")
    _check_seq = models.Constraint("CHECK (seq > 0)", "Entries are numbered from 1.")

    def init(self):
        guard_table(self.env.cr, self._table)
