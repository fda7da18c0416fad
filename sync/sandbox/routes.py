"""All routes of the sandbox, the more particular before the more general."""

from sync.sandbox import (
    encryption,
    routes_accounts,
    routes_audits,
    routes_collect,
    routes_datasets,
    routes_entities,
    routes_entity_odata,
    routes_exports,
    routes_form_files,
    routes_forms,
    routes_odata,
    routes_projects,
    routes_submission_files,
    routes_submissions,
)

ENDPOINTS = (
    *routes_accounts.ROUTES,
    *routes_odata.ROUTES,
    *routes_entity_odata.ROUTES,
    *routes_entities.ROUTES,
    *routes_datasets.ROUTES,
    *routes_collect.ROUTES,
    *routes_exports.ROUTES,
    *encryption.ROUTES,
    *routes_audits.ROUTES,
    *routes_submission_files.ROUTES,
    *routes_submissions.ROUTES,
    *routes_form_files.ROUTES,
    *routes_forms.ROUTES,
    *routes_projects.ROUTES,
    *routes_forms.LATE_ROUTES,
)
