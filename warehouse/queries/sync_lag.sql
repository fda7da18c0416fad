-- query: Retard de la synchronisation | Lag of the synchronisation
-- answers: Pour chaque formulaire : dernière réussite, dernière preuve, ce qui manque encore ? | For each form: last success, last proof, what is still missing?
-- readers: look
select
    form_id,
    submissions,
    last_success_at,
    last_outcome,
    last_error,
    proven_at,
    files_outstanding,
    answers_that_do_not_fit,
    sealed
from sync_state
order by last_success_at, form_id
