-- view: Où en est chaque formulaire : soumissions reçues, dernière synchronisation, erreur | Where each form stands: submissions received, last synchronisation, error
-- column project_id: Numéro du projet sur ODK Central | Number of the project on ODK Central
-- column form_id: Identifiant du formulaire | Form ID
-- column version: Version publiée | Published version
-- column submissions: Soumissions présentes dans l'entrepôt, sans les supprimées | Submissions in the warehouse, without deleted ones
-- column deleted: Soumissions supprimées sur Central | Submissions deleted on Central
-- column sealed: Soumissions chiffrées que cet ordinateur n'a pas ouvertes | Encrypted submissions that this computer has not opened
-- column quarantined: Soumissions arrivées en clair alors que le formulaire est chiffré : gardées à part | Submissions that came in clear though the form is encrypted: kept apart
-- column files_outstanding: Photos et journaux pas encore reçus | Photos and logs not received yet
-- column answers_that_do_not_fit: Réponses que leur colonne ne peut pas tenir, gardées dans raw | Answers that their column cannot hold, kept in raw
-- column proven_at: Dernière comparaison complète avec Central (UTC) | Last complete comparison with Central (UTC)
-- column proof_equal: Vrai si les deux côtés étaient égaux à la fin | True if both sides were equal in the end
-- column central_submissions: Soumissions sur Central à la dernière comparaison | Submissions on Central at the last comparison
-- column healed: Différences trouvées et réparées à la dernière comparaison | Differences found and healed at the last comparison
-- column last_success_at: Dernière synchronisation réussie (UTC) | Last successful synchronisation (UTC)
-- column last_outcome: Résultat du dernier passage : ok ou failed | Outcome of the last run: ok or failed
-- column last_error: Erreur du dernier passage | Error of the last run
-- column newest_stamp: Tampon le plus récent vu sur Central (UTC) | Newest stamp seen on Central (UTC)
-- needs: form, submission, attachment, load_problem, proof, sync_run, sync_run_form, sync_cursor
-- schema: ops
with held as (
    select
        project_id,
        form_id,
        sum(case when deleted_at is null then 1 else 0 end) as submissions,
        sum(case when deleted_at is null or purged_at is not null then 0 else 1 end) as deleted,
        sum(
            case
                when deleted_at is null and status in ('notDecrypted', 'missingEncryptedFormData') then 1
                else 0
            end
        ) as sealed,
        sum(case when deleted_at is null and quarantined then 1 else 0 end) as quarantined
    from submission
    group by project_id, form_id
),

files as (
    select
        project_id,
        form_id,
        sum(case when state in ('waiting', 'missing', 'failed') then 1 else 0 end) as outstanding
    from attachment
    group by project_id, form_id
),

misfits as (
    select
        project_id,
        form_id,
        count(*) as answers
    from load_problem
    group by project_id, form_id
),

newest_proof as (
    select
        project_id,
        form_id,
        max(run_id) as run_id
    from proof
    group by project_id, form_id
),

last_run as (
    select
        project_id,
        form_id,
        max(run_id) as run_id,
        max(case when outcome = 'ok' then run_id end) as ok_run_id
    from sync_run_form
    group by project_id, form_id
)

select
    form.project_id,
    form.form_id,
    form.version,
    coalesce(held.submissions, 0) as submissions,
    coalesce(held.deleted, 0) as deleted,
    coalesce(held.sealed, 0) as sealed,
    coalesce(held.quarantined, 0) as quarantined,
    coalesce(files.outstanding, 0) as files_outstanding,
    coalesce(misfits.answers, 0) as answers_that_do_not_fit,
    proof.proven_at,
    proof.equal as proof_equal,
    proof.central_live as central_submissions,
    proof.missing + proof.stale + proof.purged + proof.vanished as healed,
    success.started_at as last_success_at,
    line.outcome as last_outcome,
    line.error as last_error,
    sync_cursor.stamp as newest_stamp
from form
left join held on held.project_id = form.project_id and held.form_id = form.form_id
left join files on files.project_id = form.project_id and files.form_id = form.form_id
left join misfits on misfits.project_id = form.project_id and misfits.form_id = form.form_id
left join newest_proof
    on newest_proof.project_id = form.project_id and newest_proof.form_id = form.form_id
left join proof
    on
        proof.project_id = form.project_id
        and proof.form_id = form.form_id
        and proof.run_id = newest_proof.run_id
left join last_run on last_run.project_id = form.project_id and last_run.form_id = form.form_id
left join sync_run_form as line
    on line.project_id = form.project_id and line.form_id = form.form_id and line.run_id = last_run.run_id
left join sync_run as success on success.run_id = last_run.ok_run_id
left join sync_cursor on sync_cursor.project_id = form.project_id and sync_cursor.form_id = form.form_id
