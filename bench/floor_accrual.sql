-- The least that credits members in bulk: the rows that loyalty.card._post_credits writes
-- (lots, entries, balances), into twins with the same indexes and references. Whoever
-- calls it knows that no key was posted, that no member owes, and which program it is.
WITH ready AS MATERIALIZED (
    SELECT fact.card_id, fact.points, fact.key, fact.day, fact.last_day, fact.res_id,
           card.partner_id, card.company_id,
           card.ledger_seq + ROW_NUMBER() OVER account AS seq,
           card.points::numeric + SUM(fact.points) OVER account AS balance
      FROM bm_fact fact JOIN bm_card card ON card.id = fact.card_id
    WINDOW account AS (PARTITION BY fact.card_id ORDER BY fact.day, fact.key
                       ROWS UNBOUNDED PRECEDING)),
lot AS (
    INSERT INTO bm_lot (card_id, expiry_date, initial, remaining,
                create_uid, create_date, write_uid, write_date)
    SELECT card_id, last_day, SUM(points), SUM(points), %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM ready GROUP BY card_id, last_day
    RETURNING id, card_id, expiry_date),
entry AS (
    INSERT INTO bm_entry (card_id, program_id, company_id, seq, kind, points, pending,
                debt, balance_after, qualifying_points, effective_date, expiry_date,
                lot_id, key, res_model, res_id, grade_id, reason,
                create_uid, create_date, write_uid, write_date)
    SELECT ready.card_id, %(program)s, ready.company_id, ready.seq, 'earn', ready.points,
           0, 0, ready.balance, ready.points, ready.day, ready.last_day, lot.id,
           ready.key, 'res.partner', ready.res_id, customer.grade_id, 'Bench',
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM ready
      JOIN lot ON lot.card_id = ready.card_id AND lot.expiry_date = ready.last_day
      LEFT JOIN crm_customer customer ON customer.partner_id = ready.partner_id
           AND customer.company_id = ready.company_id)
UPDATE bm_card SET points = total.balance, ledger_seq = total.seq,
       write_uid = %(uid)s, write_date = %(now)s
  FROM (SELECT card_id, MAX(seq) AS seq, MAX(balance) AS balance
          FROM ready GROUP BY card_id) total
 WHERE bm_card.id = total.card_id
