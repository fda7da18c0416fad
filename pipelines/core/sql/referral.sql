-- Requests for information or help, with what their follow-ups say, whichever arrived first.
with opened as (
    select * from referral_answers where record_type = 'new'
),

told as (
    select
        opened.project_id,
        opened.instance_id,
        u.status,
        u.status_on,
        u.satisfied,
        row_number() over (
            partition by opened.project_id, opened.instance_id
            order by u.status_on desc, u.sent_at desc, u.instance_id desc
        ) as place
    from opened
    join referral_follow_up as u on u.code = opened.new_code
),

outcome as (
    select
        project_id,
        instance_id,
        count(*) as follow_ups,
        max(case when place = 1 then status end) as status,
        max(status_on) as status_on,
        min(case when status = 'served' then status_on end) as served_on
    from told
    group by project_id, instance_id
),

answer as (
    select
        told.project_id,
        told.instance_id,
        told.satisfied,
        row_number() over (
            partition by told.project_id, told.instance_id order by told.place
        ) as place
    from told
    where told.satisfied is not null
)

select
    f.project_id,
    f.instance_id,
    f.new_code as code,
    f.seen_on as opened_on,
    month_of(f.seen_on) as month,
    f.focal_point,
    f.channel,
    case when w.withdrawn_on >= f.seen_on then null else owner.person_id end as person_id,
    coalesce(worker.sex, f.sex, 'unknown') as sex,
    case
        when worker.nationality_group is not null then worker.nationality_group
        when f.nationality is null then 'unknown'
        else coalesce(country.country_group, 'other')
    end as nationality_group,
    worker.cercle,
    f.needs,
    f.doc_need,
    f.info_only,
    f.service,
    f.urgency,
    case when w.withdrawn_on >= f.seen_on then 'withdrawn' else f.consent_share end
        as consent_share,
    f.accompanied,
    coalesce(outcome.follow_ups, 0) as follow_ups,
    outcome.status,
    outcome.status_on,
    outcome.served_on,
    days_between(f.seen_on, outcome.served_on) as days_to_served,
    answer.satisfied
from opened as f
left join record_card as card
    on card.project_id = f.project_id and card.instance_id = f.instance_id
left join card_owner as owner on owner.card_code = card.card_code
left join worker on worker.person_id = owner.person_id
left join withdrawn as w on w.holder = owner.holder and w.purpose = 'referral'
left join ref_countries as country on country.name = f.nationality
left join outcome on outcome.project_id = f.project_id and outcome.instance_id = f.instance_id
left join answer
    on answer.project_id = f.project_id
    and answer.instance_id = f.instance_id
    and answer.place = 1
