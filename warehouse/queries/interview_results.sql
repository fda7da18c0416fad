-- query: Résultats des entretiens | Results of interviews
-- answers: Combien d'entretiens sont allés au bout, et pourquoi les autres se sont arrêtés ? | How many interviews went to the end, and why did the others stop?
select
    outcome,
    interviews
from interview_outcomes
order by interviews desc
