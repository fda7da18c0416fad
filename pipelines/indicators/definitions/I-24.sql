-- indicator: I-24
-- title: Alertes de protection | Protection alerts
-- caution: Nombres pour la région entière ; pas une prévalence. Ne jamais qualifier soi-même un cas. | Counts for the whole region; not a prevalence. Never qualify a case yourself.
-- measure: forced_labour_signs
-- name: Part des cas avec un signe de travail forcé (OIT) | Share of cases with a sign of forced labour (ILO)
-- kind: share
-- unit: case
-- roll: flow
-- from: labour_case
-- numerator: Cas ouverts avec au moins un signe | Cases opened with at least one sign
-- denominator: Cas ouverts où la question a eu une réponse | Cases opened where the question was answered
select month, sum(has_signs) as numerator, count(*) as denominator
from labour_case as f
where in_scope(f.month) and asked_signs = 1
group by month
-- measure: children_working
-- name: Part des sites visités où des enfants travaillaient | Share of visited sites where children were working
-- kind: share
-- unit: site
-- roll: period
-- from: site_visit
-- numerator: Sites où des enfants au travail ont été vus dans la période | Sites where children were seen working in the period
-- denominator: Sites visités dans la période | Sites visited in the period
select
    p.period_kind,
    p.period_start,
    f.site_key as subject,
    case when f.children_working = 'yes' then 1 else 0 end as numerator,
    1 as denominator
from scope_period as p
join site_visit as f on f.month between p.first_month and p.last_month
