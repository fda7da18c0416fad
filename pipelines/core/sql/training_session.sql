-- Days of training.
with held as (
    select f.*, coalesce(f.session_date, f.seen_on) as session_on
    from training_attendance_answers as f
),

present as (
    select project_id, instance_id, count(*) as participants
    from participant_answers
    group by project_id, instance_id
)

select
    held.project_id,
    held.instance_id,
    held.event_code,
    held.session_on,
    month_of(held.session_on) as month,
    held.day_no,
    held.themes,
    held.services_present,
    held.focal_point,
    held.cercle,
    held.commune,
    held.site,
    coalesce(present.participants, 0) as participants
from held
left join present
    on present.project_id = held.project_id and present.instance_id = held.instance_id
