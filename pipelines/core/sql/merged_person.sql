-- Where persons that were merged have ended; a chain of merges is followed to its end.
with recursive chain as (
    select p.person_id, p.merged_into as final_id, 1 as steps
    from /* touched: touched_person as t cross join */ person as p
    where p.state = 'merged' and p.merged_into is not null /* touched: and p.person_id = t.person_id */
    union all
    select chain.person_id, p.merged_into, chain.steps + 1
    from chain
    join person as p on p.person_id = chain.final_id
    where p.state = 'merged' and p.merged_into is not null and chain.steps < 50
)

select chain.person_id, chain.final_id
from chain
join person as p on p.person_id = chain.final_id and p.state = 'active'
