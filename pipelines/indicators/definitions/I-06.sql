-- indicator: I-06
-- title: Migrants venus pour le travail | For-work migrants
-- caution: Définition de la 20e CIST ; le résident est venu pour 12 mois et plus. | Definition of the 20th ICLS; a resident came for 12 months or more.
-- measure: for_work
-- name: Part venue pour le travail | Share who came for work
-- kind: share
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Non-Maliens venus surtout pour le travail | Non-Malians who came mainly for work
-- denominator: Non-Maliens identifiés dans la période qui donnent une raison | Non-Malians identified in the period who give a reason
-- by: sex, stay_pattern
select
    month,
    sex,
    stay_pattern,
    sum(case when move_reason = 'work' then 1 else 0 end) as numerator,
    count(*) as denominator
from worker as f
where in_scope(f.month) and nationality <> 'ML' and move_reason is not null
group by month, sex, stay_pattern
