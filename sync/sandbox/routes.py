"""All routes of the sandbox, the more particular before the more general."""

from sync.sandbox import (
    routes_accounts,
    routes_collect,
    routes_form_files,
    routes_forms,
    routes_odata,
    routes_projects,
)

ENDPOINTS = (
    *routes_accounts.ROUTES,
    *routes_odata.ROUTES,
    *routes_collect.ROUTES,
    *routes_form_files.ROUTES,
    *routes_forms.ROUTES,
    *routes_projects.ROUTES,
    *routes_forms.LATE_ROUTES,
)
