-- view: Le répertoire : une ligne par enregistrement consenti d'une personne majeure ; réservé aux deux responsables des données | The directory: one row per consented registration of an adult; for the two data stewards only
-- column instance_id: Identifiant de la soumission | Instance ID of the submission
-- column registered_on: Jour de l'entretien | Day of the interview
-- column card_code: Code de la carte CIOM | Code of the CIOM card
-- column last_name: Nom | Last name
-- column first_names: Prénoms | First names
-- column sex: Sexe : female, male, undisclosed | Sex: female, male, undisclosed
-- column birth_year: Année de naissance | Year of birth
-- column nationality: Nationalité (code ISO du pays) | Nationality (ISO code of the country)
-- column nationality_group: Groupe de pays | Group of countries
-- column occupation: Profession (code CITP-08) | Occupation (ISCO-08 code)
-- column occupation_group: Groupe de professions | Group of occupations
-- column cercle: Cercle (code) | Cercle (code)
-- column site: Site ou localité (code) | Site or locality (code)
-- column phone_country: Pays de l'opérateur du téléphone | Country of the phone's operator
-- column phone: Téléphone, si la personne accepte d'être recontactée | Phone, if the person agrees to be contacted
-- needs: form_identification, ref_countries, ref_occupations
-- schema: identity
select
    person.instance_id,
    person.today as registered_on,
    person.card_code,
    person.last_name,
    person.first_names,
    person.sex,
    person.birth_year,
    person.nationality,
    coalesce(country.country_group, 'other') as nationality_group,
    person.occupation,
    coalesce(trade.occupation_group, 'other') as occupation_group,
    person.cercle,
    person.site,
    person.phone_country,
    person.phone
from form_identification as person
left join ref_countries as country on country.name = person.nationality
left join ref_occupations as trade on trade.name = person.occupation
where
    person.consent_record = 'yes'
    and cast(person.age as real) >= 18
    and person.card_code is not null
    and coalesce(person.review_state, '') <> 'rejected'
