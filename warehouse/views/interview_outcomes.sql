-- view: Ce que sont devenus les entretiens d'identification, arrondis à 5 ; moins de 5 est masqué | What became of the identification interviews, rounded to 5; fewer than 5 is hidden
-- column outcome: registered, refused ou minor | registered, refused or minor
-- column interviews: Entretiens, arrondis à 5 ; vide si masqué | Interviews, rounded to 5; empty where hidden
-- needs: form_identification
-- schema: reporting
with judged as (
    select
        case
            when consent_record = 'no' then 'refused'
            when cast(age as real) < 18 then 'minor'
            when consent_record = 'yes' then 'registered'
            else 'unfinished'
        end as outcome
    from form_identification
)

select
    outcome,
    case when count(*) >= 5 then ((count(*) + 2) / 5) * 5 end as interviews
from judged
group by outcome
