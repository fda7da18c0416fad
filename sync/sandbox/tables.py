"""The tables in which the sandbox keeps its state: those of Central, as far as they are needed.

Stamps are text as Central prints them (`2026-11-23T06:16:39.123Z`): milliseconds, UTC, so that
they compare as text. `event` is Central's stamp of a change, from which its ETags are made.
"""

TABLES = """
create table if not exists counters (name text primary key, value integer not null);
create table if not exists settings (name text primary key, value text not null);

create table if not exists actors (
  id integer primary key autoincrement, type text not null, acteeId text not null,
  displayName text, meta text, createdAt text not null, updatedAt text, deletedAt text,
  createdBy integer, projectId integer, email text, password text, lastLoginAt text);
create table if not exists sessions (
  token text primary key, actorId integer not null, csrf text not null,
  createdAt text not null, expiresAt text not null);
create table if not exists assignments (
  id integer primary key autoincrement, actorId integer not null, roleId integer not null,
  acteeId text not null, unique (actorId, roleId, acteeId));
create table if not exists audits (
  id integer primary key autoincrement, actorId integer, action text not null, acteeId text,
  details text, notes text, loggedAt text not null, submissionId integer);
create index if not exists audits_submission on audits (submissionId);

create table if not exists projects (
  id integer primary key autoincrement, name text not null, description text, archived integer,
  keyId integer, acteeId text not null, createdAt text not null, updatedAt text, deletedAt text);
create table if not exists keys (
  id integer primary key autoincrement, public text not null unique, private text,
  managed integer not null, hint text, createdAt text not null);
create table if not exists blobs (
  id integer primary key autoincrement, sha text not null, md5 text not null,
  content blob not null, contentType text not null, unique (sha, contentType));

create table if not exists forms (
  id integer primary key autoincrement, projectId integer not null, xmlFormId text not null,
  state text not null, acteeId text not null, currentDefId integer, draftDefId integer,
  createdAt text not null, updatedAt text, deletedAt text, webformsEnabled integer not null);
create unique index if not exists forms_live on forms (projectId, xmlFormId)
  where deletedAt is null;
create table if not exists form_defs (
  id integer primary key autoincrement, formId integer not null, xml text not null, name text,
  version text not null, hash text, sha text, sha256 text, draftToken text, keyId integer,
  xlsBlobId integer, createdAt text not null, publishedAt text, publishedBy integer,
  publishNotes text);
create index if not exists form_defs_form on form_defs (formId);
create table if not exists form_attachments (
  formDefId integer not null, name text not null, type text not null, blobId integer,
  datasetId integer, updatedAt text, primary key (formDefId, name));

create table if not exists submissions (
  id integer primary key autoincrement, formId integer not null, instanceId text not null,
  draft integer not null, submitterId integer, deviceId text, userAgent text,
  createdAt text not null, updatedAt text, deletedAt text, reviewState text,
  event integer not null, edits integer not null default 0, formDefId integer not null,
  currentDefId integer, unique (formId, instanceId, draft));
create index if not exists submissions_order on submissions (formId, draft, createdAt, id);
create table if not exists submission_defs (
  id integer primary key autoincrement, submissionId integer not null, formDefId integer not null,
  instanceId text not null, instanceName text, submitterId integer, deviceId text, userAgent text,
  createdAt text not null, root integer, current integer not null, xml blob not null,
  localKey text, encDataAttachmentName text, signature text,
  present integer not null default 0, expected integer not null default 0);
create index if not exists submission_defs_submission on submission_defs (submissionId);
create index if not exists submission_defs_instance on submission_defs (instanceId);
create table if not exists rows (
  submissionId integer primary key, head text not null, tail text not null,
  wideHead text, wideTail text);
create table if not exists submission_attachments (
  submissionDefId integer not null, name text not null, blobId integer, position integer,
  isClientAudit integer, primary key (submissionDefId, name));
create table if not exists comments (
  id integer primary key autoincrement, submissionId integer not null, actorId integer,
  body text not null, createdAt text not null);

create table if not exists datasets (
  id integer primary key autoincrement, projectId integer not null, name text not null,
  acteeId text not null, createdAt text not null, publishedAt text,
  approvalRequired integer not null default 0, ownerOnly integer not null default 0,
  updatedAt text, deletedAt text, unique (projectId, name));
create table if not exists ds_properties (
  id integer primary key autoincrement, datasetId integer not null, name text not null,
  publishedAt text, unique (datasetId, name));
create table if not exists dataset_form_defs (
  datasetId integer not null, formDefId integer not null, actions text not null, path text,
  primary key (datasetId, formDefId));
create table if not exists ds_property_fields (
  dsPropertyId integer not null, formDefId integer not null, path text not null,
  primary key (dsPropertyId, formDefId));
create table if not exists entities (
  id integer primary key autoincrement, uuid text not null unique, datasetId integer not null,
  createdAt text not null, creatorId integer, updatedAt text, deletedAt text, conflict text);
create index if not exists entities_dataset on entities (datasetId, createdAt, id);
create table if not exists entity_defs (
  id integer primary key autoincrement, entityId integer not null, sourceId integer,
  root integer not null, current integer not null, version integer not null, label text not null,
  data text not null, createdAt text not null, creatorId integer, userAgent text,
  baseVersion integer, dataReceived text not null, conflictingProperties text,
  branchId text, trunkVersion integer, branchBaseVersion integer);
create index if not exists entity_defs_entity on entity_defs (entityId);
create table if not exists entity_def_sources (
  id integer primary key autoincrement, type text not null, auditId integer,
  submissionDefId integer, details text);
create table if not exists entity_backlog (
  submissionDefId integer not null, branchId text not null, branchBaseVersion integer not null,
  path text not null default '', loggedAt text not null);
"""
