-- indicator: I-14
-- title: Remise des cartes de membre | Delivery of membership cards
-- measure: delivered
-- name: Part des adhésions avec carte remise | Share of joinings with a card given
-- kind: share
-- unit: joining
-- roll: flow
-- from: membership_event
-- numerator: Adhésions avec carte de membre remise | Joinings with a membership card given
-- denominator: Adhésions de la période | Joinings of the period
-- by: union
select
    month,
    union_code as "union",
    sum(case when card_issued = 'yes' then 1 else 0 end) as numerator,
    count(*) as denominator
from membership_event as f
where in_scope(f.month) and event = 'join'
group by month, union_code
