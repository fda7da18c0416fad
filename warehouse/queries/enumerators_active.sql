-- query: Activité des enquêteurs | Activity of enumerators
-- answers: Combien d'entretiens par enquêteur, combien de jours, quand le dernier envoi ? | How many interviews per enumerator, on how many days, when sent last?
-- readers: look
-- only enumerator_activity: day >= :since
-- parameter since day -30: Depuis le | Since
select
    enumerator,
    sum(interviews) as interviews,
    count(distinct day) as days,
    round(sum(consents) * 100.0 / sum(asked_consent)) as consent_percent,
    max(last_received_at) as last_received_at
from enumerator_activity
where day >= :since
group by enumerator
order by interviews desc, enumerator
