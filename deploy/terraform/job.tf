# SPDX-License-Identifier: Apache-2.0
# The Cloud Run job of ../cloud-run/job.yaml and what starts it.
locals {
  # Command and arguments are written down once, in the manifest.
  manifest  = yamldecode(file("${path.module}/../cloud-run/job.yaml")).spec.template.spec.template.spec
  container = local.manifest.containers[0]
  with_job  = var.image == null ? 0 : 1
}

data "google_project" "project" {
  project_id = var.project
}

resource "google_kms_crypto_key_iam_member" "run" {
  count = local.with_job

  crypto_key_id = var.kms_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.project.number}@serverless-robot-prod.iam.gserviceaccount.com"

  depends_on = [google_project_service.scanner]
}

resource "google_cloud_run_v2_job" "scan" {
  count = local.with_job

  name                = "cmekscan"
  location            = var.region
  deletion_protection = false

  template {
    task_count  = var.task_count
    parallelism = var.task_count

    template {
      service_account       = google_service_account.scanner.email
      encryption_key        = var.kms_key
      execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
      max_retries           = local.manifest.maxRetries
      timeout               = "${local.manifest.timeoutSeconds}s"

      containers {
        name    = local.container.name
        image   = var.image
        command = local.container.command
        args    = local.container.args

        env {
          name  = { organizations = "CMEKSCAN_ORGANIZATION", folders = "CMEKSCAN_FOLDER", projects = "CMEKSCAN_PROJECT" }[local.scope_kind]
          value = local.scope_id
        }
        env {
          name  = "CMEKSCAN_QUOTA_PROJECT"
          value = var.project
        }

        resources {
          limits = local.container.resources.limits
        }

        volume_mounts {
          name       = "reports"
          mount_path = local.container.volumeMounts[0].mountPath
        }
      }

      volumes {
        name = "reports"
        gcs {
          bucket        = google_storage_bucket.reports.name
          read_only     = false
          mount_options = split(",", local.manifest.volumes[0].csi.volumeAttributes.mountOptions)
        }
      }
    }
  }

  depends_on = [
    google_kms_crypto_key_iam_member.run,
    google_project_iam_member.quota,
    google_storage_bucket_iam_member.scanner,
  ]
}

# Starting the job is all that this account may do.
resource "google_service_account" "trigger" {
  count = local.with_job

  account_id   = "cmekscan-trigger"
  display_name = "Starts cmekscan"
}

resource "google_cloud_run_v2_job_iam_member" "trigger" {
  count = local.with_job

  name     = google_cloud_run_v2_job.scan[0].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.trigger[0].member
}

resource "google_cloud_scheduler_job" "scan" {
  count = local.with_job

  name      = "cmekscan"
  region    = var.region
  schedule  = var.schedule
  time_zone = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.scan[0].id}:run"

    oauth_token {
      service_account_email = google_service_account.trigger[0].email
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.trigger]
}
