-- view: Membres actuels et mois de cotisation en retard, sans nom ; pour la centrale concernée seulement | Present members and months of dues behind, without names; for their confederation only
-- column subject_id: Identifiant au hasard de la personne ou de la carte | Random ID of the person or card
-- column union_code: Centrale | Confederation
-- column base_union: Syndicat de base | Base union
-- column joined_on: Jour d'entrée | Day of joining
-- column last_paid_on: Dernier paiement | Last payment
-- column months_behind: Mois non couverts jusqu'au mois présent | Months not covered up to the present one
-- needs: member, membership_spell, calendar
-- schema: core
with present as (
    select max(month) as month from calendar
),

begun as (
    select subject_id, union_code, max(joined_month) as month
    from membership_spell
    where left_month is null
    group by subject_id, union_code
)

select
    member.subject_id,
    member.union_code,
    member.base_union,
    member.joined_on,
    member.last_paid_on,
    case
        when present.month > coalesce(member.paid_through, begun.month - 1)
            then present.month - coalesce(member.paid_through, begun.month - 1)
        else 0
    end as months_behind
from member
cross join present
join begun on begun.subject_id = member.subject_id and begun.union_code = member.union_code
where member.is_member = 1
