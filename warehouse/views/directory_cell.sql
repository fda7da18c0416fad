-- view: Le répertoire compté, chiffres vrais : ne sort qu'après le secret statistique (directory_public) | The directory counted, true figures: leaves only after small cells are hidden (directory_public)
-- column row_dimension: Première ventilation ; vide : total | First breakdown; empty: total
-- column row_value: Code de la ligne | Code of the row
-- column column_dimension: Deuxième ventilation ; vide s'il n'y en a qu'une | Second breakdown; empty where there is one
-- column column_value: Code de la colonne | Code of the column
-- column people: Personnes au répertoire | People in the directory
-- needs: indicator_month
-- schema: core
select
    row_dimension,
    row_value,
    column_dimension,
    column_value,
    cast(sum(numerator) as bigint) as people
from indicator_month
where indicator = 'I-04' and measure = 'people'
group by row_dimension, row_value, column_dimension, column_value
