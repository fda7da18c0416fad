-- view: Activité par mois et point focal | Activity by month and focal point
-- column month_start: Premier jour du mois | First day of the month
-- column focal_point: Point focal (code) | Focal point (code)
-- column interviews: Entretiens d'identification | Identification interviews
-- column registered: Dont enregistrés | Of which registered
-- column memberships: Opérations syndicales | Membership operations
-- column sessions: Séances et jours de formation | Sessions and training days
-- column referrals: Demandes et suivis | Requests and follow-ups
-- column cases: Cas et suivis de cas | Cases and follow-ups of cases
-- column site_visits: Visites de sites | Site visits
-- needs: interview, membership_event, awareness_session, training_session, referral, referral_follow_up, labour_case, labour_case_follow_up, site_visit, calendar
-- schema: core
with activity as (
    select
        month, focal_point, count(*) as interviews,
        sum(case when result = 'registered' then 1 else 0 end) as registered,
        0 as memberships, 0 as sessions, 0 as referrals, 0 as cases, 0 as site_visits
    from interview
    group by month, focal_point
    union all
    select month, focal_point, 0, 0, count(*), 0, 0, 0, 0
    from membership_event
    group by month, focal_point
    union all
    select month, focal_point, 0, 0, 0, count(*), 0, 0, 0
    from awareness_session
    group by month, focal_point
    union all
    select month, focal_point, 0, 0, 0, count(*), 0, 0, 0
    from training_session
    group by month, focal_point
    union all
    select month, focal_point, 0, 0, 0, 0, count(*), 0, 0 from referral group by month, focal_point
    union all
    select month, focal_point, 0, 0, 0, 0, count(*), 0, 0
    from referral_follow_up
    group by month, focal_point
    union all
    select month, focal_point, 0, 0, 0, 0, 0, count(*), 0
    from labour_case
    group by month, focal_point
    union all
    select month, focal_point, 0, 0, 0, 0, 0, count(*), 0
    from labour_case_follow_up
    group by month, focal_point
    union all
    select month, focal_point, 0, 0, 0, 0, 0, 0, count(*)
    from site_visit
    group by month, focal_point
)

select
    calendar.month_start,
    coalesce(activity.focal_point, 'unknown') as focal_point,
    cast(sum(interviews) as bigint) as interviews,
    cast(sum(registered) as bigint) as registered,
    cast(sum(memberships) as bigint) as memberships,
    cast(sum(sessions) as bigint) as sessions,
    cast(sum(referrals) as bigint) as referrals,
    cast(sum(cases) as bigint) as cases,
    cast(sum(site_visits) as bigint) as site_visits
from activity
join calendar on calendar.month = activity.month
group by calendar.month_start, coalesce(activity.focal_point, 'unknown')
