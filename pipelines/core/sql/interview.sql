-- Every identification interview and what became of it. Answers stay only of registered adults; who
-- withdrew leaves the day and the place.
with said as (
    select
        f.*,
        coalesce(m.final_id, r.person_id) as holder,
        case
            when f.consent_record = 'yes' and w.withdrawn_on >= f.seen_on then 'withdrawn'
            when f.consent_record = 'yes' and r.person_id is not null then 'registered'
            when f.consent_record = 'no' then 'refused'
            when f.consent_record = 'yes' and year_of(f.seen_on) - f.birth_year < 18 then 'minor'
            when f.consent_record = 'yes' and f.birth_year is not null then 'registered'
            else 'unfinished'
        end as result
    from identification_answers as f
    left join person_registration as r
        on r.project_id = f.project_id
        and r.instance_id = f.instance_id
        and r.form_id = 'identification'
    left join merged_person as m on m.person_id = r.person_id
    left join withdrawn as w
        on w.holder = coalesce(m.final_id, r.person_id) and w.purpose = 'record'
)

select
    project_id,
    instance_id,
    seen_on,
    month_of(seen_on) as month,
    result,
    case when result = 'registered' then holder end as person_id,
    case
        when result = 'registered' and holder is not null then row_number() over (
            partition by case when result = 'registered' then holder end
            order by seen_on, submitted_at, instance_id
        )
    end as turn,
    focal_point,
    cercle,
    commune,
    case when result = 'registered' then site end as site,
    case when result = 'registered' then seen_before end as seen_before,
    case when result = 'registered' then is_new end as is_new,
    case when result = 'registered' then consent_mode end as consent_mode,
    case when result = 'registered' then consent_contact end as consent_contact,
    case when result = 'registered' then mobility end as mobility,
    case when result = 'registered' then stay_pattern end as stay_pattern,
    case when result = 'registered' then move_reason end as move_reason,
    case when result = 'registered' then contract_type end as contract_type,
    case when result = 'registered' then contract_visa end as contract_visa,
    case when result = 'registered' then protection end as protection,
    case when result = 'registered' then needs end as needs,
    case when result = 'registered' then training_interest end as training_interest,
    case when result = 'registered' then union_interest end as union_interest,
    case when result = 'registered' then children_here end as children_here,
    case when result = 'registered' then children_not_in_school end as children_not_in_school,
    submitted_at as sent_at
from said
