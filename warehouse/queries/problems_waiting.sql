-- query: Problèmes en attente | Problems that wait
-- answers: Combien de problèmes ouverts par règle et enquêteur, depuis combien de temps ? | How many open problems by rule and enumerator, and since when?
-- readers: look
-- parameter least number 1: Gravité au moins (1 à 3) | Severity at least (1 to 3)
select
    rule,
    enumerator,
    count(*) as problems,
    max(severity) as worst,
    min(first_seen) as oldest
from quality_problem
where state = 'open' and severity >= cast(:least as integer)
group by rule, enumerator
order by worst desc, problems desc, rule, enumerator
