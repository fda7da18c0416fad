-- Joining, renewing, moving, paying, leaving: of those who agreed in writing and did not withdraw.
select
    f.project_id,
    f.instance_id,
    owner.subject_id,
    owner.person_id,
    f.event,
    f.event_date as event_on,
    month_of(f.event_date) as month,
    f."union" as union_code,
    f.base_union,
    f.role,
    f.card_issued,
    f.focal_point,
    case when f.event = 'join' and f.age_years < 18 then 1 else 0 end as minor,
    case when f.dues_amount > 0 then f.dues_amount end as amount,
    case when f.dues_amount > 0 then f.dues_months end as months_covered,
    case when f.dues_amount > 0 then f.dues_mode end as pay_mode,
    case
        when f.dues_amount > 0 and f.dues_months > 0
            then month_of(f.event_date) + cast(f.dues_months as integer) - 1
    end as paid_through
from membership_answers as f
join record_card as card
    on card.project_id = f.project_id and card.instance_id = f.instance_id
join card_owner as owner on owner.card_code = card.card_code
left join withdrawn as w on w.holder = owner.holder and w.purpose = 'membership'
where
    f.event is not null
    and f.event_date is not null
    and (w.withdrawn_on is null or w.withdrawn_on < f.event_date)
