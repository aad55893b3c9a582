# SPDX-License-Identifier: Apache-2.0
variable "project" {
  description = "Project that holds the service account, the reports and the job, and whose API quota the scans use."
  type        = string
}

variable "region" {
  description = "Region of the bucket and the job; the key has to be in it."
  type        = string
}

variable "scope" {
  description = "What to scan: organizations/NUMBER, folders/NUMBER or projects/ID."
  type        = string

  validation {
    condition     = can(regex("^((organizations|folders)/[0-9]+|projects/[a-z][a-z0-9:.-]+[a-z0-9])$", var.scope))
    error_message = "The scope is organizations/NUMBER, folders/NUMBER or projects/ID."
  }
}

variable "organization_id" {
  description = <<-EOT
    Number of the organization above a folder or project that is scanned. Needed for a folder, since folders have no
    custom roles; for a project without it, the policies above the project cannot be read and the scan is incomplete.
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^[0-9]+$", var.organization_id))
    error_message = "The organization is a number, as `gcloud organizations list` prints it."
  }
  validation {
    condition     = var.organization_id != null || !startswith(var.scope, "folders/")
    error_message = "To scan a folder, organization_id is needed: custom roles belong to an organization or a project."
  }
  validation {
    condition     = var.organization_id == null || !startswith(var.scope, "organizations/") || var.scope == "organizations/${coalesce(var.organization_id, "-")}"
    error_message = "The scope is another organization than organization_id."
  }
}

variable "key_projects" {
  description = "Projects outside the scope whose Cloud KMS keys are in use inside it."
  type        = set(string)
  default     = []
}

variable "kms_key" {
  description = "Key that encrypts the reports and the job: projects/P/locations/REGION/keyRings/R/cryptoKeys/K."
  type        = string

  validation {
    condition     = can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "The key is projects/P/locations/REGION/keyRings/R/cryptoKeys/K, without a version."
  }
  validation {
    condition     = !can(regex("/locations/", var.kms_key)) || strcontains(var.kms_key, "/locations/${var.region}/")
    error_message = "The key has to be in the region of the bucket and the job."
  }
}

variable "reports_bucket" {
  description = "Name of the bucket for reports; PROJECT-cmekscan-reports if not given."
  type        = string
  default     = null
}

variable "retention_days" {
  description = "Days after which a report is deleted."
  type        = number
  default     = 400
}

variable "image" {
  description = "Image made with deploy/Dockerfile. Without it no job is made: cmekscan runs somewhere else."
  type        = string
  default     = null
}

variable "schedule" {
  description = "When to scan, as cron writes it, in UTC."
  type        = string
  default     = "17 3 * * *"
}

variable "task_count" {
  description = "How many tasks share a scan. More than one makes as many reports, for `cmekscan merge`."
  type        = number
  default     = 1

  validation {
    condition     = var.task_count >= 1 && var.task_count <= 10000 && floor(var.task_count) == var.task_count
    error_message = "There are 1 to 10000 tasks."
  }
}

variable "kubernetes_service_account" {
  description = "NAMESPACE/NAME of a Kubernetes service account in a GKE cluster of this project that may act as the scanner."
  type        = string
  default     = null

  validation {
    condition     = var.kubernetes_service_account == null || can(regex("^[a-z0-9-]+/[a-z0-9.-]+$", var.kubernetes_service_account))
    error_message = "The Kubernetes service account is NAMESPACE/NAME."
  }
}

variable "federated_principals" {
  description = "Identities of CI jobs that may act as the scanner: principal://iam.googleapis.com/… or principalSet://iam.googleapis.com/…"
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.federated_principals : can(regex("^principal(Set)?://iam\\.googleapis\\.com/", each))])
    error_message = "Identities are principal://iam.googleapis.com/… or principalSet://iam.googleapis.com/…"
  }
}
