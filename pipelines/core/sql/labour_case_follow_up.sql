-- What was done in labour cases after they were opened.
select
    project_id,
    instance_id,
    case_code as code,
    seen_on as done_on,
    month_of(seen_on) as month,
    steps,
    outcome,
    focal_point,
    amount_recovered,
    next_date as next_on,
    submitted_at as sent_at
from labour_case_answers
where record_type = 'follow_up'
