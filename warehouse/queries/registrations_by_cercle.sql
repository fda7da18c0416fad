-- query: Personnes identifiées par mois et cercle | People identified by month and cercle
-- answers: Où le répertoire grandit-il ? | Where does the directory grow?
-- parameter since day -365: Depuis le mois du | Since the month of
-- parameter until day -0: Jusqu'au | Until
select
    published_cell.period as month_start,
    coalesce(code_label.label_fr, published_cell.row_value) as label_fr,
    coalesce(code_label.label_en, published_cell.row_value) as label_en,
    published_cell.count as counted,
    published_cell.value,
    published_cell.suppressed
from published_cell
left join code_label on code_label.dimension = published_cell.row_dimension and code_label.code = published_cell.row_value
where
    published_cell.publication = 'I-01'
    and published_cell.measure = 'people'
    and published_cell.period_kind = 'month'
    and published_cell.row_dimension = 'cercle'
    and published_cell.column_dimension = ''
    and published_cell.period between :since and :until
order by published_cell.period desc, label_fr
