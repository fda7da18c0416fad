-- view: À qui est chaque carte, cartes perdues et remplacées comprises : la présence, l'adhésion, l'orientation et les cas se rattachent par elle à une personne. Une carte donnée à deux personnes n'y est pas (voir card_unclear) | Whose card is whose, lost and replaced cards too: attendance, membership, referrals and cases attach to a person through it. A card given to two persons is not here (see card_unclear)
-- column card_code: Code de la carte | Code of the card
-- column person_id: Personne | Person
-- column given_on: Jour de la remise | Day it was given
-- column in_use: 1 si c'est la dernière carte de la personne, 0 si une autre l'a remplacée | 1 if it is the person's last card, 0 where another replaced it
-- needs: person, person_card
-- schema: identity
select
    card.card_code,
    card.person_id,
    card.given_on,
    case when person.card_code = card.card_code then 1 else 0 end as in_use
from person_card as card
join person on person.person_id = card.person_id
where not exists (
    select 1
    from person_card as other
    where other.card_code = card.card_code and other.person_id <> card.person_id
)
