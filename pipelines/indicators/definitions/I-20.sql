-- indicator: I-20
-- title: Aide pour les documents | Help with documents
-- caution: Région entière seulement, et k = 10 partout. | Whole region only, and k = 10 everywhere.
-- measure: documents
-- name: Part des demandes qui concernent des documents | Share of requests about documents
-- kind: share
-- unit: referral
-- roll: flow
-- from: referral
-- numerator: Nouvelles demandes avec le besoin « documents » | New requests with the need 'documents'
-- denominator: Toutes les nouvelles demandes | All new requests
select
    month,
    sum(case when ' ' || needs || ' ' like '% documents %' then 1 else 0 end) as numerator,
    count(*) as denominator
from referral as f
where in_scope(f.month)
group by month
-- measure: by_need
-- name: Demandes de documents, par démarche | Document requests, by kind
-- kind: count
-- unit: referral
-- roll: flow
-- from: referral
-- numerator: Nouvelles demandes qui nomment cette démarche | New requests that name this kind of help
-- by: doc_need
-- total: none
with said as (
    select month, doc_need, count(*) as requests
    from referral as f
    where in_scope(f.month) and doc_need is not null
    group by month, doc_need
)

select said.month, kind.code as doc_need, sum(requests) as numerator
from said
join code_label as kind
    on kind.dimension = 'doc_need'
    and ' ' || said.doc_need || ' ' like '% ' || kind.code || ' %'
group by said.month, kind.code
