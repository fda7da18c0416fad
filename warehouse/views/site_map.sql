-- view: Les sites miniers par commune : combien, de quel type, vus depuis quand ; ni nom, ni position, ni personnes | Mining sites by commune: how many, of which type, seen when; no names, positions or people
-- column commune: Commune (code) | Commune (code)
-- column commune_name: Commune | Commune
-- column cercle: Cercle (code) | Cercle (code)
-- column cercle_name: Cercle | Cercle
-- column sites: Sites connus | Known sites
-- column visited: Visités depuis 12 mois | Visited within 12 months
-- column active: Vus actifs à la dernière visite | Seen active at the last visit
-- column industrial: Mines industrielles et petites mines | Industrial and small-scale mines
-- column artisanal: Sites artisanaux, semi-mécanisés et dragages | Artisanal, semi-mechanised and dredging sites
-- column other_sites: Centres de traitement, villages et marchés de site | Processing centres, site villages and markets
-- needs: mining_site, calendar, ref_communes, ref_cercles
-- schema: reporting
with present as (
    select max(month) as month from calendar
)

select
    site.commune,
    coalesce(max(commune.label), site.commune) as commune_name,
    site.cercle,
    coalesce(max(cercle.label), site.cercle) as cercle_name,
    count(*) as sites,
    sum(case when site.last_visit_month > present.month - 12 then 1 else 0 end) as visited,
    sum(case when site.site_status = 'active' then 1 else 0 end) as active,
    sum(case when site.site_type in ('industrial', 'small_scale') then 1 else 0 end) as industrial,
    sum(case when site.site_type in ('artisanal', 'semi_mech', 'dredge') then 1 else 0 end)
        as artisanal,
    sum(case when site.site_type in ('processing', 'hub') then 1 else 0 end) as other_sites
from mining_site as site
cross join present
left join ref_communes as commune on commune.name = site.commune
left join ref_cercles as cercle on cercle.name = site.cercle
group by site.commune, site.cercle
