-- indicator: I-09
-- title: Couverture INPS | INPS coverage
-- measure: covered
-- name: Part des salariés couverts par l'INPS | Share of employees covered by INPS
-- kind: share
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Salariés avec l'INPS | Employees with INPS
-- denominator: Salariés identifiés dans la période qui connaissent leur couverture | Employees identified in the period who know their cover
-- by: sex, sector
select
    month,
    sex,
    sector,
    sum(case when ' ' || protection || ' ' like '% inps %' then 1 else 0 end) as numerator,
    count(*) as denominator
from worker as f
where
    in_scope(f.month)
    and work_status = 'employee'
    and protection is not null
    and ' ' || protection || ' ' not like '% dk %'
group by month, sex, sector
