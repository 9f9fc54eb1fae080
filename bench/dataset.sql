-- Drafts of the benchmark's partners and invoice headers: one row for each row to be,
-- with the columns that differ from the prototype they are copied from.
--
-- Deterministic: u(n, seed) is a uniform number of 0 <= u < 1 by hash. Cubic skew: the
-- best hundredth of the partners gets a fifth of the invoices, and some get none.
CREATE FUNCTION pg_temp.u(n bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(n, seed) & 2147483647) / 2147483648.0::float8;

-- Commercial partners: 1 in 10 shared by the companies, 1 in 100 archived, 3 in 100
-- never marked as customers (so with an invoice only), profiles more or less complete.
CREATE TEMPORARY TABLE bm_party ON COMMIT DROP AS
SELECT %(prototype_partner)s AS prototype_id, %(partner_base)s + g AS id,
       %(partner_base)s + g AS commercial_partner_id, NULL::int AS parent_id,
       'BM ' || md5(g::text) AS name, 'BM ' || md5(g::text) AS complete_name,
       'BM' || g AS ref, TRUE AS is_company,
       CASE WHEN pg_temp.u(g, 1) < 0.1 THEN NULL
            ELSE (%(companies)s::int[])[1 + g %% 3] END AS company_id,
       CASE WHEN pg_temp.u(g, 2) < 0.7
            THEN (%(users)s::int[])[1 + g %% cardinality(%(users)s::int[])] END AS user_id,
       CASE WHEN pg_temp.u(g, 3) < 0.6 THEN '+1555' || lpad(g::text, 7, '0') END AS phone,
       CASE WHEN pg_temp.u(g, 3) < 0.6 THEN '+1555' || lpad(g::text, 7, '0') END
           AS phone_sanitized,
       CASE WHEN pg_temp.u(g, 4) < 0.8 THEN 'bm' || g || '@example.invalid' END AS email,
       CASE WHEN pg_temp.u(g, 4) < 0.8 THEN 'bm' || g || '@example.invalid' END
           AS email_normalized,
       CASE WHEN pg_temp.u(g, 5) < 0.5 THEN g || ' Bench Street' END AS street,
       CASE WHEN pg_temp.u(g, 6) < 0.5 THEN 'Benchville' END AS city,
       CASE WHEN pg_temp.u(g, 7) < 0.03 THEN 0 ELSE 1 END AS customer_rank,
       pg_temp.u(g, 8) >= 0.01 AS active
  FROM generate_series(1, %(partners)s::bigint) g;

-- Contacts of 1 company in 10.
INSERT INTO bm_party
SELECT prototype_id, %(partner_base)s + %(partners)s + row_number() OVER (ORDER BY id), id,
       id, 'Contact of ' || name, name || ', Contact of ' || name, NULL, FALSE,
       company_id, user_id, NULL, NULL, NULL, NULL, NULL, NULL, 0, TRUE
  FROM bm_party WHERE pg_temp.u(id, 9) < 0.1;

CREATE TEMPORARY TABLE bm_buyer ON COMMIT DROP AS
SELECT party.id - %(partner_base)s AS nth, party.id, party.name, party.company_id,
       contact.id AS contact_id
  FROM bm_party party LEFT JOIN bm_party contact ON contact.parent_id = party.id
 WHERE party.parent_id IS NULL;
ANALYZE bm_buyer;

-- Invoices over three years up to ten days after the day the grading is as of: 5 in 100
-- cancelled, 3 in 100 refunds (some reverse the invoice before them), 1 in 200 of 0.00;
-- half of what a company with a contact buys is billed to the contact, some of that
-- from before the contact was filed under the company.
CREATE TEMPORARY TABLE bm_bill ON COMMIT DROP AS
SELECT prototype.id AS prototype_id, %(move_base)s + g.number AS id,
       CASE WHEN pg_temp.u(g.number, 11) < 0.05 THEN 'cancel' ELSE 'posted' END AS state,
       g.move_type, drawn.company_id, 'BM/' || drawn.company_id || '/' AS sequence_prefix,
       g.number AS sequence_number, 'BM/' || drawn.company_id || '/' || g.number AS name,
       'BM/' || drawn.company_id || '/' || g.number AS payment_reference,
       NULL::text AS access_token, g.day AS date, g.day AS invoice_date,
       g.day AS invoice_date_due, buyer.name AS invoice_partner_display_name,
       CASE WHEN to_contact THEN buyer.contact_id ELSE buyer.id END AS partner_id,
       CASE WHEN to_contact THEN buyer.contact_id ELSE buyer.id END AS partner_shipping_id,
       CASE WHEN to_contact AND pg_temp.u(g.number, 12) < 0.2
            THEN buyer.contact_id ELSE buyer.id END AS commercial_partner_id,
       CASE WHEN g.move_type = 'out_refund' AND pg_temp.u(g.number, 13) < 0.5
            THEN NULLIF(%(move_base)s + g.number - 1, %(move_base)s) END AS reversed_entry_id,
       amount AS amount_untaxed, amount AS amount_total, amount AS amount_residual,
       amount AS quick_edit_total_amount,
       sign * amount AS amount_untaxed_signed, sign * amount AS amount_total_signed,
       sign * amount AS amount_untaxed_in_currency_signed,
       sign * amount AS amount_total_in_currency_signed,
       sign * amount AS amount_residual_signed
  FROM (SELECT number, 1 + floor(%(partners)s * power(pg_temp.u(number, 20), 3))::int AS nth,
               %(as_of)s + 10 - floor(1105 * pg_temp.u(number, 15))::int AS day,
               CASE WHEN pg_temp.u(number, 16) < 0.005 THEN 0
                    ELSE round((10 + 990 * pg_temp.u(number, 17))::numeric, 2) END AS amount,
               CASE WHEN pg_temp.u(number, 18) < 0.03 THEN 'out_refund'
                    ELSE 'out_invoice' END AS move_type,
               pg_temp.u(number, 19) < 0.5 AS for_contact
          FROM generate_series(1, %(invoices)s::bigint) number) g
  JOIN bm_buyer buyer ON buyer.nth = g.nth
 CROSS JOIN LATERAL (
       SELECT g.for_contact AND buyer.contact_id IS NOT NULL AS to_contact,
              CASE WHEN g.move_type = 'out_refund' THEN -1 ELSE 1 END AS sign,
              COALESCE(buyer.company_id, (%(companies)s::int[])[
                  1 + floor(3 * pg_temp.u(g.number, 14))::int]) AS company_id) drawn
  JOIN account_move prototype ON prototype.id = ANY(%(prototype_moves)s::int[])
   AND prototype.company_id = drawn.company_id AND prototype.move_type = g.move_type;
