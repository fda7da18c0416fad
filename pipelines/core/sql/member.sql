-- One line per person and confederation: since when, until when, and how far the dues are paid.
with ordered as (
    select
        e.*,
        coalesce(e.union_code, 'unknown') as confederation,
        row_number() over (
            partition by e.subject_id, coalesce(e.union_code, 'unknown')
            order by
                case when e.role is null then 1 else 0 end,
                e.event_on desc,
                e.instance_id desc
        ) as role_place,
        row_number() over (
            partition by e.subject_id, coalesce(e.union_code, 'unknown')
            order by e.event_on desc, e.instance_id desc
        ) as place
    from /* touched: touched_subject as t cross join */ membership_event as e
    /* touched: where e.subject_id = t.subject_id */
),

stay as (
    select
        s.subject_id,
        s.union_code,
        max(case when s.left_on is null then 1 else 0 end) as is_member,
        min(s.joined_on) as joined_on,
        max(s.left_on) as left_on
    from /* touched: touched_subject as t cross join */ membership_spell as s
    /* touched: where s.subject_id = t.subject_id */
    group by s.subject_id, s.union_code
)

select
    o.subject_id,
    o.confederation as union_code,
    max(o.person_id) as person_id,
    coalesce(max(stay.is_member), 0) as is_member,
    min(stay.joined_on) as joined_on,
    case when max(stay.is_member) = 0 then max(stay.left_on) end as left_on,
    max(case when o.place = 1 then o.base_union end) as base_union,
    max(case when o.role_place = 1 then o.role end) as role,
    max(case when o.card_issued = 'yes' then 'yes' end) as card_issued,
    max(o.minor) as minor,
    cast(count(o.amount) as integer) as payments,
    cast(coalesce(sum(o.amount), 0) as bigint) as paid_total,
    max(case when o.amount > 0 then o.event_on end) as last_paid_on,
    max(o.paid_through) as paid_through
from ordered as o
left join stay on stay.subject_id = o.subject_id and stay.union_code = o.confederation
group by o.subject_id, o.confederation
