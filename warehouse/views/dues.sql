-- view: Cotisations payées par mois, centrale et mode de paiement | Dues paid by month, confederation and mode of payment
-- column month_start: Premier jour du mois | First day of the month
-- column union_code: Centrale | Confederation
-- column pay_mode: Mode de paiement | Mode of payment
-- column payments: Paiements | Payments
-- column payers: Personnes distinctes qui ont payé | Distinct people who paid
-- column amount: Montant (FCFA) | Amount (XOF)
-- column months_covered: Mois couverts | Months covered
-- needs: membership_event, calendar
-- schema: core
select
    calendar.month_start,
    coalesce(event.union_code, 'unknown') as union_code,
    coalesce(event.pay_mode, 'unknown') as pay_mode,
    count(*) as payments,
    count(distinct event.subject_id) as payers,
    cast(sum(event.amount) as bigint) as amount,
    cast(sum(event.months_covered) as bigint) as months_covered
from membership_event as event
join calendar on calendar.month = event.month
where event.amount > 0
group by
    calendar.month_start,
    coalesce(event.union_code, 'unknown'),
    coalesce(event.pay_mode, 'unknown')
