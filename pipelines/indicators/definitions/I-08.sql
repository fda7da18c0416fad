-- indicator: I-08
-- title: Contrats visés par la Direction du travail | Contracts stamped by the Labour directorate
-- caution: Le visa est exigé pour les étrangers (code du travail, art. L.26). | The stamp is required for foreigners (labour code, art. L.26).
-- measure: stamped
-- name: Part des contrats visés | Share of contracts stamped
-- kind: share
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Contrat visé | Contract stamped
-- denominator: Salariés étrangers en CDI, CDD ou à l'essai identifiés dans la période et répondant oui ou non | Foreign employees with open-ended, fixed-term or trial contract identified in the period, answering yes or no
-- by: sector
select
    month,
    sector,
    sum(case when contract_visa = 'yes' then 1 else 0 end) as numerator,
    count(*) as denominator
from worker as f
where
    in_scope(f.month)
    and nationality <> 'ML'
    and work_status = 'employee'
    and contract_type in ('cdi', 'cdd', 'trial')
    and contract_visa in ('yes', 'no')
group by month, sector
