-- severity: 2
-- rule: Suite d'un dossier de travail qui n'existe pas. | Follow-up of a labour case that does not exist.
-- action: Retrouver le bon code sur la fiche d'origine et corriger dans Central. | Find the right code on the original record and correct it in Central.
-- evidence: Aucun dossier ne porte ce code ({a} suite du {b}). | No record has this code ({a} follow-up of {b}).
select s.project_id, s.form_id, s.instance_id, 1 as a, u.done_on as b
from labour_case_follow_up as u
join submission as s
    on s.project_id = u.project_id and s.instance_id = u.instance_id and s.form_id = 'labour_case'
where not exists (select 1 from labour_case as o where o.code = u.code)
    and s.deleted_at is null and s.purged_at is null and (s.quarantined is null or not s.quarantined)
    and (s.submitted_at >= :since or s.instance_id in (select p.instance_id from quality_problem as p where p.rule = :rule and p.state <> 'closed'))
