-- indicator: I-15
-- title: Femmes dans l'organisation | Women in organising roles
-- measure: women
-- name: Part des femmes parmi délégués, bureaux de section et relais | Share of women among delegates, section committees and relays
-- kind: share
-- unit: person
-- roll: period
-- from: membership_event
-- reach: onward
-- numerator: Femmes avec un de ces rôles à la fin de la période | Women with one of these roles at the end of the period
-- denominator: Membres avec un de ces rôles à la fin de la période, sexe connu | Members with one of these roles at the end of the period, sex known
-- by: union
with told as (
    select
        p.period_kind,
        p.period_start,
        p.last_month,
        f.subject_id,
        f.person_id,
        f.union_code,
        f.role,
        row_number() over (
            partition by p.period_kind, p.period_start, f.subject_id, f.union_code
            order by f.event_on desc, f.instance_id desc
        ) as place
    from scope_period as p
    join membership_event as f on f.month <= p.last_month
    where
        f.role is not null
        and f.subject_id in (
            select subject_id from membership_event where role in ('delegate', 'section', 'relay')
        )
)

select
    told.period_kind,
    told.period_start,
    told.union_code as "union",
    told.subject_id as subject,
    case when worker.sex = 'female' then 1 else 0 end as numerator,
    1 as denominator
from told
join worker on worker.person_id = told.person_id and worker.sex in ('female', 'male')
join membership_spell as stay
    on stay.subject_id = told.subject_id
    and stay.union_code = coalesce(told.union_code, 'unknown')
    and stay.joined_month <= told.last_month
    and (stay.left_month is null or stay.left_month > told.last_month)
where told.place = 1 and told.role in ('delegate', 'section', 'relay')
