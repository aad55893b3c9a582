# SPDX-License-Identifier: Apache-2.0
# The calls that cmekscan makes, as permissions. A custom role, since the predefined roles for these calls allow more than
# the names and keys of resources: artifactregistry.reader downloads images, cloudasset.viewer reads IAM policies.
locals {
  scan_permissions = {
    # The tree of folders and projects, and the tags that conditions of policies ask about.
    hierarchy = [
      "resourcemanager.folders.get",
      "resourcemanager.folders.list",
      "resourcemanager.hierarchyNodes.listEffectiveTags",
      "resourcemanager.organizations.get",
      "resourcemanager.projects.get",
      "resourcemanager.projects.list",
    ]
    # The policies as they are set, the constraints' defaults, and for --verify-policies what they come to.
    policies = [
      "orgpolicy.constraints.list",
      "orgpolicy.policies.list",
      "orgpolicy.policy.get",
    ]
    # The same and all resources, in a few listings (--via inventory).
    inventory = [
      "cloudasset.assets.listOrgPolicy",
      "cloudasset.assets.listResource",
      "cloudasset.assets.searchAllResources",
    ]
    # What has a key or should have one: names and configuration, no contents.
    resources = [
      "artifactregistry.locations.list",
      "artifactregistry.projectsettings.get",
      "artifactregistry.repositories.get",
      "artifactregistry.repositories.list",
      "pubsub.topics.get",
      "pubsub.topics.list",
      "serviceusage.services.get",
      "serviceusage.services.list",
      "storage.buckets.get",
      "storage.buckets.list",
    ]
    # Whether a key is enabled; nothing is encrypted or decrypted.
    keys = [
      "cloudkms.cryptoKeys.get",
    ]
  }

  # For the nodes above a folder or project: policies are inherited from there.
  ancestor_permissions = [
    "orgpolicy.constraints.list",
    "orgpolicy.policies.list",
    "resourcemanager.folders.get",
    "resourcemanager.hierarchyNodes.listEffectiveTags",
    "resourcemanager.organizations.get",
  ]

  # Of no use in a project, and refused in a project's custom role.
  not_in_projects = [
    "resourcemanager.folders.get",
    "resourcemanager.folders.list",
    "resourcemanager.organizations.get",
    "resourcemanager.projects.list",
  ]

  scope_kind = split("/", var.scope)[0]
  scope_id   = split("/", var.scope)[1]
  # Where the custom role lives, and what is above the scope: null for a project that stands alone.
  organization_id  = local.scope_kind == "organizations" ? local.scope_id : var.organization_id
  permissions      = sort(flatten(values(local.scan_permissions)))
  role_permissions = local.organization_id != null ? local.permissions : sort(setsubtract(local.permissions, local.not_in_projects))
  has_ancestors    = local.scope_kind != "organizations" && local.organization_id != null
}
