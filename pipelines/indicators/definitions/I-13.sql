-- indicator: I-13
-- title: Syndicalisation | Unionisation
-- caution: Une personne inscrite dans les deux centrales compte une fois au total. Les membres de 16 et 17 ans sont comptés à part dans « minors ». | A person in both confederations counts once in the total. Members of 16 and 17 are counted apart in 'minors'.
-- measure: joined
-- name: Adhésions | People who joined
-- kind: count
-- unit: person
-- roll: period
-- from: membership_event
-- numerator: Personnes distinctes avec une adhésion datée dans la période | Distinct people with a joining dated in the period
-- by: union, sex
select
    p.period_kind,
    p.period_start,
    f.union_code as "union",
    worker.sex,
    f.subject_id as subject,
    1 as numerator
from scope_period as p
join membership_event as f on f.month between p.first_month and p.last_month
left join worker on worker.person_id = f.person_id
where f.event = 'join'
-- measure: members
-- name: Membres à la fin de la période | Members at the end of the period
-- kind: count
-- unit: person
-- roll: stock
-- from: membership_change
-- apart: union
-- numerator: Personnes entrées et non sorties à la fin de la période | People who joined and had not left by the end of the period
-- by: union, sex
select
    f.month,
    f.union_code as "union",
    worker.sex,
    sum(f.members) as numerator
from membership_change as f
left join worker on worker.person_id = f.subject_id
where in_scope(f.month) and f.members <> 0
group by f.month, f.union_code, worker.sex
-- measure: minors
-- name: Membres entrés à 16 ou 17 ans | Members who joined at 16 or 17
-- kind: count
-- unit: person
-- roll: stock
-- from: membership_change
-- apart: union
-- numerator: Membres à la fin de la période dont l'adhésion s'est faite avant 18 ans | Members at the end of the period who joined before 18
-- by: union
select
    f.month,
    f.union_code as "union",
    sum(f.minors) as numerator
from membership_change as f
where in_scope(f.month) and f.minors <> 0
group by f.month, f.union_code
-- measure: rate
-- name: Taux de syndicalisation | Unionisation rate
-- kind: share
-- unit: person
-- roll: stock
-- from: membership_change, belonging_worker, placed_worker
-- numerator: Membres à la fin de la période qui sont au répertoire | Members at the end of the period who are in the directory
-- denominator: Personnes majeures identifiées jusqu'à la fin de la période dans le cercle | Adults identified in the cercle until the end of the period
-- by: cercle, sex
with belonging as (
    select f.month, worker.sex, worker.cercle, f.members
    from membership_change as f
    join worker on worker.person_id = f.subject_id
    where in_scope(f.month) and f.union_code = '' and worker.month <= f.month
    union all
    -- Who was a member before being identified counts from then on.
    select worker.month, worker.sex, worker.cercle, f.members
    from worker
    join membership_change as f on f.subject_id = worker.person_id
    where in_scope(worker.month) and f.union_code = '' and worker.month > f.month
)

select month, sex, cercle, sum(members) as numerator, 0 as denominator
from belonging
group by month, sex, cercle
union all
select m.month, m.row_value, m.column_value, 0, m.numerator
from indicator_month as m
where
    in_scope(m.month)
    and m.indicator = 'I-01'
    and m.measure = 'people'
    and m.row_dimension = 'sex'
    and m.column_dimension = 'cercle'
-- measure: conversion
-- name: Part des intéressés qui ont adhéré | Share of those interested who joined
-- kind: share
-- unit: person
-- roll: flow
-- from: worker, joined_worker
-- numerator: Parmi eux, ceux qui ont une adhésion, à toute date | Those of them with a joining, at any date
-- denominator: Personnes identifiées dans la période qui s'intéressent au syndicat | People identified in the period who are interested in the union
-- by: sex
select
    f.month,
    f.sex,
    sum(
        case
            when exists (
                select 1
                from membership_event as joined
                where joined.subject_id = f.person_id and joined.event = 'join'
            ) then 1
            else 0
        end
    ) as numerator,
    count(*) as denominator
from worker as f
where in_scope(f.month) and f.union_interest = 'yes'
group by f.month, f.sex
