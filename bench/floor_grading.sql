-- The fastest first grading we can write by hand: one statement for all companies, one
-- scan of the invoices, the same columns as the engine writes, into twins of its tables.
-- It knows that nobody is graded yet, that the default policy is active (spend and
-- frequency by rank, satisfaction without value), that every company has at least 20
-- customers and that no cadence counts a single channel; the engine may know none of that.
WITH run AS (
    INSERT INTO crm_grade_run (company_id, policy_id, as_of, state)
    SELECT unnest(%(companies)s), %(policy)s, %(as_of)s, 'done'
    RETURNING id, company_id),
orders AS (
    SELECT partner_id, company_id, SUM(amount) AS revenue_total,
           SUM(amount) FILTER (WHERE day > %(y1)s) AS revenue_12m,
           SUM(amount) FILTER (WHERE day > %(y2)s AND day <= %(y1)s) AS revenue_previous_12m,
           SUM(amount) FILTER (WHERE day > %(h1)s) AS revenue_180d,
           SUM(amount) FILTER (WHERE day > %(h2)s AND day <= %(h1)s) AS revenue_previous_180d,
           COUNT(*) FILTER (WHERE is_order) AS order_count,
           COUNT(*) FILTER (WHERE is_order AND day > %(y1)s) AS order_count_12m,
           MIN(day) FILTER (WHERE is_order) AS first_order_date,
           MAX(day) FILTER (WHERE is_order) AS last_order_date,
           ROUND(CAST(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap)
               FILTER (WHERE is_order AND gap > 0) AS numeric), 1) AS median_gap_days
      FROM (SELECT partner.commercial_partner_id AS partner_id, move.company_id,
                   move.invoice_date AS day, move.amount_untaxed_signed AS amount,
                   order_.is_order,
                   move.invoice_date - LAG(move.invoice_date) OVER (
                       PARTITION BY partner.commercial_partner_id, move.company_id,
                                    order_.is_order
                       ORDER BY move.invoice_date) AS gap
              FROM account_move move
              JOIN res_partner partner ON partner.id = move.partner_id
             CROSS JOIN LATERAL (SELECT move.move_type = 'out_invoice'
                   AND move.amount_total_signed > 0 AS is_order) order_
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.company_id = ANY(%(companies)s)
               AND move.invoice_date <= %(as_of)s) document
     GROUP BY partner_id, company_id),
touched AS (
    SELECT partner_id, company_id, jsonb_object_agg(channel, day) AS touch_dates,
           MAX(day) AS last_touch_date,
           MAX(day) FILTER (WHERE channel = 'visit') AS last_visit_date
      FROM (SELECT partner.commercial_partner_id AS partner_id, touch.company_id,
                   touch.channel,
                   MAX((touch.date AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date) AS day
              FROM crm_touchpoint touch
              JOIN res_partner partner ON partner.id = touch.partner_id
              JOIN unnest(%(companies)s, %(zones)s) zone (company_id, name)
                ON zone.company_id = touch.company_id
             WHERE touch.is_effective
               AND touch.date < (%(as_of)s + 1)::timestamp AT TIME ZONE zone.name
                                AT TIME ZONE 'UTC'
             GROUP BY 1, 2, 3) latest
     GROUP BY partner_id, company_id),
keys AS (
    SELECT partner_id, company_id FROM orders
     UNION
    SELECT commercial_partner_id, company_id FROM res_partner
     WHERE customer_rank > 0 AND active AND company_id = ANY(%(companies)s)
     UNION
    SELECT partner.commercial_partner_id, author.company_id
      FROM res_partner partner JOIN res_users author ON author.id = partner.create_uid
     WHERE partner.customer_rank > 0 AND partner.active AND partner.company_id IS NULL
       AND author.company_id = ANY(%(companies)s)
       AND NOT EXISTS (
           SELECT FROM account_move move JOIN res_partner buyer ON buyer.id = move.partner_id
            WHERE buyer.commercial_partner_id = partner.commercial_partner_id
              AND move.move_type IN ('out_invoice', 'out_refund'))
     UNION
    SELECT partner.commercial_partner_id,
           COALESCE(lead.company_id, partner.company_id, seller.company_id,
                    author.company_id)
      FROM crm_lead lead
      JOIN res_partner partner ON partner.id = lead.partner_id
      LEFT JOIN res_users seller ON seller.id = lead.user_id
      LEFT JOIN res_users author ON author.id = lead.create_uid
     WHERE lead.active AND lead.type = 'opportunity'
       AND COALESCE(lead.company_id, partner.company_id, seller.company_id,
                    author.company_id) = ANY(%(companies)s)),
fact AS MATERIALIZED (
    SELECT keys.partner_id, keys.company_id, partner.user_id, partner.active,
           COALESCE(revenue_total, 0) AS revenue_total,
           COALESCE(revenue_12m, 0) AS revenue_12m,
           COALESCE(revenue_previous_12m, 0) AS revenue_previous_12m,
           COALESCE(revenue_180d, 0) AS revenue_180d,
           COALESCE(revenue_previous_180d, 0) AS revenue_previous_180d,
           COALESCE(order_count, 0) AS order_count,
           COALESCE(order_count_12m, 0) AS order_count_12m,
           first_order_date, last_order_date, median_gap_days,
           touch_dates, last_touch_date, last_visit_date,
           ROUND(100.0 * (
               (NULLIF(partner.phone, '') IS NOT NULL)::int
               + (NULLIF(partner.email, '') IS NOT NULL)::int
               + (NULLIF(partner.street, '') IS NOT NULL)::int
               + (NULLIF(partner.city, '') IS NOT NULL)::int
               + (partner.country_id IS NOT NULL)::int
               + (partner.user_id IS NOT NULL)::int
               + (NULLIF(partner.crm_preferred_channel, '') IS NOT NULL)::int
               + (partner.id IN (SELECT partner_id FROM crm_contact_hours))::int) / 8)
               AS completeness
      FROM keys
      JOIN res_partner partner ON partner.id = keys.partner_id
      LEFT JOIN orders ON orders.partner_id = keys.partner_id
                      AND orders.company_id = keys.company_id
      LEFT JOIN touched ON touched.partner_id = keys.partner_id
                       AND touched.company_id = keys.company_id),
ranked AS (
    SELECT company_id, active, revenue_12m, order_count_12m,
           LEAST(5, 1 + 5 * (RANK() OVER (PARTITION BY company_id ORDER BY revenue_12m) - 1)
               / GREATEST(COUNT(*) OVER (PARTITION BY company_id) - 1, 1)) AS spend,
           LEAST(5, 1 + 5 * (RANK() OVER (PARTITION BY company_id
                                          ORDER BY order_count_12m) - 1)
               / GREATEST(COUNT(*) OVER (PARTITION BY company_id) - 1, 1)) AS frequency
      FROM fact WHERE active AND order_count_12m > 0),
cut AS (
    -- lowest value of each fifth: five rows, or fewer where equal values fill one
    SELECT company_id,
           ARRAY_AGG(low ORDER BY fifth) FILTER (WHERE metric = 'spend') AS spend_low,
           ARRAY_AGG(fifth ORDER BY fifth) FILTER (WHERE metric = 'spend') AS spend_fifth,
           ARRAY_AGG(low ORDER BY fifth) FILTER (WHERE metric = 'frequency')
               AS frequency_low,
           ARRAY_AGG(fifth ORDER BY fifth) FILTER (WHERE metric = 'frequency')
               AS frequency_fifth
      FROM (SELECT company_id, 'spend' AS metric, spend AS fifth, MIN(revenue_12m) AS low
              FROM ranked GROUP BY company_id, spend
             UNION ALL
            SELECT company_id, 'frequency', frequency, MIN(order_count_12m)::numeric
              FROM ranked GROUP BY company_id, frequency) lows
     GROUP BY company_id),
decile AS (
    SELECT company_id, MIN(revenue_12m) AS revenue
      FROM (SELECT company_id, revenue_12m,
                   RANK() OVER (PARTITION BY company_id ORDER BY revenue_12m) - 1 AS below,
                   COUNT(*) OVER (PARTITION BY company_id) - 1 AS others
              FROM fact WHERE revenue_12m > 0 AND active) buyer
     WHERE others + 1 >= 20 AND 10 * below >= 9 * others
     GROUP BY company_id),
pointed AS (
    SELECT fact.*, decile.revenue AS decile_revenue,
           CASE WHEN order_count_12m > 0 THEN
               GREATEST(width_bucket(revenue_12m, spend_low), 1) END AS spend_rung,
           CASE WHEN order_count_12m > 0 THEN
               GREATEST(width_bucket(order_count_12m::numeric, frequency_low), 1) END
               AS frequency_rung,
           spend_low, spend_fifth, frequency_low, frequency_fifth
      FROM fact JOIN cut USING (company_id) LEFT JOIN decile USING (company_id)
    OFFSET 0),
scored AS (
    SELECT *, ROUND(50.0 * spend_points / 80, 2) AS spend_score,
           ROUND((50.0 * spend_points + 30.0 * frequency_points) / 80, 2) AS score
      FROM (SELECT *, COALESCE(20 * spend_fifth[spend_rung], 0) AS spend_points,
                   COALESCE(20 * frequency_fifth[frequency_rung], 0) AS frequency_points
              FROM pointed OFFSET 0) earned
    OFFSET 0),
graded AS (
    SELECT scored.*, grade.id AS grade_id, grade.customer_class AS grade_class,
           grade.clv_factor,
           CASE WHEN active THEN GREATEST(last_touch_date, %(as_of)s) + grade.contact_days
                END AS next_contact_date,
           CASE WHEN active THEN GREATEST(last_visit_date, %(as_of)s) + grade.visit_days
                END AS next_visit_date,
           CASE WHEN first_order_date IS NULL THEN 'potential'
                WHEN %(as_of)s - last_order_date > 365 THEN 'lost'
                WHEN %(as_of)s - last_order_date > 2 * median_gap_days
                     OR revenue_180d < 0.6 * revenue_previous_180d THEN 'declining'
                WHEN %(as_of)s - first_order_date <= 90 THEN 'new'
                WHEN revenue_180d > 1.2 * revenue_previous_180d
                     AND (revenue_previous_180d > 0 OR order_count >= 2) THEN 'growing'
                ELSE 'mature' END AS lifecycle
      FROM scored
      JOIN (SELECT * FROM unnest(%(grade_ids)s, %(grade_companies)s, %(grade_mins)s::numeric[],
                                 %(grade_tops)s::numeric[], %(grade_classes)s,
                                 %(grade_factors)s::numeric[], %(contact_days)s::int[],
                                 %(visit_days)s::int[])
                AS grade (id, company_id, lowest, highest, customer_class, clv_factor,
                          contact_days, visit_days)) grade
        ON grade.company_id = scored.company_id
       AND scored.score >= grade.lowest AND scored.score < grade.highest),
written AS (
    INSERT INTO bm_customer (
        partner_id, company_id, user_id, active, revenue_total, revenue_12m,
        revenue_previous_12m, revenue_180d, revenue_previous_180d, order_count,
        order_count_12m, first_order_date, last_order_date, median_gap_days, completeness,
        touch_dates, last_touch_date, last_visit_date, cadence_start, cadence_grade_id,
        next_contact_date, next_visit_date,
        lifecycle, lifecycle_date, customer_class, clv, score, score_detail,
        computed_grade_id, computed_grade_date, grade_id, grade_date,
        create_uid, create_date, write_uid, write_date)
    SELECT partner_id, company_id, user_id, active, revenue_total, revenue_12m,
           revenue_previous_12m, revenue_180d, revenue_previous_180d, order_count,
           order_count_12m, first_order_date, last_order_date, median_gap_days, completeness,
           touch_dates, last_touch_date, last_visit_date, %(as_of)s, grade_id,
           next_contact_date, next_visit_date,
           lifecycle, %(as_of)s,
           CASE WHEN grade_class = 'vip' THEN 'vip'
                WHEN first_order_date IS NULL THEN 'potential'
                WHEN %(as_of)s - last_order_date > 365 THEN 'lost'
                WHEN grade_class = 'important' OR revenue_12m >= decile_revenue
                     THEN 'important'
                ELSE 'ordinary' END,
           ROUND(GREATEST(revenue_12m, 0) * clv_factor, 2),
           score,
           jsonb_build_array(
               jsonb_build_object(
                   'metric', 'spend', 'method', 'quantile', 'raw', revenue_12m,
                   'band', NULL, 'points', spend_points, 'weight', 50,
                   'contribution', spend_score),
               jsonb_build_object(
                   'metric', 'frequency', 'method', 'quantile', 'raw', order_count_12m,
                   'band', NULL, 'points', frequency_points,
                   'weight', 30, 'contribution', score - spend_score),
               jsonb_build_object(
                   'metric', 'satisfaction', 'method', 'bands', 'raw', NULL, 'band', NULL,
                   'points', NULL, 'weight', 20, 'contribution', NULL)),
           grade_id, %(as_of)s, grade_id, %(as_of)s, 1, %(now)s, 1, %(now)s
      FROM graded
    RETURNING id, company_id, grade_id, score)
INSERT INTO bm_change (customer_id, company_id, date, kind, new_grade_id, score, run_id,
                       user_id)
SELECT written.id, written.company_id, %(as_of)s, 'first', written.grade_id, written.score,
       run.id, 1
  FROM written JOIN run USING (company_id)
