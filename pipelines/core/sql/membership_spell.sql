-- From joining to leaving, once per stay in a confederation. Whoever renewed or moved was a member,
-- whether or not the joining itself is known; leaving without having joined is nothing.
with ordered as (
    select
        e.*,
        coalesce(
            sum(case when e.event = 'resign' then 1 else 0 end) over (
                partition by e.subject_id, coalesce(e.union_code, 'unknown')
                order by e.event_on, case when e.event = 'resign' then 1 else 0 end, e.instance_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as spell
    from /* touched: touched_subject as t cross join */ membership_event as e
    where e.event <> 'dues' /* touched: and e.subject_id = t.subject_id */
)

select
    subject_id,
    coalesce(union_code, 'unknown') as union_code,
    cast(spell as integer) as spell,
    max(person_id) as person_id,
    min(case when event <> 'resign' then event_on end) as joined_on,
    min(case when event <> 'resign' then month end) as joined_month,
    max(case when event = 'resign' then event_on end) as left_on,
    max(case when event = 'resign' then month end) as left_month,
    max(minor) as minor
from ordered
group by subject_id, coalesce(union_code, 'unknown'), spell
having min(case when event <> 'resign' then event_on end) is not null
