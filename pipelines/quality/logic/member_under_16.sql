-- severity: 3
-- rule: Adhésion avant 16 ans d'après l'année de naissance du répertoire. | Joined before 16 by the year of birth in the register.
-- action: Vérifier l'âge avec la personne ; annuler l'adhésion si elle a moins de 16 ans (code du travail). | Check the age with the person; cancel the membership if under 16 (labour code).
-- evidence: {a} ans au plus à la date de l'adhésion ({b}). | At most {a} years old when joining ({b}).
select s.project_id, s.form_id, s.instance_id, e.month / 12 - p.birth_year as a, e.event_on as b
from membership_event as e
join person as p on p.person_id = e.person_id
join submission as s
    on s.project_id = e.project_id and s.instance_id = e.instance_id and s.form_id = 'membership'
where e.event = 'join' and e.month / 12 - p.birth_year < 16
    and s.deleted_at is null and s.purged_at is null and (s.quarantined is null or not s.quarantined)
    and (s.submitted_at >= :since or s.instance_id in (select p.instance_id from quality_problem as p where p.rule = :rule and p.state <> 'closed'))
