-- Since when which agreement of whom is withdrawn; asking to be erased withdraws all of them.
select owner.holder, purpose.purpose, max(request.request_on) as withdrawn_on
from rights_request as request
join record_card as card
    on card.project_id = request.project_id and card.instance_id = request.instance_id
join card_owner as owner on owner.card_code = card.card_code
join (
    select 'record' as purpose
    union all select 'contact'
    union all select 'membership'
    union all select 'referral'
) as purpose
    on request.request = 'erase'
    or (
        request.request in ('withdraw', 'object')
        and ' ' || request.withdrawn || ' ' like '% ' || purpose.purpose || ' %'
    )
group by owner.holder, purpose.purpose
