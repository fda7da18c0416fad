-- indicator: I-16
-- title: Cotisations à jour | Dues up to date
-- caution: Chaque paiement compte pour les mois qu'il couvre : un long n'est pas annulé par un plus court qui le suit. | Every payment counts for the months it covers: a long one is not undone by a shorter one that follows.
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
-- from: membership_event, dues_account
-- numerator: Somme des paiements de la période, ceux des fiches effacées compris | Sum of the payments of the period, those of erased records included
with payment as (
    select f.month, 1 as payments, f.amount
    from membership_event as f
    where in_scope(f.month) and f.amount > 0
    union all
    select calendar.month, kept.payments, kept.amount
    from dues_account as kept
    join calendar on substr(cast(calendar.month_start as text), 1, 7) = kept.month
    where in_scope(calendar.month)
)

select month, sum(payments) as units, sum(amount) as numerator
from payment
group by month
