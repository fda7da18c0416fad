-- What people asked about their data.
select
    f.project_id,
    f.instance_id,
    f.request_code,
    f.request,
    coalesce(f.request_date, f.seen_on) as request_on,
    month_of(f.seen_on) as month,
    f.withdrawn,
    f.parts,
    f.identity_check,
    f.handled_by,
    cast(null as text) as person_id
from rights_request_answers as f
