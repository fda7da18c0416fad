-- view: Conflits de travail par mois, secteur et objet ; un cas compte une fois par objet | Labour cases by month, sector and subject; a case counts once per subject
-- column month_start: Premier jour du mois d'ouverture | First day of the month of opening
-- column sector: Secteur | Sector
-- column dispute: Objet | Subject
-- column cases: Cas ouverts | Cases opened
-- column workers: Femmes et hommes concernés | Women and men concerned
-- column closed: Dont clos depuis | Of which closed since
-- column settled: Dont réglés en totalité ou en partie | Of which settled fully or in part
-- needs: labour_case, code_label, calendar
-- schema: core
select
    calendar.month_start,
    coalesce(labour_case.sector, 'unknown') as sector,
    subject.code as dispute,
    count(*) as cases,
    cast(sum(coalesce(labour_case.women, 0) + coalesce(labour_case.men, 0)) as bigint) as workers,
    sum(case when labour_case.closed_on is null then 0 else 1 end) as closed,
    sum(case when labour_case.outcome in ('settled', 'partly') then 1 else 0 end) as settled
from labour_case
join calendar on calendar.month = labour_case.month
join code_label as subject
    on subject.dimension = 'dispute'
    and ' ' || labour_case.dispute || ' ' like '% ' || subject.code || ' %'
group by calendar.month_start, coalesce(labour_case.sector, 'unknown'), subject.code
