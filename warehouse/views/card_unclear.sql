-- view: Cartes données à deux personnes ou plus : à éclaircir, rien ne s'y rattache d'ici là | Cards given to two or more persons: to be cleared up, nothing attaches to them until then
-- column card_code: Code de la carte | Code of the card
-- column person_id: Une des personnes | One of the persons
-- column instance_id: L'enregistrement qui la donne | The registration that gives it
-- column given_on: Jour de la remise | Day it was given
-- needs: person_card
-- schema: identity
select
    card.card_code,
    card.person_id,
    card.instance_id,
    card.given_on
from person_card as card
where exists (
    select 1
    from person_card as other
    where other.card_code = card.card_code and other.person_id <> card.person_id
)
