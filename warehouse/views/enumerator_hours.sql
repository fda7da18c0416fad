-- view: Entretiens de chaque enquêteur par jour de semaine et heure de début | Interviews of each enumerator by weekday and hour of start
-- column enumerator: Nom de l'utilisateur mobile dans Central | Name of the app user in Central
-- column weekday: Jour de la semaine, 1 lundi à 7 dimanche | Weekday, 1 Monday to 7 Sunday
-- column hour: Heure de début, 0 à 23 (Bamako) | Hour of start, 0 to 23 (Bamako)
-- column interviews: Entretiens | Interviews
-- needs: quality_fact
-- schema: ops
select
    enumerator,
    weekday,
    hour,
    count(*) as interviews
from quality_fact
group by enumerator, weekday, hour
