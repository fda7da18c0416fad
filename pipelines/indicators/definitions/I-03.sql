-- indicator: I-03
-- title: Taux de doublons | Duplicate rate
-- caution: Les paires encore à examiner ne sont pas comptées comme doublons. | Pairs still to be looked at are not counted as duplicates.
-- measure: duplicates
-- name: Part des enregistrements rattachés à une personne déjà connue | Share of registrations joined to a person already known
-- kind: share
-- unit: interview
-- roll: flow
-- from: interview
-- numerator: Enregistrements qui ne sont pas le premier de leur personne | Registrations that are not the first of their person
-- denominator: Enregistrements acceptés | Accepted registrations
-- by: team
select
    month,
    focal_point as team,
    sum(case when turn > 1 then 1 else 0 end) as numerator,
    count(*) as denominator
from interview as f
where in_scope(f.month) and turn is not null
group by month, focal_point
-- measure: seen_before_right
-- name: « Déjà enregistré ? » : part des réponses justes | 'Already registered?': share of right answers
-- kind: share
-- unit: interview
-- roll: flow
-- from: interview
-- numerator: Oui alors que la personne était connue, ou non alors qu'elle ne l'était pas | Yes where the person was known, or no where not
-- denominator: Enregistrements acceptés avec une réponse oui ou non | Accepted registrations with an answer yes or no
-- by: team
select
    month,
    focal_point as team,
    sum(
        case
            when seen_before = 'yes' and turn > 1 then 1
            when seen_before = 'no' and turn = 1 then 1
            else 0
        end
    ) as numerator,
    count(*) as denominator
from interview as f
where in_scope(f.month) and turn is not null and seen_before in ('yes', 'no')
group by month, focal_point
