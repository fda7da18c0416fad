-- indicator: I-11
-- title: Thèmes traités | Theme coverage
-- caution: Une séance traite souvent plusieurs thèmes : les parts ne s'additionnent pas. | A session often covers several themes: shares do not add up.
-- measure: coverage
-- name: Part des séances et jours de formation avec ce thème | Share of sessions and training days with this theme
-- kind: share
-- unit: session
-- roll: flow
-- from: awareness_session, training_session
-- numerator: Séances et jours de formation qui traitent le thème | Sessions and training days that cover the theme
-- denominator: Toutes les séances et tous les jours de formation de la période | All sessions and training days of the period
-- by: theme, theme x cercle
-- total: none
with activity as (
    select month, cercle, themes, count(*) as held
    from awareness_session as f
    where in_scope(f.month)
    group by month, cercle, themes
    union all
    select month, cercle, themes, count(*) as held
    from training_session as f
    where in_scope(f.month)
    group by month, cercle, themes
)

select
    activity.month,
    activity.cercle,
    theme.code as theme,
    sum(
        case when ' ' || activity.themes || ' ' like '% ' || theme.code || ' %' then held else 0 end
    ) as numerator,
    sum(held) as denominator
from activity
join code_label as theme on theme.dimension = 'theme' and theme.code <> 'unknown'
group by activity.month, activity.cercle, theme.code
