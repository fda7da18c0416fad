-- view: Formations par mois, code, cercle, qualité et sexe | Trainings by month, code, cercle, role and sex
-- column month_start: Premier jour du mois | First day of the month
-- column event_code: Formation (code) | Training (code)
-- column cercle: Cercle (code) | Cercle (code)
-- column part_role: Qualité du participant | Role of the participant
-- column sex: Sexe | Sex
-- column attendances: Présences, jour par jour | Attendances, day by day
-- column people: Porteurs de carte distincts | Distinct card holders
-- needs: attendance, training_session, calendar
-- schema: core
select
    calendar.month_start,
    attendance.event_code,
    session.cercle,
    coalesce(attendance.part_role, 'unknown') as part_role,
    attendance.sex,
    count(*) as attendances,
    count(distinct attendance.subject_id) as people
from attendance
join training_session as session
    on session.project_id = attendance.project_id
    and session.instance_id = attendance.instance_id
join calendar on calendar.month = attendance.month
group by
    calendar.month_start,
    attendance.event_code,
    session.cercle,
    coalesce(attendance.part_role, 'unknown'),
    attendance.sex
