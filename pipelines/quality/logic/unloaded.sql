-- severity: 2
-- rule: Réponse qui n'a pas pu être rangée dans sa colonne. | Answer that could not be put into its column.
-- action: Prévenir l'administrateur : le formulaire a sans doute changé de type. | Tell the administrator: the form has probably changed a type.
-- evidence: {a} réponses illisibles ({b}). | {a} unreadable answers ({b}).
select s.project_id, s.form_id, s.instance_id, count(*) as a, min(l.column_name) as b
from load_problem as l
join submission as s
    on s.project_id = l.project_id and s.form_id = l.form_id and s.instance_id = l.instance_id
where s.deleted_at is null and s.purged_at is null and (s.quarantined is null or not s.quarantined)
    and (s.submitted_at >= :since or s.instance_id in (select p.instance_id from quality_problem as p where p.rule = :rule and p.state <> 'closed'))
group by s.project_id, s.form_id, s.instance_id
