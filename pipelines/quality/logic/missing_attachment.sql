-- severity: 2
-- rule: Pièce jointe annoncée mais pas arrivée. | Attachment announced but not arrived.
-- action: Ouvrir Collect sur le téléphone avec du réseau : l'envoi reprend ; ne pas effacer la fiche. | Open Collect on the phone with a connection: sending resumes; do not delete the record.
-- evidence: {a} pièces arrivées sur {b}. | {a} of {b} attachments arrived.
select s.project_id, s.form_id, s.instance_id, s.attachments_present as a, s.attachments_expected as b
from submission as s
where s.attachments_present < s.attachments_expected
    and s.submitted_at < :attachments_since
    and s.deleted_at is null and s.purged_at is null and (s.quarantined is null or not s.quarantined)
    and (s.submitted_at >= :since or s.instance_id in (select p.instance_id from quality_problem as p where p.rule = :rule and p.state <> 'closed'))
