-- The least that redeems points (F2): the key first, so that a request that is repeated
-- changes nothing, then the guarded debit, then the entry; one round trip, one row lock.
WITH k AS (
    INSERT INTO bm_idem (key, account_id) VALUES (%(key)s, %(account)s)
        ON CONFLICT (key) DO NOTHING
    RETURNING key),
a AS (
    UPDATE bm_account SET balance = balance - %(points)s
     WHERE id = %(account)s AND balance >= %(points)s AND EXISTS (SELECT FROM k)
    RETURNING id, balance)
INSERT INTO bm_entry (account_id, points, balance_after, idem_key)
SELECT id, -%(points)s, balance, %(key)s FROM a
RETURNING id, balance_after
