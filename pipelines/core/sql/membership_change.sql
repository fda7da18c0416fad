-- The months in which somebody became or ceased to be a member, a member who joined before 18, a member
-- whose dues are paid, a member with a role in the organisation: +1 or -1. Summed up to a month they
-- give how many there are at its end. Once per confederation, and once ('') for whoever is in several.
with told as (
    select
        e.subject_id,
        coalesce(e.union_code, 'unknown') as union_code,
        e.month,
        case when e.role in ('delegate', 'section', 'relay') then 1 else 0 end as organises,
        row_number() over (
            partition by e.subject_id, coalesce(e.union_code, 'unknown'), e.month
            order by e.event_on desc, e.instance_id desc
        ) as place
    from /* touched: touched_subject as t cross join */ membership_event as e
    where e.role is not null /* touched: and e.subject_id = t.subject_id */
),

stay as (
    select s.subject_id, s.union_code, s.joined_month, s.left_month, s.minor
    from /* touched: touched_subject as t cross join */ membership_spell as s
    /* touched: where s.subject_id = t.subject_id */
),

payment as (
    select
        e.subject_id,
        coalesce(e.union_code, 'unknown') as union_code,
        e.month,
        e.paid_through
    from /* touched: touched_subject as t cross join */ membership_event as e
    where e.paid_through is not null /* touched: and e.subject_id = t.subject_id */
),

moment as (
    select
        subject_id, union_code, joined_month as month, 1 as stays, minor as young, 0 as paid,
        0 as organises
    from stay
    union all
    select subject_id, union_code, left_month, -1, -minor, 0, 0
    from stay
    where left_month is not null
    union all
    select subject_id, union_code, month, 0, 0, 1, 0
    from payment
    union all
    select subject_id, union_code, paid_through + 1, 0, 0, -1, 0
    from payment
    union all
    select
        subject_id, union_code, month, 0, 0, 0,
        organises - lag(organises, 1, 0) over (
            partition by subject_id, union_code order by month
        )
    from told
    where place = 1
),

by_month as (
    select
        subject_id,
        union_code,
        month,
        sum(stays) as stays,
        sum(young) as young,
        sum(paid) as paid,
        sum(organises) as organises
    from moment
    group by subject_id, union_code, month
),

so_far as (
    select
        subject_id,
        union_code,
        month,
        sum(stays) over stretch as stays,
        sum(young) over stretch as young,
        sum(paid) over stretch as paid,
        sum(organises) over stretch as organises
    from by_month
    window stretch as (partition by subject_id, union_code order by month)
),

standing as (
    select
        subject_id,
        union_code,
        month,
        case when stays > 0 then 1 else 0 end as members,
        case when young > 0 then 1 else 0 end as minors,
        case when stays > 0 and paid > 0 then 1 else 0 end as paid_up,
        case when stays > 0 and organises > 0 then 1 else 0 end as organisers
    from so_far
),

change as (
    select
        subject_id,
        union_code,
        month,
        members - lag(members, 1, 0) over stretch as members,
        minors - lag(minors, 1, 0) over stretch as minors,
        paid_up - lag(paid_up, 1, 0) over stretch as paid_up,
        organisers - lag(organisers, 1, 0) over stretch as organisers
    from standing
    window stretch as (partition by subject_id, union_code order by month)
),

anywhere_by_month as (
    select
        subject_id,
        month,
        sum(members) as members,
        sum(minors) as minors,
        sum(paid_up) as paid_up,
        sum(organisers) as organisers
    from change
    group by subject_id, month
),

anywhere_so_far as (
    select
        subject_id,
        month,
        case when sum(members) over stretch > 0 then 1 else 0 end as members,
        case when sum(minors) over stretch > 0 then 1 else 0 end as minors,
        case when sum(paid_up) over stretch > 0 then 1 else 0 end as paid_up,
        case when sum(organisers) over stretch > 0 then 1 else 0 end as organisers
    from anywhere_by_month
    window stretch as (partition by subject_id order by month)
),

every_change as (
    select subject_id, union_code, month, members, minors, paid_up, organisers from change
    union all
    select
        subject_id,
        '',
        month,
        members - lag(members, 1, 0) over stretch,
        minors - lag(minors, 1, 0) over stretch,
        paid_up - lag(paid_up, 1, 0) over stretch,
        organisers - lag(organisers, 1, 0) over stretch
    from anywhere_so_far
    window stretch as (partition by subject_id order by month)
)

select subject_id, union_code, cast(month as integer) as month, members, minors, paid_up, organisers
from every_change
where members <> 0 or minors <> 0 or paid_up <> 0 or organisers <> 0
