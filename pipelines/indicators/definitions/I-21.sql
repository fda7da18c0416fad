-- indicator: I-21
-- title: Suites et délais des orientations | Referral outcome and delay
-- caution: La période est celle de l'orientation. Les suites dépendent de ce que les services font savoir. | The period is that of the referral. Outcomes depend on what services report.
-- measure: served
-- name: Part des orientations avec service rendu | Share of referrals with the service delivered
-- kind: share
-- unit: referral
-- roll: flow
-- from: referral
-- clock: a referral counts from 30 days on
-- numerator: Service rendu | Service delivered
-- denominator: Orientations vers un service de plus de 30 jours | Referrals to a service more than 30 days old
-- by: service
with ripe as (
    select f.*, today() as today from referral as f where in_scope(f.month) and f.info_only = 'no'
)

select
    month,
    service,
    sum(case when served_on is null then 0 else 1 end) as numerator,
    count(*) as denominator
from ripe
where days_between(opened_on, today) > 30
group by month, service
-- measure: delay
-- name: Jours jusqu'au service rendu, médiane | Days until the service was delivered, median
-- kind: median
-- unit: referral
-- roll: period
-- from: referral
-- numerator: Jours entre l'orientation et le service rendu ; négatifs exclus | Days between referral and delivery; negative ones left out
-- by: service
select p.period_kind, p.period_start, f.service, f.days_to_served as numerator
from scope_period as p
join referral as f on f.month between p.first_month and p.last_month
where f.info_only = 'no' and f.days_to_served >= 0
-- measure: satisfied
-- name: Part de personnes satisfaites | Share of people satisfied
-- kind: share
-- unit: referral
-- roll: flow
-- from: referral
-- numerator: Personnes satisfaites | People satisfied
-- denominator: Services rendus avec une réponse oui ou non | Services delivered with an answer yes or no
-- by: service
select
    month,
    service,
    sum(case when satisfied = 'yes' then 1 else 0 end) as numerator,
    count(*) as denominator
from referral as f
where in_scope(f.month) and info_only = 'no' and served_on is not null and satisfied in ('yes', 'no')
group by month, service
