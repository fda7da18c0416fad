-- view: Ce qui ne se rattache pas (encore) : suivis sans ouverture, cartes inconnues, entretiens non comparés | What does not join up (yet): follow-ups without opening, unknown cards, interviews not compared
-- column gap: Genre de lacune | Kind of gap
-- column gap_fr: Lacune, en français | Gap, in French
-- column gap_en: Lacune, en anglais | Gap, in English
-- column records: Fiches | Records
-- needs: referral, referral_follow_up, labour_case, labour_case_follow_up, membership_event, attendance, interview
-- schema: ops
select
    'referral_orphan' as gap,
    'Suivis dont l''orientation n''est pas arrivée' as gap_fr,
    'Follow-ups whose referral has not arrived' as gap_en,
    count(*) as records
from referral_follow_up as told
where not exists (select 1 from referral as opened where opened.code = told.code)
union all
select
    'case_orphan',
    'Suivis dont le cas n''est pas arrivé',
    'Follow-ups whose case has not arrived',
    count(*)
from labour_case_follow_up as told
where not exists (select 1 from labour_case as opened where opened.code = told.code)
union all
select
    'member_unknown',
    'Opérations syndicales dont la carte n''est pas au répertoire',
    'Membership operations whose card is not in the directory',
    count(*)
from membership_event
where person_id is null
union all
select
    'participant_unknown',
    'Participants dont la carte n''est pas au répertoire',
    'Participants whose card is not in the directory',
    count(*)
from attendance
where subject_id is not null and person_id is null
union all
select
    'interview_waiting',
    'Enregistrements pas encore comparés entre eux',
    'Registrations not compared with each other yet',
    count(*)
from interview
where result = 'registered' and person_id is null
union all
select
    'interview_unfinished',
    'Entretiens inachevés',
    'Unfinished interviews',
    count(*)
from interview
where result = 'unfinished'
