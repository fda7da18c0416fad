-- indicator: I-17
-- title: Utilisation du CIOM | Use of the CIOM
-- measure: visits
-- name: Visites au CIOM | Visits to the CIOM
-- kind: count
-- unit: referral
-- roll: flow
-- from: referral
-- numerator: Nouvelles demandes faites au CIOM | New requests made at the CIOM
-- by: sex
select month, sex, count(*) as numerator
from referral as f
where in_scope(f.month) and channel = 'ciom_visit'
group by month, sex
-- measure: share
-- name: Part du CIOM dans tous les contacts | The CIOM's share of all contacts
-- kind: share
-- unit: referral
-- roll: flow
-- from: referral
-- numerator: Nouvelles demandes faites au CIOM | New requests made at the CIOM
-- denominator: Toutes les nouvelles demandes | All new requests
-- by: sex
select
    month,
    sex,
    sum(case when channel = 'ciom_visit' then 1 else 0 end) as numerator,
    count(*) as denominator
from referral as f
where in_scope(f.month)
group by month, sex
-- measure: contacts
-- name: Contacts, par voie | Contacts, by channel
-- kind: count
-- unit: referral
-- roll: flow
-- from: referral
-- numerator: Nouvelles demandes | New requests
-- by: channel, sex, sex x channel
select month, channel, sex, count(*) as numerator
from referral as f
where in_scope(f.month)
group by month, channel, sex
