-- indicator: I-12
-- title: Formations : personnes, assiduité, acquis | Trainings: people, completion, gain
-- caution: Assiduité et personnes distinctes : seulement ceux qui ont une carte CIOM. | Completion and distinct people: only those with a CIOM card.
-- measure: attendances
-- name: Présences aux jours de formation | Attendances at training days
-- kind: count
-- unit: attendance
-- roll: flow
-- from: attendance
-- numerator: Participants, jour par jour | Participants, day by day
-- by: sex, part_role, sex x part_role
select month, sex, part_role, count(*) as numerator
from attendance as f
where in_scope(f.month)
group by month, sex, part_role
-- measure: people
-- name: Personnes distinctes formées | Distinct people trained
-- kind: count
-- unit: person
-- roll: period
-- from: attendance
-- numerator: Porteurs de carte présents au moins un jour dans la période | Card holders present on at least one day of the period
-- by: sex
select p.period_kind, p.period_start, f.sex, f.subject_id as subject, 1 as numerator
from scope_period as p
join attendance as f on f.month between p.first_month and p.last_month
where f.subject_id is not null
-- measure: completion
-- name: Part présente du premier au dernier jour | Share present from the first day to the last
-- kind: share
-- unit: participant
-- roll: period
-- from: attendance, training_session
-- reach: all
-- numerator: Porteurs de carte présents à tous les jours de la formation | Card holders present on every day of the training
-- denominator: Porteurs de carte présents le premier jour, formation commencée dans la période | Card holders present on day 1, training begun in the period
-- by: sex, part_role
with training as (
    select event_code, min(month) as month, count(distinct day_no) as days
    from training_session
    where event_code is not null and day_no is not null
    group by event_code
),

presence as (
    select
        event_code,
        subject_id,
        max(sex) as sex,
        max(part_role) as part_role,
        count(distinct day_no) as days,
        max(case when day_no = 1 then 1 else 0 end) as on_day_1
    from attendance
    where subject_id is not null and event_code is not null
    group by event_code, subject_id
)

select
    p.period_kind,
    p.period_start,
    presence.sex,
    presence.part_role,
    case when presence.days = training.days then 1 else 0 end as numerator,
    1 as denominator
from scope_period as p
join training on training.month between p.first_month and p.last_month
join presence on presence.event_code = training.event_code
where presence.on_day_1 = 1
-- measure: gain
-- name: Points gagnés, en moyenne (sur 10) | Points gained, on average (out of 10)
-- kind: mean
-- unit: participant
-- roll: flow
-- from: attendance
-- numerator: Somme des notes après moins avant | Sum of scores after minus before
-- denominator: Participants avec les deux notes | Participants with both scores
-- by: sex, part_role
select
    month,
    sex,
    part_role,
    count(*) as units,
    sum(post_score - pre_score) as numerator,
    count(*) as denominator
from attendance as f
where in_scope(f.month) and pre_score is not null and post_score is not null
group by month, sex, part_role
