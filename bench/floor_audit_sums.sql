-- Balances and the sums of their entries alone (F3): the first rule of the audit.
SELECT card.id, card.points, COALESCE(entry.points, 0)
  FROM loyalty_card card
  LEFT JOIN (SELECT card_id, SUM(points) AS points FROM crm_loyalty_entry
              GROUP BY card_id) entry ON entry.card_id = card.id
 WHERE card.is_ledger
   AND ROUND(COALESCE(card.points, 0)::numeric, 2) IS DISTINCT FROM COALESCE(entry.points, 0)
