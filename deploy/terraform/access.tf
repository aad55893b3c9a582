# SPDX-License-Identifier: Apache-2.0
# Who scans, and what it may. No key is ever made for the account: Cloud Run and machines have it attached, GKE and CI
# get it by workload identity.
resource "google_project_service" "scanner" {
  # Quota is counted in this project, so the APIs have to be on here; in the projects that are scanned they need not be.
  for_each = toset(concat([
    "artifactregistry.googleapis.com",
    "cloudasset.googleapis.com",
    "cloudkms.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "iamcredentials.googleapis.com",
    "orgpolicy.googleapis.com",
    "pubsub.googleapis.com",
    "serviceusage.googleapis.com",
    "storage.googleapis.com",
  ], var.image == null ? [] : ["cloudscheduler.googleapis.com", "run.googleapis.com"]))

  service            = each.value
  disable_on_destroy = false
}

resource "google_service_account" "scanner" {
  account_id   = "cmekscan"
  display_name = "cmekscan"
  description  = "Reads policies, resources and keys to hold them against each other."
}

# The role, in the organization wherever there is one: only there a role can be granted on folders.
resource "google_organization_iam_custom_role" "scanner" {
  count = local.organization_id == null ? 0 : 1

  org_id      = local.organization_id
  role_id     = "cmekscan"
  title       = "cmekscan scanner"
  description = "What cmekscan reads, without contents and IAM policies."
  permissions = local.role_permissions
}

resource "google_project_iam_custom_role" "scanner" {
  count = local.organization_id == null ? 1 : 0

  project     = local.scope_id
  role_id     = "cmekscan"
  title       = "cmekscan scanner"
  description = "What cmekscan reads, without contents and IAM policies."
  permissions = local.role_permissions
}

locals {
  role = one(concat(google_organization_iam_custom_role.scanner[*].name, google_project_iam_custom_role.scanner[*].name))
}

resource "google_organization_iam_member" "scope" {
  count = local.scope_kind == "organizations" ? 1 : 0

  org_id = local.scope_id
  role   = local.role
  member = google_service_account.scanner.member
}

resource "google_folder_iam_member" "scope" {
  count = local.scope_kind == "folders" ? 1 : 0

  folder = var.scope
  role   = local.role
  member = google_service_account.scanner.member
}

resource "google_project_iam_member" "scope" {
  count = local.scope_kind == "projects" ? 1 : 0

  project = local.scope_id
  role    = local.role
  member  = google_service_account.scanner.member
}

# Policies and tags are inherited from what is above the scope; this reads those and nothing else of the organization.
resource "google_organization_iam_custom_role" "ancestors" {
  count = local.has_ancestors ? 1 : 0

  org_id      = local.organization_id
  role_id     = "cmekscanAncestors"
  title       = "cmekscan reader of inherited policies"
  description = "Organization policies and tags, for scans of a part of the organization."
  permissions = local.ancestor_permissions
}

resource "google_organization_iam_member" "ancestors" {
  count = local.has_ancestors ? 1 : 0

  org_id = local.organization_id
  role   = google_organization_iam_custom_role.ancestors[0].name
  member = google_service_account.scanner.member
}

# Predefined, since these projects may be in another organization than the custom role. It reads keys and cannot use them.
resource "google_project_iam_member" "keys" {
  for_each = var.key_projects

  project = each.value
  role    = "roles/cloudkms.viewer"
  member  = google_service_account.scanner.member
}

resource "google_project_iam_member" "quota" {
  project = var.project
  role    = "roles/serviceusage.serviceUsageConsumer"
  member  = google_service_account.scanner.member
}

resource "google_service_account_iam_member" "kubernetes" {
  count = var.kubernetes_service_account == null ? 0 : 1

  service_account_id = google_service_account.scanner.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${var.kubernetes_service_account}]"
}

resource "google_service_account_iam_member" "federated" {
  for_each = var.federated_principals

  service_account_id = google_service_account.scanner.name
  role               = "roles/iam.workloadIdentityUser"
  member             = each.value
}
