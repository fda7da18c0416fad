-- view: Orientations vers un service par mois, service et sexe : suites et délais | Referrals to a service by month, service and sex: outcomes and delays
-- column month_start: Premier jour du mois de l'orientation | First day of the month of the referral
-- column service: Service destinataire | Receiving service
-- column sex: Sexe | Sex
-- column referrals: Orientations | Referrals
-- column followed: Avec au moins un suivi | With at least one follow-up
-- column served: Service rendu | Service delivered
-- column refused: Refus du service | Refused by the service
-- column days: Somme des jours jusqu'au service rendu | Sum of days until the service was delivered
-- needs: referral, calendar
-- schema: core
select
    calendar.month_start,
    coalesce(referral.service, 'unknown') as service,
    referral.sex,
    count(*) as referrals,
    sum(case when referral.follow_ups > 0 then 1 else 0 end) as followed,
    sum(case when referral.served_on is null then 0 else 1 end) as served,
    sum(case when referral.status = 'refused' then 1 else 0 end) as refused,
    cast(coalesce(sum(referral.days_to_served), 0) as bigint) as days
from referral
join calendar on calendar.month = referral.month
where referral.info_only = 'no'
group by calendar.month_start, coalesce(referral.service, 'unknown'), referral.sex
