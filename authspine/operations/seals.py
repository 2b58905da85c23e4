"""Every table that the app can reach is sealed by a row-level policy, or stands here as global, with the reason.

Looked at when a server, a worker or a command starts, and by `manage.py check_seals`: a table that somebody forgot to
seal, a view that reads past the policies, or a function that runs as its owner is seen before it is used.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, LiteralString

# table: why it may be read without knowing the tenant
GLOBAL: Final[dict[str, str]] = {
    "identity_user": "a login belongs to a person, who may be in several organizations",
    "identity_user_groups": "Django's, of the login",
    "identity_user_user_permissions": "Django's, of the login",
    "identity_organization": "read to find the tenant",
    "identity_membership": "read to find the tenant of a signed-in user",
    "identity_apikey": "read to find the tenant of a key",
    "identity_bookinglink": "read to find the tenant of a self-service link; ids, a digest and times alone",
    "account_emailaddress": "an alias of a login's address, and whether it is theirs; of the login",
    "account_emailconfirmation": "allauth's; stays empty, since links are signed",
    "axes_accessattempt": "failed sign-ins, before anybody knows whose; by alias and address",
    "axes_accessattemptexpiration": "axes', of the row before; stays empty",
    "axes_accessfailurelog": "axes', stays empty",
    "axes_accesslog": "axes', stays empty",
    "mfa_authenticator": "second factors, of the login; secrets are sealed",
    "auth_group": "Django's permissions",
    "auth_group_permissions": "Django's permissions",
    "auth_permission": "Django's permissions",
    "django_admin_log": "who did what in the admin; shown to that user alone",
    "django_content_type": "the list of models",
    "django_migrations": "the list of migrations",
    "django_session": "sign-ins",
    "privacy_installationkey": "what logins, which belong to no organization, are sealed under; wrapped",
    "limits_counter": "counts before anybody knows who asks; keyed hashes and numbers alone",
    "payments_gatewayevent": "comes before anybody knows whose it is; ids, amounts and words of state alone",
    "procrastinate_jobs": "a worker looks for work before it knows whose it is; arguments are ids alone",
    "procrastinate_events": "what became of each job",
    "procrastinate_periodic_defers": "when each periodic task was last enqueued",
    "procrastinate_workers": "which workers live",
}

# Views and functions that read with their owner's rights, to whom no policy applies: name, and why that is safe.
_FINDS: Final = "finds people by an index that policies would bar; gives ids of the scope's organization alone"
PRIVILEGED: Final[dict[str, str]] = {
    "clients_client_found": _FINDS,
    "clients_client_found_either": _FINDS,
    "professionals_professional_found": _FINDS,
    "professionals_professional_found_either": _FINDS,
    "audit_about": "finds entries by an index that policies would bar; gives ids of the scope's organization alone",
    "audit_chain": "numbers the scope's organization's entries, which nobody else may change",
    "audit_organizations": "who has entries at all, also removed ones; gives ids of organizations alone",
    "audit_pending": "whose entries wait for their numbers; gives ids of organizations alone",
    "audit_read": "adds an entry of the scope's organization, which says who has looked",
}

# Of a table `c`: whether it shows rows of the scope's organization alone. Policies that permit are added up, so there
# is one, and it is the one that `kernel.constraints.TenantPolicy` makes, as the server tells it.
SEALED: Final[LiteralString] = """
    (c.relrowsecurity AND (
        SELECT count(*) = 1 AND bool_and(COALESCE(pg_get_expr(p.polqual, c.oid) = wanted.text
            AND COALESCE(pg_get_expr(p.polwithcheck, c.oid), wanted.text) = wanted.text, false))
        FROM pg_policy p, (VALUES (
            $$(organization_id = (NULLIF(current_setting('app.organization_id'::text, true), ''::text))::uuid)$$
        )) wanted (text)
        WHERE p.polrelid = c.oid AND p.polpermissive))
"""

# Whatever can be read, wherever it lies; with its schema where that is not the platform's own, so that nothing passes
# under another one's name. A view passes the policies unless it runs as who asks; what is stored of one knows none at
# all. What an extension brought is none of ours. Functions that the app may not call, such as those of the audit's
# triggers, are not reached by it.
_RELATIONS: Final[LiteralString] = f"""
    SELECT CASE WHEN n.nspname <> 'public' THEN n.nspname || '.' ELSE '' END || c.relname,
           CASE WHEN c.relkind IN ('r', 'p') THEN {SEALED}
                WHEN c.relkind = 'v'
                THEN COALESCE(c.reloptions::text ~ 'security_invoker=(true|on|1)', false)
                ELSE false END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_t%'
      AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT CASE WHEN n.nspname <> 'public' THEN n.nspname || '.' ELSE '' END || p.proname, false
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1
"""  # noqa: S608 (of constants alone)


@dataclass(frozen=True)
class Relation:
    """Something that the app can reach in the database: a table, a view, or a function with its owner's rights."""

    name: str
    sealed: bool

    @property
    def reason(self) -> str:
        """Why it may be as it is; empty for what nobody has answered for."""
        return "sealed" if self.sealed else GLOBAL.get(self.name) or PRIVILEGED.get(self.name, "")


def relations(execute: Callable[[LiteralString], Iterable[Any]]) -> list[Relation]:
    """Everything that who asks can reach, by one statement."""
    return [Relation(name, sealed) for name, sealed in execute(_RELATIONS)]


def unanswered(found: Iterable[Relation]) -> list[str]:
    """The names of what is neither sealed nor global by design."""
    return [one.name for one in found if not one.reason]
