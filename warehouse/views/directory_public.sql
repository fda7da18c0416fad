-- view: Le répertoire compté, tel qu'il peut être publié : une case de moins de 10 personnes est masquée, avec d'autres si elle se déduirait ; nombres arrondis à 5. Personnes rencontrées, pas un recensement | The directory counted, as it may be published: a cell of fewer than 10 people is hidden, with others where it could be deduced; numbers rounded to 5. People met, not a census
-- column row_dimension: Première ventilation ; vide : total | First breakdown; empty: total
-- column row_value: Code de la ligne | Code of the row
-- column row_fr: Ligne, en français | Row, in French
-- column row_en: Ligne, en anglais | Row, in English
-- column column_dimension: Deuxième ventilation ; vide : total | Second breakdown; empty: total
-- column column_value: Code de la colonne | Code of the column
-- column column_fr: Colonne, en français | Column, in French
-- column column_en: Colonne, en anglais | Column, in English
-- column people: Personnes, arrondies à 5 ; vide si la case est masquée | People, rounded to 5; empty where the cell is hidden
-- column suppressed: 1 si la case est masquée | 1 where the cell is hidden
-- needs: published_cell, code_label
-- schema: reporting
select
    cell.row_dimension,
    cell.row_value,
    coalesce(row_label.label_fr, cell.row_value) as row_fr,
    coalesce(row_label.label_en, cell.row_value) as row_en,
    cell.column_dimension,
    cell.column_value,
    coalesce(column_label.label_fr, cell.column_value) as column_fr,
    coalesce(column_label.label_en, cell.column_value) as column_en,
    cell.count as people,
    cell.suppressed
from published_cell as cell
left join code_label as row_label
    on row_label.dimension = cell.row_dimension and row_label.code = cell.row_value
left join code_label as column_label
    on column_label.dimension = cell.column_dimension and column_label.code = cell.column_value
where cell.audience = 'outside' and cell.publication = 'directory'
