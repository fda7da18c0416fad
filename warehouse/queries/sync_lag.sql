-- query: Retard de la synchronisation | Lag of the synchronisation
-- answers: Pour chaque formulaire : dernière réussite, dernière preuve, ce qui manque encore ? | For each form: last success, last proof, what is still missing?
-- readers: look
-- Nothing here counts submissions, so it is quick however many there are.
select
    form_id,
    last_success_at,
    last_outcome,
    last_error,
    proven_at,
    proof_equal,
    central_submissions,
    files_outstanding,
    answers_that_do_not_fit
from sync_state
order by last_success_at, form_id
