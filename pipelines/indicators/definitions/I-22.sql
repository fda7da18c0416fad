-- indicator: I-22
-- title: Services mobilisés | Services mobilised
-- measure: presence
-- name: Part des activités avec un service public | Share of activities with a public service present
-- kind: share
-- unit: session
-- roll: flow
-- from: awareness_session, training_session
-- numerator: Séances et jours de formation avec au moins un service public présent | Sessions and training days with at least one public service present
-- denominator: Toutes les séances et tous les jours de formation | All sessions and training days
with activity as (
    select month, services_present from awareness_session as f where in_scope(f.month)
    union all
    select month, services_present from training_session as f where in_scope(f.month)
),

held as (
    select month, ' ' || coalesce(services_present, '') || ' ' as services from activity
)

select
    month,
    sum(
        case
            when services like '% drt %' or services like '% inps %' or services like '% cmss %'
                or services like '% anpe %' or services like '% drdses %' or services like '% cr %'
                or services like '% mairie %' or services like '% health %'
                or services like '% justice %' or services like '% security %'
                then 1
            else 0
        end
    ) as numerator,
    count(*) as denominator
from held
group by month
-- measure: by_service
-- name: Part des activités avec ce service | Share of activities with this service
-- kind: share
-- unit: session
-- roll: flow
-- from: awareness_session, training_session
-- numerator: Séances et jours de formation où le service était présent | Sessions and training days where the service was present
-- denominator: Toutes les séances et tous les jours de formation | All sessions and training days
-- by: service
-- total: none
with activity as (
    select month, services_present from awareness_session as f where in_scope(f.month)
    union all
    select month, services_present from training_session as f where in_scope(f.month)
),

held as (
    select month, coalesce(services_present, '') as services, count(*) as activities
    from activity
    group by month, coalesce(services_present, '')
)

select
    held.month,
    service.code as service,
    sum(
        case when ' ' || services || ' ' like '% ' || service.code || ' %' then activities else 0 end
    ) as numerator,
    sum(activities) as denominator
from held
join code_label as service on service.dimension = 'service' and service.code <> 'unknown'
group by held.month, service.code
-- measure: services
-- name: Services publics distincts présents | Distinct public services present
-- kind: count
-- unit: service
-- roll: period
-- from: awareness_session, training_session
-- numerator: Services publics présents au moins une fois dans la période | Public services present at least once in the period
with activity as (
    select distinct month, services_present from awareness_session where services_present is not null
    union
    select distinct month, services_present from training_session where services_present is not null
)

select p.period_kind, p.period_start, service.code as subject, 1 as numerator
from scope_period as p
join activity on activity.month between p.first_month and p.last_month
join code_label as service
    on service.dimension = 'service'
    and service.code in (
        'drt', 'inps', 'cmss', 'anpe', 'drdses', 'cr', 'mairie', 'health', 'justice', 'security'
    )
    and ' ' || activity.services_present || ' ' like '% ' || service.code || ' %'
