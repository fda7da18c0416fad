-- What became of referrals, as it was reported.
with told as (
    select f.*, coalesce(f.status_date, f.seen_on) as status_on
    from referral_answers as f
    where f.record_type = 'follow_up'
)

select
    project_id,
    instance_id,
    referral_code as code,
    status_on,
    month_of(status_on) as month,
    status,
    satisfied,
    focal_point,
    submitted_at as sent_at
from told
