-- indicator: I-01
-- title: Personnes identifiées | People identified
-- caution: Personnes rencontrées, pas un recensement. L'arrêt saisonnier fausse le 3e trimestre. | People met, not a census. The seasonal stop distorts the 3rd quarter.
-- measure: people
-- name: Personnes identifiées pour la première fois | People identified for the first time
-- kind: count
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Personnes du répertoire dont le premier entretien est dans la période | People in the directory whose first interview is in the period
-- by: sex, age_band, nationality_group, occupation_group, cercle, sex x nationality_group, sex x occupation_group, sex x cercle
select month, sex, age_band, nationality_group, occupation_group, cercle, count(*) as numerator
from worker as f
where in_scope(f.month)
group by month, sex, age_band, nationality_group, occupation_group, cercle
