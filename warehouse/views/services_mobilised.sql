-- view: Services présents aux séances et formations, par mois | Services present at sessions and trainings, by month
-- column month_start: Premier jour du mois | First day of the month
-- column service: Service (code) | Service (code)
-- column service_fr: Service, en français | Service, in French
-- column service_en: Service, en anglais | Service, in English
-- column activities: Séances et jours de formation où il était présent | Sessions and training days where it was present
-- column of_all: Toutes les séances et tous les jours de formation du mois | All sessions and training days of the month
-- needs: awareness_session, training_session, calendar, code_label
-- schema: reporting
with activity as (
    select month, services_present from awareness_session
    union all
    select month, services_present from training_session
),

held as (
    select month, services_present, count(*) as activities
    from activity
    group by month, services_present
),

every_month as (
    select month, sum(activities) as activities from held group by month
)

select
    calendar.month_start,
    service.code as service,
    service.label_fr as service_fr,
    service.label_en as service_en,
    cast(sum(held.activities) as bigint) as activities,
    cast(max(every_month.activities) as bigint) as of_all
from held
join every_month on every_month.month = held.month
join calendar on calendar.month = held.month
join code_label as service
    on service.dimension = 'service'
    and ' ' || held.services_present || ' ' like '% ' || service.code || ' %'
group by calendar.month_start, service.code, service.label_fr, service.label_en
