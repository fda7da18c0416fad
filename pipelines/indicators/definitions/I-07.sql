-- indicator: I-07
-- title: Contrats écrits | Written contracts
-- measure: written
-- name: Part avec un contrat écrit | Share with a written contract
-- kind: share
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Contrat CDI, CDD, à l'essai, d'apprentissage ou d'intérim | Open-ended, fixed-term, trial, apprentice or agency contract
-- denominator: Salariés, journaliers et apprentis identifiés dans la période qui connaissent leur contrat | Employees, day labourers and apprentices identified in the period who know their contract
-- by: sex, sector
select
    month,
    sex,
    sector,
    sum(
        case when contract_type in ('cdi', 'cdd', 'trial', 'apprentice', 'agency') then 1 else 0 end
    ) as numerator,
    count(*) as denominator
from worker as f
where
    in_scope(f.month)
    and work_status in ('employee', 'daily', 'apprentice')
    and contract_type <> 'dk'
group by month, sex, sector
