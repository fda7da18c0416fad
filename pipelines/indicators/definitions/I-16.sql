-- indicator: I-16
-- title: Cotisations à jour | Dues up to date
-- measure: up_to_date
-- name: Part des membres à jour | Share of members up to date
-- kind: share
-- unit: person
-- roll: stock
-- from: membership_change
-- apart: union
-- numerator: Membres dont un paiement couvre le dernier mois de la période (le mois du paiement compris) | Members for whom a payment covers the last month of the period (the month of payment included)
-- denominator: Membres à la fin de la période | Members at the end of the period
-- by: union
select
    f.month,
    f.union_code as "union",
    sum(f.paid_up) as numerator,
    sum(f.members) as denominator
from membership_change as f
where in_scope(f.month)
group by f.month, f.union_code
-- measure: collected
-- name: Cotisations encaissées (FCFA) | Dues collected (XOF)
-- kind: sum
-- unit: payment
-- roll: flow
-- from: membership_event
-- numerator: Somme des paiements de la période | Sum of the payments of the period
select month, count(*) as units, sum(amount) as numerator
from membership_event as f
where in_scope(f.month) and amount > 0
group by month
