-- Awareness and information sessions: attendances, no persons.
with held as (
    select f.*, coalesce(f.session_date, f.seen_on) as session_on
    from awareness_session_answers as f
)

select
    project_id,
    instance_id,
    session_on,
    month_of(session_on) as month,
    method,
    themes,
    languages,
    services_present,
    questions_asked,
    incident,
    focal_point,
    cercle,
    commune,
    site,
    women,
    men,
    minors,
    "foreign" as foreigners,
    materials,
    referrals_opened
from held
