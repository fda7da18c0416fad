-- indicator: I-18
-- title: Profil des besoins | Needs profile
-- caution: Une personne nomme plusieurs besoins : les parts ne s'additionnent pas. | A person names several needs: shares do not add up.
-- measure: registered
-- name: Besoins nommés à l'identification | Needs named at identification
-- kind: share
-- unit: person
-- roll: flow
-- from: worker
-- numerator: Personnes identifiées dans la période qui nomment ce besoin | People identified in the period who name this need
-- denominator: Personnes identifiées dans la période qui nomment au moins un besoin | People identified in the period who name at least one need
-- by: need, need x sex
-- total: none
with said as (
    select month, sex, needs, count(*) as people
    from worker as f
    where in_scope(f.month) and needs is not null
    group by month, sex, needs
)

select
    said.month,
    said.sex,
    need.code as need,
    sum(case when ' ' || said.needs || ' ' like '% ' || need.code || ' %' then people else 0 end)
        as numerator,
    sum(people) as denominator
from said
join code_label as need on need.dimension = 'need' and need.code <> 'unknown'
group by said.month, said.sex, need.code
-- measure: requested
-- name: Besoins dans les demandes d'aide | Needs in requests for help
-- kind: share
-- unit: referral
-- roll: flow
-- from: referral
-- numerator: Nouvelles demandes qui nomment ce besoin | New requests that name this need
-- denominator: Nouvelles demandes avec au moins un besoin | New requests with at least one need
-- by: need, need x sex
-- total: none
with said as (
    select month, sex, needs, count(*) as requests
    from referral as f
    where in_scope(f.month) and needs is not null
    group by month, sex, needs
)

select
    said.month,
    said.sex,
    need.code as need,
    sum(case when ' ' || said.needs || ' ' like '% ' || need.code || ' %' then requests else 0 end)
        as numerator,
    sum(requests) as denominator
from said
join code_label as need on need.dimension = 'need' and need.code <> 'unknown'
group by said.month, said.sex, need.code
-- measure: asked
-- name: Sujets des questions en séance | Topics of questions at sessions
-- kind: share
-- unit: session
-- roll: flow
-- from: awareness_session
-- numerator: Séances avec des questions sur ce besoin | Sessions with questions on this need
-- denominator: Séances avec au moins une question | Sessions with at least one question
-- by: need
-- total: none
with said as (
    select month, questions_asked as needs, count(*) as sessions
    from awareness_session as f
    where in_scope(f.month) and questions_asked is not null
    group by month, questions_asked
)

select
    said.month,
    need.code as need,
    sum(case when ' ' || said.needs || ' ' like '% ' || need.code || ' %' then sessions else 0 end)
        as numerator,
    sum(sessions) as denominator
from said
join code_label as need on need.dimension = 'need' and need.code <> 'unknown'
group by said.month, need.code
