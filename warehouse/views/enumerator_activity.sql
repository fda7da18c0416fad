-- view: Chaque enquêteur jour par jour : entretiens, durée, accords, « ne sait pas » | Each enumerator day by day: interviews, duration, consent, 'does not know'
-- column enumerator: Nom de l'utilisateur mobile dans Central | Name of the app user in Central
-- column focal_point: Code du point focal | Focal point code
-- column project_id: Numéro du projet | Project number
-- column form_id: Formulaire | Form
-- column day: Jour du début de l'entretien | Day on which the interview began
-- column interviews: Entretiens | Interviews
-- column seconds: Secondes en moyenne avec une question ouverte | Mean seconds with a question open
-- column answered: Réponses en moyenne | Mean number of answers
-- column consents: Accords | Consents
-- column asked_consent: Personnes à qui le consentement a été demandé | People asked for consent
-- column unsure: « Ne sait pas » et refus | 'Does not know' and refusals
-- column askable: Réponses qui auraient pu l'être | Answers that could have been so
-- column form_version: Version la plus récente du formulaire employée ce jour | Newest form version used that day
-- column last_received_at: Dernier envoi reçu (UTC) | Last upload received (UTC)
-- needs: quality_fact
-- schema: ops
select
    enumerator,
    max(focal_point) as focal_point,
    project_id,
    form_id,
    day,
    count(*) as interviews,
    avg(seconds) as seconds,
    avg(answered) as answered,
    sum(case when consent = 'yes' then 1 else 0 end) as consents,
    sum(case when consent in ('yes', 'no') then 1 else 0 end) as asked_consent,
    sum(unsure) as unsure,
    sum(askable) as askable,
    max(form_version) as form_version,
    max(received_at) as last_received_at
from quality_fact
group by enumerator, project_id, form_id, day
