-- query: Ce qui ne se rattache pas | What links to nothing
-- answers: Combien de suivis sans ouverture, de cartes inconnues, d'entretiens non comparés ? | How many follow-ups without opening, unknown cards, interviews not compared?
-- readers: look
select
    gap_fr,
    gap_en,
    records
from data_gaps
order by records desc, gap_fr
