-- What happens to the clocks whose deadline has come: the least that writes the same rows
-- as crm.sla.clock._cron_process. One statement for a batch, restartable; the partial index
-- on next_event_at finds the due ones, however many are open.
WITH due AS (
    SELECT id FROM crm_sla_clock
     WHERE next_event_at <= %(as_of)s
     ORDER BY next_event_at, id
     LIMIT %(batch)s
       FOR NO KEY UPDATE SKIP LOCKED),
late AS (
    UPDATE crm_sla_clock clock
       SET state = 'breached', breached_at = deadline, is_warned = TRUE,
           next_event_at = NULL, write_uid = %(uid)s, write_date = NOW() AT TIME ZONE 'UTC'
      FROM due
     WHERE clock.id = due.id
    RETURNING clock.*),
logged AS (
    INSERT INTO crm_sla_event (clock_id, company_id, kind, date, target_minutes,
           allowance_minutes, calendar_id, consumed_minutes, old_deadline, new_deadline,
           recorded_at)
    SELECT id, company_id, 'breach', deadline, target_minutes, allowance_minutes,
           calendar_id, allowance_minutes, deadline, deadline,
           NOW() AT TIME ZONE 'UTC'
      FROM late),
-- a complaint shows its soonest open deadline; the others are as they were
soonest AS (
    SELECT DISTINCT ON (complaint_id) complaint_id, state, metric, deadline, warn_at
      FROM (SELECT complaint_id, state, metric, deadline, warn_at, id FROM late
             UNION ALL
            SELECT complaint_id,
                   CASE WHEN state = 'running' AND is_warned THEN 'warned' ELSE state END,
                   metric, deadline, warn_at, id
              FROM crm_sla_clock
             WHERE complaint_id IN (SELECT complaint_id FROM late)
               AND id NOT IN (SELECT id FROM late)
               AND reached_at IS NULL AND state NOT IN ('met', 'cancelled')) clock
     ORDER BY complaint_id, deadline NULLS LAST, metric = 'resolution' DESC, id)
UPDATE crm_complaint complaint
   SET sla_state = soonest.state, sla_metric = soonest.metric,
       sla_deadline = soonest.deadline, sla_warn_at = soonest.warn_at
  FROM soonest
 WHERE soonest.complaint_id = complaint.id
   AND (complaint.sla_state, complaint.sla_metric, complaint.sla_deadline,
        complaint.sla_warn_at)
       IS DISTINCT FROM
       (soonest.state, soonest.metric, soonest.deadline, soonest.warn_at);
