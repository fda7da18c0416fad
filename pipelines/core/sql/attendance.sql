-- Who was there, by day of training. Card holders are known again, others are only counted.
select
    f.project_id,
    f.instance_id,
    f.row_path,
    session.event_code,
    session.session_on,
    session.month,
    session.day_no,
    f.part_role,
    owner.subject_id,
    owner.person_id,
    coalesce(f.sex, worker.sex, 'unknown') as sex,
    coalesce(worker.age_band, f.age_band, 'unknown') as age_band,
    case
        when worker.nationality_group is not null then worker.nationality_group
        when f.nationality is null then 'unknown'
        else coalesce(country.country_group, 'other')
    end as nationality_group,
    f.pre_score,
    f.post_score
from participant_answers as f
join training_session as session
    on session.project_id = f.project_id and session.instance_id = f.instance_id
left join record_card as card
    on card.project_id = f.project_id
    and card.instance_id = f.instance_id
    and card.row_path = f.row_path
left join card_owner as owner on owner.card_code = card.card_code
left join worker on worker.person_id = owner.person_id
left join ref_countries as country on country.name = f.nationality
