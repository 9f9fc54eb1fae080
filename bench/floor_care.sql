-- The fastest year of care we can write by hand: one statement for all rules, the same
-- columns as the generation writes, into a twin of crm_care_task with its indexes and
-- references. It knows that nothing is planned yet, that every day is allowed and nobody
-- is a colleague or held out, that a greeting is for its day only, which zone each country
-- has, and that no birthday is in a leap month. The generation may know none of that.
INSERT INTO bm_care_task (
       rule_id, occasion_id, kind, company_id, purpose, priority, partner_id,
       commercial_partner_id, grade_id, user_id, occurrence_key, occasion_date, due_date,
       not_before, not_after, is_holdout, state, needs_approval, is_edited,
       delivery_tries, create_uid, create_date, write_uid, write_date)
SELECT day.rule_id, day.occasion_id, day.kind, %(company)s, 'greeting', '3', partner.id,
       partner.id, customer.grade_id, customer.user_id, day.key, day.day, day.day,
       (day.day + time '09:00') AT TIME ZONE zone.name AT TIME ZONE 'UTC',
       (day.day + time '20:00') AT TIME ZONE zone.name AT TIME ZONE 'UTC',
       FALSE, 'planned', FALSE, FALSE, 0, 1, %(now)s, 1, %(now)s
  FROM UNNEST(%(rules)s::int[], %(occasions)s::int[], %(kinds)s::varchar[],
              %(keys)s::varchar[], %(days)s::date[], %(calendars)s::varchar[],
              %(months)s::int[], %(numbers)s::int[])
       day (rule_id, occasion_id, kind, key, day, calendar, month, number)
  JOIN (crm_customer customer JOIN res_partner partner ON partner.id = customer.partner_id)
    ON customer.company_id = %(company)s AND customer.active
   AND (day.calendar IS NULL
        OR (partner.crm_birth_calendar, partner.crm_birth_month, partner.crm_birth_day)
           = (day.calendar, day.month, day.number))
  LEFT JOIN UNNEST(%(countries)s::int[], %(country_zones)s::varchar[])
       country (id, zone) ON country.id = partner.country_id
 CROSS JOIN LATERAL (
       SELECT COALESCE(partner.tz, country.zone, %(zone)s) AS name) zone
