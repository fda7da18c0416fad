-- view: Le répertoire compté : sexe × groupe de nationalités, et professions. Une case de moins de 5 personnes est masquée, avec d'autres si elle se déduirait du total ; les nombres sont arrondis à 5 | The directory counted: sex × nationality group, and occupations. A cell of fewer than 5 people is hidden, with others where a total would reveal it; numbers are rounded to 5
-- column breakdown: Ventilation : sex_nationality_group ou occupation_group | Breakdown: sex_nationality_group or occupation_group
-- column row_code: Code de la ligne | Code of the row
-- column row_fr: Ligne, en français | Row, in French
-- column row_en: Ligne, en anglais | Row, in English
-- column sex: Sexe, ou « all » | Sex, or 'all'
-- column people: Personnes, arrondies à 5 ; vide si la case est masquée | People, rounded to 5; empty where the cell is hidden
-- column suppressed: 1 si la case est masquée | 1 where the cell is hidden
-- needs: directory, ref_country_groups, ref_occupation_groups
-- schema: reporting
with cell as (
    select
        'sex_nationality_group' as breakdown,
        nationality_group as row_code,
        sex,
        count(*) as n
    from directory
    group by nationality_group, sex
    union all
    select
        'occupation_group' as breakdown,
        occupation_group as row_code,
        'all' as sex,
        count(*) as n
    from directory
    where occupation is not null
    group by occupation_group
),

-- Cells in rising order; what the cells before this one hold together decides with it.
ranked as (
    select
        breakdown,
        row_code,
        sex,
        n,
        min(n) over (partition by breakdown) as smallest,
        coalesce(
            sum(n) over (
                partition by breakdown
                order by n, row_code, sex
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as n_before,
        row_number() over (partition by breakdown order by n, row_code, sex) as place
    from cell
),

-- A single hidden cell could be had from a total, so hiding goes on until at least two cells
-- holding at least ten people are hidden.
judged as (
    select
        breakdown,
        row_code,
        sex,
        n,
        case
            when n < 5 then 1
            when smallest < 5 and (n_before < 10 or place < 3) then 1
            else 0
        end as suppressed
    from ranked
)

select
    judged.breakdown,
    judged.row_code,
    coalesce(country_group.label_fr, trade_group.label_fr, judged.row_code) as row_fr,
    coalesce(country_group.label_en, trade_group.label_en, judged.row_code) as row_en,
    judged.sex,
    case when judged.suppressed = 0 then ((judged.n + 2) / 5) * 5 end as people,
    judged.suppressed
from judged
left join ref_country_groups as country_group
    on country_group.name = judged.row_code and judged.breakdown = 'sex_nationality_group'
left join ref_occupation_groups as trade_group
    on trade_group.name = judged.row_code and judged.breakdown = 'occupation_group'
