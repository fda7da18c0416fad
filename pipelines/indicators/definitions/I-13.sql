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
-- roll: period
-- from: membership_event
-- reach: onward
-- numerator: Personnes entrées et non sorties à la fin de la période | People who joined and had not left by the end of the period
-- by: union, sex
select
    p.period_kind,
    p.period_start,
    f.union_code as "union",
    worker.sex,
    f.subject_id as subject,
    1 as numerator
from scope_period as p
join membership_spell as f
    on f.joined_month <= p.last_month
    and (f.left_month is null or f.left_month > p.last_month)
left join worker on worker.person_id = f.person_id
-- measure: minors
-- name: Membres entrés à 16 ou 17 ans | Members who joined at 16 or 17
-- kind: count
-- unit: person
-- roll: period
-- from: membership_event
-- reach: onward
-- numerator: Membres à la fin de la période dont l'adhésion s'est faite avant 18 ans | Members at the end of the period who joined before 18
-- by: union
select
    p.period_kind, p.period_start, f.union_code as "union", f.subject_id as subject, 1 as numerator
from scope_period as p
join membership_spell as f
    on f.joined_month <= p.last_month
    and (f.left_month is null or f.left_month > p.last_month)
where f.minor = 1
-- measure: rate
-- name: Taux de syndicalisation | Unionisation rate
-- kind: share
-- unit: person
-- roll: period
-- from: membership_event, placed_worker
-- reach: onward
-- numerator: Membres à la fin de la période qui sont au répertoire | Members at the end of the period who are in the directory
-- denominator: Personnes majeures identifiées jusqu'à la fin de la période dans le cercle | Adults identified in the cercle until the end of the period
-- by: cercle, sex
with belonging as (
    select distinct p.period_kind, p.period_start, f.person_id
    from scope_period as p
    join membership_spell as f
        on f.joined_month <= p.last_month
        and (f.left_month is null or f.left_month > p.last_month)
    where f.person_id is not null
)

select
    b.period_kind, b.period_start, worker.sex, worker.cercle, count(*) as numerator, 0 as denominator
from belonging as b
join worker on worker.person_id = b.person_id
join scope_period as p
    on p.period_kind = b.period_kind
    and p.period_start = b.period_start
    and worker.month <= p.last_month
group by b.period_kind, b.period_start, worker.sex, worker.cercle
union all
select
    p.period_kind,
    p.period_start,
    m.row_value,
    m.column_value,
    0,
    sum(m.numerator)
from scope_period as p
join indicator_month as m on m.month <= p.last_month
where
    m.indicator = 'I-01'
    and m.measure = 'people'
    and m.row_dimension = 'sex'
    and m.column_dimension = 'cercle'
group by p.period_kind, p.period_start, m.row_value, m.column_value
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
    sum(case when joined.person_id is null then 0 else 1 end) as numerator,
    count(*) as denominator
from worker as f
left join (
    select distinct person_id from membership_event where event = 'join' and person_id is not null
) as joined on joined.person_id = f.person_id
where in_scope(f.month) and f.union_interest = 'yes'
group by f.month, f.sex
