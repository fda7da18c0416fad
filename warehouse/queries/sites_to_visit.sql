-- query: Sites à visiter | Sites to visit
-- answers: Dans quelles communes des sites n'ont-ils pas été visités depuis 12 mois ? | In which communes were sites not visited for 12 months?
-- parameter least number 1: Au moins tant de sites non visités | At least so many sites not visited
select
    cercle_name,
    commune_name,
    sites,
    visited,
    sites - visited as to_visit
from site_map
where sites - visited >= cast(:least as integer)
order by to_visit desc, cercle_name, commune_name
