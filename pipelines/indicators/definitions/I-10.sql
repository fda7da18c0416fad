-- indicator: I-10
-- title: Portée de la sensibilisation | Awareness reach
-- caution: Présences, pas des personnes : qui vient deux fois compte deux fois. Étrangers et mineurs sont estimés. | Attendances, not people: who comes twice counts twice. Foreigners and minors are estimates.
-- measure: attendances
-- name: Présences aux séances | Attendances at sessions
-- kind: count
-- unit: attendance
-- roll: flow
-- from: awareness_session
-- numerator: Femmes et hommes présents aux séances de la période | Women and men present at sessions of the period
-- by: sex, method, cercle, sex x method
select month, 'female' as sex, method, cercle, sum(coalesce(women, 0)) as numerator
from awareness_session as f
where in_scope(f.month)
group by month, method, cercle
union all
select month, 'male' as sex, method, cercle, sum(coalesce(men, 0)) as numerator
from awareness_session as f
where in_scope(f.month)
group by month, method, cercle
-- measure: sessions
-- name: Séances tenues | Sessions held
-- kind: count
-- unit: session
-- roll: flow
-- from: awareness_session
-- numerator: Séances de la période | Sessions of the period
-- by: method, cercle
select month, method, cercle, count(*) as numerator
from awareness_session as f
where in_scope(f.month)
group by month, method, cercle
-- measure: mean
-- name: Présences par séance | Attendances per session
-- kind: mean
-- unit: attendance
-- roll: flow
-- from: awareness_session
-- numerator: Femmes et hommes présents | Women and men present
-- denominator: Séances | Sessions
-- by: method
select
    month,
    method,
    sum(coalesce(women, 0) + coalesce(men, 0)) as units,
    sum(coalesce(women, 0) + coalesce(men, 0)) as numerator,
    count(*) as denominator
from awareness_session as f
where in_scope(f.month)
group by month, method
-- measure: minors
-- name: Part de moins de 18 ans | Share under 18
-- kind: share
-- unit: attendance
-- roll: flow
-- from: awareness_session
-- numerator: Présents de moins de 18 ans | Present and under 18
-- denominator: Présences aux séances où ils ont été comptés | Attendances at sessions where they were counted
-- by: method
select
    month, method, sum(minors) as numerator, sum(coalesce(women, 0) + coalesce(men, 0)) as denominator
from awareness_session as f
where in_scope(f.month) and minors is not null
group by month, method
-- measure: foreigners
-- name: Part d'étrangers (estimation) | Share of foreign nationals (estimate)
-- kind: share
-- unit: attendance
-- roll: flow
-- from: awareness_session
-- numerator: Étrangers présents | Foreign nationals present
-- denominator: Présences aux séances où ils ont été estimés | Attendances at sessions where they were estimated
-- by: method
select
    month,
    method,
    sum(foreigners) as numerator,
    sum(coalesce(women, 0) + coalesce(men, 0)) as denominator
from awareness_session as f
where in_scope(f.month) and foreigners is not null
group by month, method
