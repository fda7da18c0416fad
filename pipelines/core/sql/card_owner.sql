-- Whose card it is: the active person it was last given to. A card of nobody known is told apart by
-- the first submission that held it.
with held as (
    select r.card_code, min(r.instance_id) as first_instance
    from /* touched: touched_card as t cross join */ record_card as r
    /* touched: where r.card_code = t.card_code */
    group by r.card_code
),

claim as (
    select
        held.card_code,
        p.person_id,
        row_number() over (
            partition by held.card_code
            order by given.given_on desc, p.person_id
        ) as place
    from held
    join person_card as given on given.card_code = held.card_code
    left join merged_person as m on m.person_id = given.person_id
    join person as p on p.person_id = coalesce(m.final_id, given.person_id) and p.state = 'active'
)

select
    held.card_code,
    coalesce(claim.person_id, 'card-' || held.first_instance) as holder,
    coalesce(claim.person_id, 'card-' || held.first_instance) as subject_id,
    claim.person_id,
    held.first_instance
from held
left join claim on claim.card_code = held.card_code and claim.place = 1
