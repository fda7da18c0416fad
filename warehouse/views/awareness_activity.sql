-- view: Séances de sensibilisation par mois, cercle et méthode ; présences, pas des personnes | Awareness sessions by month, cercle and method; attendances, not people
-- column month_start: Premier jour du mois | First day of the month
-- column cercle: Cercle (code) | Cercle (code)
-- column method: Méthode (code) | Method (code)
-- column method_fr: Méthode, en français | Method, in French
-- column method_en: Méthode, en anglais | Method, in English
-- column sessions: Séances | Sessions
-- column women: Femmes présentes, arrondies à 5 ; vide si moins de 5 | Women present, rounded to 5; empty below 5
-- column men: Hommes présents, arrondis à 5 ; vide si moins de 5 | Men present, rounded to 5; empty below 5
-- column materials: Dépliants ou supports remis | Leaflets or media handed out
-- needs: awareness_session, calendar, code_label
-- schema: reporting
with held as (
    select
        month,
        coalesce(cercle, 'unknown') as cercle,
        coalesce(method, 'unknown') as method,
        count(*) as sessions,
        cast(sum(coalesce(women, 0)) as bigint) as women,
        cast(sum(coalesce(men, 0)) as bigint) as men,
        cast(sum(coalesce(materials, 0)) as bigint) as materials
    from awareness_session
    group by month, coalesce(cercle, 'unknown'), coalesce(method, 'unknown')
)

select
    calendar.month_start,
    held.cercle,
    held.method,
    label.label_fr as method_fr,
    label.label_en as method_en,
    held.sessions,
    case when held.women >= 5 then ((held.women + 2) / 5) * 5 end as women,
    case when held.men >= 5 then ((held.men + 2) / 5) * 5 end as men,
    held.materials
from held
join calendar on calendar.month = held.month
left join code_label as label on label.dimension = 'method' and label.code = held.method
