-- view: Où en est chaque formulaire : soumissions reçues, dernière synchronisation, erreur | Where each form stands: submissions received, last synchronisation, error
-- column project_id: Numéro du projet sur ODK Central | Number of the project on ODK Central
-- column form_id: Identifiant du formulaire | Form ID
-- column version: Version publiée | Published version
-- column submissions: Soumissions présentes dans l'entrepôt, sans les supprimées | Submissions in the warehouse, without deleted ones
-- column deleted: Soumissions supprimées sur Central | Submissions deleted on Central
-- column last_success_at: Dernière synchronisation réussie (UTC) | Last successful synchronisation (UTC)
-- column last_outcome: Résultat du dernier passage : ok ou failed | Outcome of the last run: ok or failed
-- column last_error: Erreur du dernier passage | Error of the last run
-- column newest_stamp: Tampon le plus récent vu sur Central (UTC) | Newest stamp seen on Central (UTC)
-- needs: form, submission, sync_run, sync_run_form, sync_cursor
-- schema: ops
with held as (
    select
        project_id,
        form_id,
        sum(case when deleted_at is null then 1 else 0 end) as submissions,
        sum(case when deleted_at is null then 0 else 1 end) as deleted
    from submission
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
    success.started_at as last_success_at,
    line.outcome as last_outcome,
    line.error as last_error,
    sync_cursor.stamp as newest_stamp
from form
left join held on held.project_id = form.project_id and held.form_id = form.form_id
left join last_run on last_run.project_id = form.project_id and last_run.form_id = form.form_id
left join sync_run_form as line
    on line.project_id = form.project_id and line.form_id = form.form_id and line.run_id = last_run.run_id
left join sync_run as success on success.run_id = last_run.ok_run_id
left join sync_cursor on sync_cursor.project_id = form.project_id and sync_cursor.form_id = form.form_id
