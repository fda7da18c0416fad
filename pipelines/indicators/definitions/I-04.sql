-- indicator: I-04
-- title: Composition du répertoire | Composition of the directory
-- caution: Personnes rencontrées depuis le début et encore au répertoire, pas un recensement. La part d'une case est son nombre sur le total. | People met since the beginning and still in the directory, not a census. The share of a cell is its count over the total.
-- measure: people
-- name: Personnes au répertoire à la fin de la période | People in the directory at the end of the period
-- kind: count
-- unit: person
-- roll: stock
-- from: worker
-- numerator: Personnes identifiées jusqu'à la fin de la période | People identified until the end of the period
-- by: sex, age_band, nationality_group, occupation_group, cercle, sex x nationality_group, sex x occupation_group, sex x cercle
select month, sex, age_band, nationality_group, occupation_group, cercle, count(*) as numerator
from worker as f
where in_scope(f.month)
group by month, sex, age_band, nationality_group, occupation_group, cercle
