# SPDX-License-Identifier: Apache-2.0
# The bucket for reports, with a key of the customer's own like every other bucket should have.
data "google_storage_project_service_account" "storage" {
  depends_on = [google_project_service.scanner]
}

resource "google_kms_crypto_key_iam_member" "storage" {
  crypto_key_id = var.kms_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = data.google_storage_project_service_account.storage.member
}

resource "google_storage_bucket" "reports" {
  name                        = coalesce(var.reports_bucket, "${var.project}-cmekscan-reports")
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  encryption {
    default_kms_key_name = var.kms_key
  }

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      age = var.retention_days
    }
    action {
      type = "Delete"
    }
  }

  # Cloud Storage refuses a default key that its service agent cannot use.
  depends_on = [google_kms_crypto_key_iam_member.storage]
}

# Reports are written under another name and renamed, which on a bucket is writing, copying and deleting.
resource "google_storage_bucket_iam_member" "scanner" {
  bucket = google_storage_bucket.reports.name
  role   = "roles/storage.objectUser"
  member = google_service_account.scanner.member
}
