-- indicator: I-02
-- title: Taux de consentement | Consent rate
-- caution: Le profil de ceux qui refusent est inconnu. Un entretien dont l'accord a été retiré depuis n'est plus compté. | The profile of those who refuse is unknown. An interview whose agreement was withdrawn since is no longer counted.
-- measure: consent
-- name: Part des entretiens avec accord | Share of interviews with agreement
-- kind: share
-- unit: interview
-- roll: flow
-- from: interview
-- numerator: Entretiens d'identification avec accord, mineurs compris | Identification interviews with agreement, minors included
-- denominator: Tous les entretiens commencés | All interviews started
-- by: cercle, team
select
    month,
    cercle,
    focal_point as team,
    sum(case when result in ('registered', 'minor') then 1 else 0 end) as numerator,
    count(*) as denominator
from interview as f
where in_scope(f.month) and result <> 'withdrawn'
group by month, cercle, focal_point
