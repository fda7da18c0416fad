-- The directory without names: who somebody is from the golden record, what was answered from the
-- last interview. Nobody under 18, nobody without a registration that still counts.
with latest as (
    select
        i.*,
        min(i.seen_on) over (partition by i.person_id) as first_seen,
        count(*) over (partition by i.person_id) as interviews,
        row_number() over (
            partition by i.person_id
            order by i.seen_on desc, i.sent_at desc, i.instance_id desc
        ) as place
    from /* touched: touched_person as t cross join */ interview as i
    where i.person_id is not null /* touched: and i.person_id = t.person_id */
)

select
    p.person_id,
    i.first_seen,
    i.seen_on as last_seen,
    month_of(i.first_seen) as month,
    i.interviews,
    coalesce(p.sex, 'unknown') as sex,
    p.birth_year,
    case
        when p.birth_year is null then 'unknown'
        when year_of(i.first_seen) - p.birth_year < 25 then 'a18_24'
        when year_of(i.first_seen) - p.birth_year < 35 then 'a25_34'
        when year_of(i.first_seen) - p.birth_year < 60 then 'a35_59'
        else 'a60'
    end as age_band,
    p.nationality,
    case
        when p.nationality is null then 'unknown'
        else coalesce(country.country_group, 'other')
    end as nationality_group,
    i.mobility,
    i.stay_pattern,
    i.move_reason,
    p.language,
    p.education,
    p.work_status,
    p.arrival_year,
    p.occupation,
    case
        when p.occupation is null then 'none'
        else coalesce(trade.occupation_group, 'other')
    end as occupation_group,
    p.sector,
    i.contract_type,
    i.contract_visa,
    i.protection,
    i.needs,
    i.training_interest,
    i.union_interest,
    i.children_here,
    i.children_not_in_school,
    p.cercle,
    p.commune,
    p.site,
    i.consent_mode,
    case when w.withdrawn_on >= i.seen_on then 'no' else i.consent_contact end as consent_contact
from latest as i
join person as p on p.person_id = i.person_id and p.state = 'active'
left join ref_countries as country on country.name = p.nationality
left join ref_occupations as trade on trade.name = p.occupation
left join withdrawn as w on w.holder = p.person_id and w.purpose = 'contact'
where
    i.place = 1
    and (p.birth_year is null or year_of(i.seen_on) - p.birth_year >= 18)
