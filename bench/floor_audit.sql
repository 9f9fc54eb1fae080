-- Reconcile the ledger: every rule of loyalty.card._ledger_differences, written for this
-- benchmark on its own. Each table is read once, but the entries, which are summed once
-- for their card and once for their lot.
WITH entry AS (
    SELECT card_id, SUM(points) AS points, SUM(pending) AS pending, SUM(debt) AS debt,
           COUNT(*) AS number, MAX(seq) AS last
      FROM crm_loyalty_entry GROUP BY card_id),
lot AS (
    SELECT lot.id, lot.card_id, lot.initial, lot.remaining,
           COALESCE(filled.points, 0) + COALESCE(used.points, 0) AS moved
      FROM crm_loyalty_lot lot
      LEFT JOIN (SELECT lot_id, SUM(points + debt) AS points FROM crm_loyalty_entry
                  WHERE lot_id IS NOT NULL GROUP BY lot_id) filled
             ON filled.lot_id = lot.id
      LEFT JOIN (SELECT lot_id, SUM(points) AS points FROM crm_loyalty_allocation
                  GROUP BY lot_id) used ON used.lot_id = lot.id),
bucket AS (
    SELECT card_id, SUM(remaining) AS remaining,
           BOOL_OR(remaining <> moved OR remaining < 0 OR remaining > initial) AS odd
      FROM lot GROUP BY card_id),
promise AS (
    SELECT card_id, SUM(remaining) AS remaining FROM crm_loyalty_pending
     GROUP BY card_id)
SELECT account.id, rule.name
  FROM (SELECT card.id, ROUND(COALESCE(card.points, 0)::numeric, 2) AS points,
               COALESCE(card.pending_points, 0) AS pending,
               COALESCE(card.debt_points, 0) AS debt,
               COALESCE(card.ledger_seq, 0) AS seq,
               COALESCE(entry.points, 0) AS e_points,
               COALESCE(entry.pending, 0) AS e_pending,
               COALESCE(entry.debt, 0) AS e_debt,
               COALESCE(entry.number, 0) AS e_number,
               COALESCE(entry.last, 0) AS e_last,
               COALESCE(bucket.remaining, 0) AS remaining,
               COALESCE(bucket.odd, FALSE) AS odd,
               COALESCE(promise.remaining, 0) AS promised
          FROM loyalty_card card
          LEFT JOIN entry ON entry.card_id = card.id
          LEFT JOIN bucket ON bucket.card_id = card.id
          LEFT JOIN promise ON promise.card_id = card.id
         WHERE card.is_ledger) account
 CROSS JOIN LATERAL (VALUES
    ('balance', points <> e_points),
    ('lots', points <> remaining - debt),
    ('pending', pending <> e_pending OR pending <> promised),
    ('debt', debt <> e_debt OR debt < 0),
    ('sequence', seq <> e_number OR seq <> e_last),
    ('lot', odd)) AS rule (name, broken)
 WHERE (points <> e_points OR points <> remaining - debt OR pending <> e_pending
        OR pending <> promised OR debt <> e_debt OR debt < 0 OR seq <> e_number
        OR seq <> e_last OR odd) AND rule.broken
 UNION ALL
SELECT NULL, 'transfers' FROM crm_loyalty_entry
 WHERE kind IN ('transfer_in', 'transfer_out') HAVING SUM(points) <> 0
