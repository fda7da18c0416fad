-- view: Entrées, sorties et membres par mois, centrale et sexe ; seulement les mois où quelque chose change | Joining, leaving and members by month, confederation and sex; only months in which something changes
-- column month_start: Premier jour du mois | First day of the month
-- column union_code: Centrale | Confederation
-- column sex: Sexe ; unknown si la personne n'est pas au répertoire | Sex; unknown where the person is not in the directory
-- column joined: Entrées | People who joined
-- column resigned: Sorties | People who left
-- column members: Membres à la fin du mois | Members at the end of the month
-- needs: membership_spell, worker, calendar
-- schema: core
with change as (
    select union_code, person_id, joined_month as month, 1 as joined, 0 as resigned
    from membership_spell
    union all
    select union_code, person_id, left_month, 0, 1
    from membership_spell
    where left_month is not null
),

counted as (
    select
        change.month,
        change.union_code,
        coalesce(worker.sex, 'unknown') as sex,
        sum(change.joined) as joined,
        sum(change.resigned) as resigned
    from change
    left join worker on worker.person_id = change.person_id
    group by change.month, change.union_code, coalesce(worker.sex, 'unknown')
),

running as (
    select
        counted.*,
        sum(joined - resigned) over (partition by union_code, sex order by month) as members
    from counted
)

select
    calendar.month_start,
    running.union_code,
    running.sex,
    running.joined,
    running.resigned,
    running.members
from running
join calendar on calendar.month = running.month
