-- view: Le dictionnaire entier : chaque table, vue et colonne, question des formulaires comprises, avec classe et raison | The whole dictionary: every table, view and column, questions of forms included, with class and reason
-- column object_name: Table ou vue ; form_* pour toutes les tables de formulaires | Table or view; form_* for all tables of forms
-- column column_name: Colonne ; vide pour la table elle-même | Column; empty for the table itself
-- column sensitivity: P publique, I interne, C confidentielle, R restreinte ; vide pour une table, ou pour un formulaire qui n'est pas du centre | P public, I internal, C confidential, R restricted; empty for a table, or for a form that is not the centre's
-- column purpose_fr: À quoi elle sert | What it is for, in French
-- column purpose_en: À quoi elle sert, en anglais ; en français pour les questions | What it is for; in French for questions
-- column description_fr: Ce qu'elle contient ; pour une question, son texte | What it holds; for a question, its text, in French
-- column description_en: Ce qu'elle contient, en anglais | What it holds; for a question, its text, in English
-- needs: dictionary, question, question_label
-- schema: reporting
select
    object_name,
    column_name,
    sensitivity,
    purpose_fr,
    purpose_en,
    description_fr,
    description_en
from dictionary
union all
select
    q.table_name,
    q.column_name,
    q.sensitivity,
    q.purpose,
    q.purpose,
    coalesce(max(case when said.language like '%(fr)%' then said.label end), q.column_name),
    coalesce(
        max(case when said.language like '%(en)%' then said.label end),
        max(said.label),
        q.column_name
    )
from question as q
left join question_label as said
    on said.project_id = q.project_id
    and said.form_id = q.form_id
    and said.path = q.path
group by q.project_id, q.form_id, q.table_name, q.column_name, q.sensitivity, q.purpose
