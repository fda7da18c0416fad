-- indicator: I-15
-- title: Femmes dans l'organisation | Women in organising roles
-- measure: women
-- name: Part des femmes parmi délégués, bureaux de section et relais | Share of women among delegates, section committees and relays
-- kind: share
-- unit: person
-- roll: stock
-- from: membership_change
-- apart: union
-- numerator: Femmes avec un de ces rôles à la fin de la période | Women with one of these roles at the end of the period
-- denominator: Membres avec un de ces rôles à la fin de la période, sexe connu | Members with one of these roles at the end of the period, sex known
-- by: union
select
    f.month,
    f.union_code as "union",
    sum(case when worker.sex = 'female' then f.organisers else 0 end) as numerator,
    sum(f.organisers) as denominator
from membership_change as f
join worker on worker.person_id = f.subject_id and worker.sex in ('female', 'male')
where in_scope(f.month) and f.organisers <> 0
group by f.month, f.union_code
