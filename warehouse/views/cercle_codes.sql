-- view: Cercles de 2023 avec leurs codes, et l'ancien cercle de même territoire ; les codes ont changé de sens, seuls les noms relient | Cercles of 2023 with their codes, and the old cercle of the same land; codes have changed meaning, only names join
-- column cercle: Cercle (code de Kafo) | Cercle (Kafo's code)
-- column cercle_name: Nom du cercle | Name of the cercle
-- column region: Région de 2023 | Region of 2023
-- column code: Code officiel, s'il est connu | Official code, where known
-- column code_system: Série du code | Series of the code
-- column old_cercle_name: Cercle d'avant 2023 | Cercle before 2023
-- column old_code: Son code | Its code
-- column old_code_system: Série de ce code | Series of that code
-- column old_version: Version de cette série | Version of that series
-- column same_name: 1 si l'ancien cercle portait le même nom | 1 where the old cercle had the same name
-- needs: ref_cercles, ref_cercles_before_2023
-- schema: reporting
select
    cercle.name as cercle,
    cercle.label as cercle_name,
    cercle.region,
    cercle.code,
    cercle.code_system,
    old.label as old_cercle_name,
    old.code as old_code,
    old.code_system as old_code_system,
    old.version as old_version,
    case when old.label = cercle.label then 1 else 0 end as same_name
from ref_cercles as cercle
left join ref_cercles_before_2023 as old
    on ' ' || old.successors || ' ' like '% ' || cercle.name || ' %'
