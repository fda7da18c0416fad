-- indicator: I-16
-- title: Cotisations à jour | Dues up to date
-- measure: up_to_date
-- name: Part des membres à jour | Share of members up to date
-- kind: share
-- unit: person
-- roll: period
-- from: membership_event
-- reach: onward
-- numerator: Membres dont un paiement couvre le dernier mois de la période (le mois du paiement compris) | Members for whom a payment covers the last month of the period (the month of payment included)
-- denominator: Membres à la fin de la période | Members at the end of the period
-- by: union
with paid as (
    select distinct p.period_kind, p.period_start, f.subject_id, f.union_code
    from scope_period as p
    join membership_event as f on f.month <= p.last_month and f.paid_through >= p.last_month
)

select
    p.period_kind,
    p.period_start,
    f.union_code as "union",
    f.subject_id as subject,
    case when paid.subject_id is null then 0 else 1 end as numerator,
    1 as denominator
from scope_period as p
join membership_spell as f
    on f.joined_month <= p.last_month
    and (f.left_month is null or f.left_month > p.last_month)
left join paid
    on paid.period_kind = p.period_kind
    and paid.period_start = p.period_start
    and paid.subject_id = f.subject_id
    and coalesce(paid.union_code, 'unknown') = f.union_code
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
