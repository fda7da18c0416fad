-- Every listed or visited site in its latest state. Bands count as their middle; the open one as
-- the 5000 where it begins.
with ordered as (
    select
        v.*,
        row_number() over (
            partition by v.site_key
            order by v.visited_on desc, v.instance_id desc
        ) as place,
        count(*) over (partition by v.site_key) as visits
    from site_visit as v
),

latest as (
    select * from ordered where place = 1
),

key as (
    select name as site_key from ref_sites
    union
    select site_key from latest
)

select
    key.site_key,
    case when listed.name is null then 0 else 1 end as listed,
    coalesce(latest.visits, 0) as visits,
    latest.visited_on as last_visit_on,
    latest.month as last_visit_month,
    coalesce(latest.site_name, listed.label) as site_name,
    coalesce(latest.commune, listed.commune) as commune,
    coalesce(latest.cercle, commune.cercle) as cercle,
    coalesce(latest.site_type, listed.site_type) as site_type,
    coalesce(latest.site_status, 'unknown') as site_status,
    latest.women_band,
    latest.men_band,
    latest.main_origins,
    latest.hazards,
    latest.facilities,
    latest.children_working,
    latest.team_safe,
    latest.foreign_share,
    case latest.women_band
        when 'b0' then 0 when 'b1' then 25 when 'b50' then 125 when 'b200' then 600
        when 'b1000' then 3000 when 'b5000' then 5000
    end as women_middle,
    case latest.men_band
        when 'b0' then 0 when 'b1' then 25 when 'b50' then 125 when 'b200' then 600
        when 'b1000' then 3000 when 'b5000' then 5000
    end as men_middle,
    latest.latitude,
    latest.longitude
from key
left join ref_sites as listed on listed.name = key.site_key
left join ref_communes as commune on commune.name = listed.commune
left join latest on latest.site_key = key.site_key
