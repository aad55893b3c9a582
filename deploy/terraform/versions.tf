# SPDX-License-Identifier: Apache-2.0
terraform {
  # Conditions of variables may look at other variables since 1.9.
  required_version = ">= 1.9"

  required_providers {
    google = {
      source = "hashicorp/google"
      # mount_options of volumes in Cloud Run jobs.
      version = ">= 7.5, < 8.0"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}
