-- query: Le répertoire compté | The directory, counted
-- answers: Combien de personnes par case, pour une ventilation ? Les petites cases sont masquées. | How many people per cell of one breakdown? Small cells are hidden.
-- parameter breakdown text occupation_group: Ventilation : occupation_group ou sex_nationality_group | Breakdown: occupation_group or sex_nationality_group
select
    row_code,
    row_fr,
    row_en,
    sex,
    people,
    suppressed
from directory_counts
where breakdown = :breakdown
order by row_fr, sex
