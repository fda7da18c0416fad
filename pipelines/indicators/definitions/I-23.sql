-- indicator: I-23
-- title: Conflits de travail | Labour cases
-- caution: Un cas a souvent plusieurs objets : par objet, les nombres ne s'additionnent pas. | A case often has several subjects: by subject, counts do not add up.
-- measure: opened
-- name: Cas ouverts | Cases opened
-- kind: count
-- unit: case
-- roll: flow
-- from: labour_case
-- numerator: Cas ouverts dans la période | Cases opened in the period
-- by: sector
select month, sector, count(*) as numerator
from labour_case as f
where in_scope(f.month)
group by month, sector
-- measure: by_subject
-- name: Cas ouverts, par objet | Cases opened, by subject
-- kind: count
-- unit: case
-- roll: flow
-- from: labour_case
-- numerator: Cas ouverts dans la période avec cet objet | Cases opened in the period with this subject
-- by: dispute
-- total: none
with said as (
    select month, dispute, count(*) as cases
    from labour_case as f
    where in_scope(f.month) and dispute is not null
    group by month, dispute
)

select said.month, subject.code as dispute, sum(cases) as numerator
from said
join code_label as subject
    on subject.dimension = 'dispute'
    and ' ' || said.dispute || ' ' like '% ' || subject.code || ' %'
group by said.month, subject.code
-- measure: workers
-- name: Travailleurs concernés | Workers concerned
-- kind: count
-- unit: worker
-- roll: flow
-- from: labour_case
-- numerator: Femmes et hommes concernés par les cas ouverts | Women and men concerned by the cases opened
-- by: sex, sector
select month, 'female' as sex, sector, sum(coalesce(women, 0)) as numerator
from labour_case as f
where in_scope(f.month)
group by month, sector
union all
select month, 'male' as sex, sector, sum(coalesce(men, 0)) as numerator
from labour_case as f
where in_scope(f.month)
group by month, sector
-- measure: resolved
-- name: Part des cas réglés | Share of cases settled
-- kind: share
-- unit: case
-- roll: flow
-- from: labour_case
-- numerator: Cas réglés en totalité ou en partie | Cases settled fully or in part
-- denominator: Cas clos dans la période | Cases closed in the period
-- by: sector
select
    closed_month as month,
    sector,
    sum(case when outcome in ('settled', 'partly') then 1 else 0 end) as numerator,
    count(*) as denominator
from labour_case as f
where in_scope(f.closed_month) and closed_month is not null
group by closed_month, sector
-- measure: recovered
-- name: Montants obtenus (FCFA) | Amounts recovered (XOF)
-- kind: sum
-- unit: case
-- roll: flow
-- from: labour_case
-- numerator: Somme obtenue dans les cas clos dans la période | Sum recovered in cases closed in the period
-- by: sector
select closed_month as month, sector, count(*) as units, sum(amount_recovered) as numerator
from labour_case as f
where in_scope(f.closed_month) and closed_month is not null and amount_recovered > 0
group by closed_month, sector
-- measure: recovery
-- name: Part obtenue de ce qui était réclamé | Share recovered of what was claimed
-- kind: share
-- unit: case
-- roll: flow
-- from: labour_case
-- numerator: Somme obtenue | Sum recovered
-- denominator: Somme réclamée dans les mêmes cas, clos dans la période | Sum claimed in the same cases, closed in the period
-- by: sector
select
    closed_month as month,
    sector,
    count(*) as units,
    sum(coalesce(amount_recovered, 0)) as numerator,
    sum(amount_claimed) as denominator
from labour_case as f
where in_scope(f.closed_month) and closed_month is not null and amount_claimed > 0
group by closed_month, sector
