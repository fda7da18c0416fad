-- view: Alertes de protection par mois, région entière : pas une prévalence | Protection alerts by month, whole region: not a prevalence
-- column month_start: Premier jour du mois | First day of the month
-- column cases_with_signs: Cas ouverts avec au moins un signe de travail forcé (OIT) | Cases opened with at least one sign of forced labour (ILO)
-- column sites_with_children: Sites où des enfants au travail ont été vus | Sites where children were seen working
-- column minors_met: Entretiens arrêtés parce que la personne est mineure | Interviews stopped because the person is a minor
-- column incidents: Séances avec un incident | Sessions with an incident
-- needs: labour_case, site_visit, interview, awareness_session, calendar
-- schema: core
with signs as (
    select month, count(*) as n from labour_case where has_signs = 1 group by month
),

children as (
    select month, count(distinct site_key) as n
    from site_visit
    where children_working = 'yes'
    group by month
),

minors as (
    select month, count(*) as n from interview where result = 'minor' group by month
),

incidents as (
    select month, count(*) as n from awareness_session where incident = 'yes' group by month
)

select
    calendar.month_start,
    coalesce(signs.n, 0) as cases_with_signs,
    coalesce(children.n, 0) as sites_with_children,
    coalesce(minors.n, 0) as minors_met,
    coalesce(incidents.n, 0) as incidents
from calendar
left join signs on signs.month = calendar.month
left join children on children.month = calendar.month
left join minors on minors.month = calendar.month
left join incidents on incidents.month = calendar.month
