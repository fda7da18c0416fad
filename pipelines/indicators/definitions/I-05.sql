-- indicator: I-05
-- title: Part des femmes | Women's share
-- measure: women
-- name: Part des femmes parmi les personnes identifiées | Share of women among people identified
-- kind: share
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Femmes identifiées dans la période | Women identified in the period
-- denominator: Femmes et hommes identifiés dans la période | Women and men identified in the period
-- by: cercle, sector
select
    month,
    cercle,
    sector,
    sum(case when sex = 'female' then 1 else 0 end) as numerator,
    count(*) as denominator
from worker as f
where in_scope(f.month) and sex in ('female', 'male')
group by month, cercle, sector
-- measure: undisclosed
-- name: Personnes qui ne disent pas leur sexe | People who do not say their sex
-- kind: count
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Personnes identifiées dans la période sans sexe indiqué | People identified in the period with no sex given
-- by: cercle
select month, cercle, count(*) as numerator
from worker as f
where in_scope(f.month) and sex not in ('female', 'male')
group by month, cercle
