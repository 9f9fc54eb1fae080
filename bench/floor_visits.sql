-- The fastest plan of eight weeks we can write by hand: one statement for the plans of all
-- salespeople, the same columns as the planner writes, into a twin of crm_visit. It takes
-- every due date as the day of the visit. It knows that nothing is planned yet, nobody is
-- overdue or paused, every customer has an interval of its own and receives on all days;
-- it neither looks for the emptiest day nor at working days, nor puts a day's stops in
-- order. The planner may know none of that, and does all of it.
INSERT INTO bm_visit (
       partner_id, date, sequence, due_date, target_date, tolerance_days, grade_id,
       company_id, user_id, plan_id, type_id, duration, state, is_pinned, active,
       create_uid, create_date, write_uid, write_date)
SELECT customer.partner_id, due::date, 10, due::date, due::date,
       floor(customer.visit_interval * 0.2 + 0.5), customer.grade_id,
       customer.company_id, customer.user_id, plan.id, plan.type_id, type.duration,
       'proposed', FALSE, TRUE, 1, %(now)s, 1, %(now)s
  FROM crm_visit_plan plan
  JOIN crm_visit_type type ON type.id = plan.type_id
  JOIN crm_customer customer ON customer.user_id = plan.user_id
   AND customer.company_id = plan.company_id AND customer.active
 CROSS JOIN generate_series(customer.next_visit_date, plan.date_to,
                            customer.visit_interval * interval '1 day') due
 WHERE plan.id = ANY(%(plans)s)
