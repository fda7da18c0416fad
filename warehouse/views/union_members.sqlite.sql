-- view: Les membres actuels de chaque centrale, avec leur nom ; une centrale n'y voit que les siens | The current members of each confederation, with their names; a confederation sees only its own
-- column union_code: Centrale : untm ou cstm | Confederation: untm or cstm
-- column base_union: Syndicat de base ou section (code) | Base union or section (code)
-- column role: Rôle dans le syndicat | Role in the union
-- column union_card_no: Numéro de la carte de membre | Number of the membership card
-- column last_name: Nom | Last name
-- column first_names: Prénoms | First names
-- column member_since: Jour de l'adhésion, du renouvellement ou du transfert | Day of joining, renewal or transfer
-- needs: form_membership, person, person_card
-- schema: identity
select
    entry."union" as union_code,
    entry.base_union,
    entry.role,
    entry.union_card_no,
    person.last_name,
    person.first_names,
    entry.event_date as member_since
from form_membership as entry
join person_card on person_card.card_code = entry.card_code
join person on person.person_id = person_card.person_id and person.state = 'active'
where
    entry.event in ('join', 'renew', 'transfer')
    and entry.consent_membership = 'yes'
    and coalesce(entry.review_state, '') <> 'rejected'
    and not exists (
        select 1
        from form_membership as later
        where
            later.card_code = entry.card_code
            and later."union" = entry."union"
            and later.event <> 'dues'
            and (
                later.event_date > entry.event_date
                or (later.event_date = entry.event_date and later.instance_id > entry.instance_id)
            )
    )
