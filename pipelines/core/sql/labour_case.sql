-- Labour disputes, with what their follow-ups say, whichever arrived first: the last record says
-- where the case stands. Nothing here names an employer.
with opened as (
    select * from labour_case_answers where record_type = 'new'
),

told as (
    select
        project_id,
        instance_id,
        seen_on as done_on,
        submitted_at as sent_at,
        instance_id as said_in,
        0 as later,
        steps,
        outcome,
        amount_recovered,
        next_date as next_on
    from opened
    union all
    select
        opened.project_id, opened.instance_id, u.done_on, u.sent_at, u.instance_id, 1, u.steps,
        u.outcome, u.amount_recovered, u.next_on
    from opened
    join labour_case_follow_up as u on u.code = opened.new_code
),

ordered as (
    select
        told.*,
        row_number() over (
            partition by project_id, instance_id
            order by done_on desc, later desc, sent_at desc, said_in desc
        ) as place,
        row_number() over (
            partition by project_id, instance_id
            order by
                case when amount_recovered is null then 1 else 0 end,
                done_on desc,
                later desc,
                sent_at desc,
                said_in desc
        ) as amount_place
    from told
),

state as (
    select
        project_id,
        instance_id,
        sum(later) as follow_ups,
        max(case when place = 1 then steps end) as steps,
        max(case when place = 1 then outcome end) as outcome,
        max(case when place = 1 then done_on end) as outcome_on,
        max(case when place = 1 then next_on end) as next_on,
        max(case when amount_place = 1 then amount_recovered end) as amount_recovered
    from ordered
    group by project_id, instance_id
)

select
    f.project_id,
    f.instance_id,
    f.new_code as code,
    f.seen_on as opened_on,
    month_of(f.seen_on) as month,
    f.focal_point,
    f.mandate,
    f.collective,
    owner.person_id,
    f.women,
    f.men,
    f.site,
    coalesce(commune.cercle, worker.cercle) as cercle,
    f.sector,
    f.dispute,
    f.fl_indicators,
    case when f.fl_indicators is null then 0 else 1 end as asked_signs,
    case when f.fl_indicators is null or f.fl_indicators = 'none' then 0 else 1 end as has_signs,
    month_of(f.fact_month) as fact_month,
    f.amount_claimed,
    cast(state.follow_ups as integer) as follow_ups,
    state.steps,
    state.outcome,
    state.outcome_on,
    case when state.outcome <> 'open' then state.outcome_on end as closed_on,
    case when state.outcome <> 'open' then month_of(state.outcome_on) end as closed_month,
    state.amount_recovered,
    state.next_on
from opened as f
join state on state.project_id = f.project_id and state.instance_id = f.instance_id
left join record_card as card
    on card.project_id = f.project_id and card.instance_id = f.instance_id
left join card_owner as owner on owner.card_code = card.card_code
left join worker on worker.person_id = owner.person_id
left join ref_sites as place on place.name = f.site
left join ref_communes as commune on commune.name = place.commune
