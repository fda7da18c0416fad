-- indicator: I-25
-- title: Couverture de la carte des sites | Site map coverage
-- caution: Ordres de grandeur vus sur place, au milieu de leur tranche ; jamais publiés par site. | Orders of size seen on the spot, at the middle of their band; never published by site.
-- measure: covered
-- name: Part des sites visités depuis 12 mois | Share of sites visited within 12 months
-- kind: share
-- unit: site
-- roll: period
-- from: site_visit
-- reach: all
-- numerator: Sites visités dans les 12 mois avant la fin de la période | Sites visited within 12 months before the end of the period
-- denominator: Sites de la liste, et sites trouvés jusqu'à la fin de la période | Sites of the list, and sites found until the end of the period
-- by: site_type, site_status, cercle
with seen as (
    select distinct site_key, month from site_visit
),

visited as (
    select p.period_kind, p.period_start, seen.site_key, max(seen.month) as month
    from scope_period as p
    join seen on seen.month <= p.last_month
    group by p.period_kind, p.period_start, seen.site_key
)

select
    p.period_kind,
    p.period_start,
    site.site_type,
    site.site_status,
    site.cercle,
    case when visited.month > p.last_month - 12 then 1 else 0 end as numerator,
    1 as denominator
from scope_period as p
cross join mining_site as site
left join visited
    on visited.period_kind = p.period_kind
    and visited.period_start = p.period_start
    and visited.site_key = site.site_key
where site.listed = 1 or visited.site_key is not null
-- measure: workforce
-- name: Personnes présentes sur les sites, ordre de grandeur | People present on sites, order of size
-- kind: sum
-- unit: estimate
-- roll: period
-- from: site_visit
-- reach: onward
-- numerator: Somme des milieux de tranche de la dernière visite, si elle a moins de 12 mois à la fin de la période | Sum of the middles of bands at the last visit, if within 12 months of the end of the period
-- by: cercle, sex
with last_of_month as (
    select f.*
    from (
        select
            v.*,
            row_number() over (
                partition by v.site_key, v.month
                order by v.visited_on desc, v.instance_id desc
            ) as place_in_month
        from site_visit as v
    ) as f
    where f.place_in_month = 1
),

ordered as (
    select
        p.period_kind,
        p.period_start,
        f.cercle,
        f.women_band,
        f.men_band,
        row_number() over (
            partition by p.period_kind, p.period_start, f.site_key
            order by f.month desc
        ) as place
    from scope_period as p
    join last_of_month as f on f.month between p.last_month - 11 and p.last_month
),

seen as (
    select period_kind, period_start, cercle, 'female' as sex, women_band as band
    from ordered
    where place = 1
    union all
    select period_kind, period_start, cercle, 'male' as sex, men_band as band
    from ordered
    where place = 1
)

select
    period_kind,
    period_start,
    cercle,
    sex,
    1 as units,
    case band
        when 'b0' then 0 when 'b1' then 25 when 'b50' then 125 when 'b200' then 600
        when 'b1000' then 3000 when 'b5000' then 5000 else 0
    end as numerator
from seen
