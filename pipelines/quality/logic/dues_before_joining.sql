-- severity: 2
-- rule: Cotisation ou renouvellement sans adhésion à cette date. | Dues or renewal without membership at that date.
-- action: Vérifier la carte et la date ; saisir l'adhésion si elle manque. | Check the card and the date; enter the joining if it is missing.
-- evidence: Opération du {a} ; première adhésion connue : {b}. | Event of {a}; first known joining: {b}.
select s.project_id, s.form_id, s.instance_id, e.event_on as a, j.joined_on as b
from membership_event as e
join submission as s
    on s.project_id = e.project_id and s.instance_id = e.instance_id and s.form_id = 'membership'
left join (
    select subject_id, union_code, min(event_on) as joined_on
    from membership_event
    where event = 'join'
    group by subject_id, union_code
) as j on j.subject_id = e.subject_id and j.union_code = e.union_code
where e.event in ('dues', 'renew') and (j.joined_on is null or e.event_on < j.joined_on)
    and s.deleted_at is null and s.purged_at is null and (s.quarantined is null or not s.quarantined)
    and (s.submitted_at >= :since or s.instance_id in (select p.instance_id from quality_problem as p where p.rule = :rule and p.state <> 'closed'))
