-- indicator: I-19
-- title: Enfants hors de l'école | Children out of school
-- caution: Approximation : le dénominateur compte tous les enfants de moins de 18 ans, pas seulement ceux de 7 à 15 ans. | A proxy: the denominator counts all children under 18, not only those of 7 to 15.
-- measure: out_of_school
-- name: Enfants de 7 à 15 ans hors de l'école, sur les enfants présents | Children of 7 to 15 out of school, over the children here
-- kind: share
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Somme des enfants de 7 à 15 ans hors de l'école | Sum of children aged 7 to 15 out of school
-- denominator: Somme des enfants de moins de 18 ans des mêmes personnes | Sum of children under 18 of the same people
-- by: cercle
select
    month,
    cercle,
    count(*) as units,
    sum(children_not_in_school) as numerator,
    sum(children_here) as denominator
from worker as f
where in_scope(f.month) and children_here > 0 and children_not_in_school is not null
group by month, cercle
