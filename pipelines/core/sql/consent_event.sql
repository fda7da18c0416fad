-- Every agreement given (1), refused (0) or withdrawn (-1), by purpose.
select
    i.project_id,
    i.instance_id,
    'record' as purpose,
    case when i.result = 'refused' then 0 else 1 end as given,
    i.seen_on as event_on,
    i.month,
    i.person_id,
    cast(null as text) as target
from /* touched: touched as t cross join */ interview as i
where
    i.result in ('registered', 'refused')
    /* touched: and t.project_id = i.project_id and t.instance_id = i.instance_id */
union all
select
    i.project_id, i.instance_id, 'contact', case when i.consent_contact = 'yes' then 1 else 0 end,
    i.seen_on, i.month, i.person_id, null
from /* touched: touched as t cross join */ interview as i
where
    i.result = 'registered'
    and i.consent_contact is not null
    /* touched: and t.project_id = i.project_id and t.instance_id = i.instance_id */
union all
select
    f.project_id, f.instance_id, 'membership',
    case when f.consent_membership = 'yes' then 1 else 0 end,
    f.seen_on, month_of(f.seen_on), owner.person_id, null
from membership_answers as f
left join record_card as card
    on card.project_id = f.project_id and card.instance_id = f.instance_id
left join card_owner as owner on owner.card_code = card.card_code
where f.consent_membership is not null
union all
select
    f.project_id, f.instance_id, 'referral', case when f.consent_share = 'yes' then 1 else 0 end,
    f.seen_on, month_of(f.seen_on), owner.person_id, f.service
from referral_answers as f
left join record_card as card
    on card.project_id = f.project_id and card.instance_id = f.instance_id
left join card_owner as owner on owner.card_code = card.card_code
where f.record_type = 'new' and f.consent_share is not null
union all
select
    r.project_id, r.instance_id, purpose.purpose, -1, r.request_on, r.month, r.person_id, null
from rights_request as r
join (
    select 'record' as purpose
    union all select 'contact'
    union all select 'membership'
    union all select 'referral'
) as purpose
    on r.request = 'erase'
    or (
        r.request in ('withdraw', 'object')
        and ' ' || r.withdrawn || ' ' like '% ' || purpose.purpose || ' %'
    )
/* touched: cross join touched as t where t.project_id = r.project_id and t.instance_id = r.instance_id */
