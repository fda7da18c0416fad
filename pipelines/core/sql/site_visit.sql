-- Visits of mining sites. A new site has the key of the listed one of that name in its commune, or
-- its commune and name.
select
    f.project_id,
    f.instance_id,
    coalesce(f.site, known.name, f.commune || '/' || trim(f.site_name)) as site_key,
    f.seen_on as visited_on,
    month_of(f.seen_on) as month,
    f.focal_point,
    coalesce(trim(f.site_name), place.label) as site_name,
    f.commune,
    f.cercle,
    f.site_type,
    f.site_status,
    f.women_band,
    f.men_band,
    f.main_origins,
    f.hazards,
    f.facilities,
    f.children_working,
    f.team_safe,
    f.foreign_share,
    f.location_latitude as latitude,
    f.location_longitude as longitude
from mining_site_answers as f
left join ref_sites as place on place.name = f.site
left join ref_sites as known on known.commune = f.commune and known.label = trim(f.site_name)
where coalesce(f.site, f.commune || '/' || trim(f.site_name)) is not null
