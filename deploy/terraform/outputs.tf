# SPDX-License-Identifier: Apache-2.0
output "service_account" {
  description = "Who scans: attach it to a machine, or name it in cmekscan's --impersonate-service-account."
  value       = google_service_account.scanner.email
}

output "reports_bucket" {
  description = "Where the reports are."
  value       = google_storage_bucket.reports.name
}

output "permissions" {
  description = "What the scanner may do in the scope."
  value       = local.role_permissions
}
