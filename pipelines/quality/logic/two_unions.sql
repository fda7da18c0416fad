-- severity: 1
-- rule: Adhésion à une seconde centrale sans retrait de la première. | Joining a second confederation without leaving the first.
-- action: Demander à la personne ; saisir le retrait s'il a eu lieu. | Ask the person; enter the leaving if it happened.
-- evidence: Adhésion du {a}, déjà membre depuis le {b}. | Joined on {a}, already a member since {b}.
select s.project_id, s.form_id, s.instance_id, e.event_on as a, min(o.joined_on) as b
from membership_event as e
join membership_spell as o
    on o.subject_id = e.subject_id and o.union_code <> e.union_code
        and o.joined_on <= e.event_on and (o.left_on is null or o.left_on > e.event_on)
join submission as s
    on s.project_id = e.project_id and s.instance_id = e.instance_id and s.form_id = 'membership'
where e.event = 'join'
    and s.deleted_at is null and s.purged_at is null and (s.quarantined is null or not s.quarantined)
    and (s.submitted_at >= :since or s.instance_id in (select p.instance_id from quality_problem as p where p.rule = :rule and p.state <> 'closed'))
group by s.project_id, s.form_id, s.instance_id, e.event_on
