-- severity: 1
-- rule: Carte scannée en formation mais absente du répertoire. | Card scanned at a training but not in the register.
-- action: Identifier la personne, ou vérifier la carte. | Identify the person, or check the card.
-- evidence: {a} cartes inconnues parmi {b} participants. | {a} unknown cards among {b} participants.
select s.project_id, s.form_id, s.instance_id, sum(case when t.person_id is null then 1 else 0 end) as a, count(*) as b
from attendance as t
join record_card as c
    on c.project_id = t.project_id and c.instance_id = t.instance_id and c.row_path = t.row_path
join submission as s
    on s.project_id = t.project_id and s.instance_id = t.instance_id
        and s.form_id = 'training_attendance'
where s.deleted_at is null and s.purged_at is null and (s.quarantined is null or not s.quarantined)
    and (s.submitted_at >= :since or s.instance_id in (select p.instance_id from quality_problem as p where p.rule = :rule and p.state <> 'closed'))
group by s.project_id, s.form_id, s.instance_id
having sum(case when t.person_id is null then 1 else 0 end) > 0
