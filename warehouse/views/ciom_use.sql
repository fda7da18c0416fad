-- view: Qui vient au CIOM, et par quelle voie | Who comes to the CIOM, and by which channel
-- column month_start: Premier jour du mois | First day of the month
-- column channel: Voie de contact | Contact channel
-- column sex: Sexe | Sex
-- column contacts: Nouvelles demandes | New requests
-- column informed: Dont réglées par une information sur place | Of which settled by information on the spot
-- needs: referral, calendar
-- schema: core
select
    calendar.month_start,
    coalesce(referral.channel, 'unknown') as channel,
    referral.sex,
    count(*) as contacts,
    sum(case when referral.info_only = 'yes' then 1 else 0 end) as informed
from referral
join calendar on calendar.month = referral.month
group by calendar.month_start, coalesce(referral.channel, 'unknown'), referral.sex
