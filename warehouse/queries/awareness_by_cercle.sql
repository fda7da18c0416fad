-- query: Sensibilisation par cercle | Awareness by cercle
-- answers: Combien de séances et de présences par cercle, depuis un jour ? | How many sessions and attendances by cercle, since a day?
-- parameter since day -365: Depuis le | Since
select
    coalesce(code_label.label_fr, awareness_activity.cercle) as cercle_fr,
    coalesce(code_label.label_en, awareness_activity.cercle) as cercle_en,
    sum(awareness_activity.sessions) as sessions,
    sum(awareness_activity.women) as women,
    sum(awareness_activity.men) as men
from awareness_activity
left join code_label on code_label.dimension = 'cercle' and code_label.code = awareness_activity.cercle
where awareness_activity.month_start >= :since
group by cercle_fr, cercle_en
order by sessions desc, cercle_fr
