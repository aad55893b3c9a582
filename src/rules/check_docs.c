/* SPDX-License-Identifier: Apache-2.0 */
/* What each check looks at and when it says what: the contract of its code, in words. */
#include <string.h>

#include "rules/explain.h"

static const struct cmek_rule_documentation documentations[] = {
    {
        .check = "cmek-required",
        .governs = "Buckets, topics and repositories whose project is under an effective policy of "
                   "gcp.restrictNonCmekServices that denies their service. Dry-run policies give "
                   "findings of their own.",
        .fail = "The resource has no customer-managed key. A bucket's default key is what counts, "
                "whatever keys its objects have.",
        .pass = "The resource has one, be it allowed, usable, or neither: other rules judge that.",
        .unknown = "Whether the service is denied depends on a policy, a condition, a tag or an "
                   "ancestor that could not be read, or the input does not show whether there is a "
                   "key.",
    },
    {
        .check = "key-project-allowed",
        .governs = "Resources with a key, and Container Registry buckets without one, whose "
                   "project is under an effective policy of gcp.restrictCmekCryptoKeyProjects that "
                   "restricts keys: it holds an entry, or denyAll.",
        .fail = "The policy does not allow the project of the key; or a Container Registry bucket "
                "has no key at all, though it must have one from an allowed project.",
        .pass = "The policy allows the project of the key: by id or number, or through a folder or "
                "the organization it lies in.",
        .unknown = "A policy, a condition or a tag could not be read, or the key's project, its "
                   "number or its ancestors are not known.",
    },
    {
        .check = "key-usable",
        .governs = "Resources with a key, whatever the policies.",
        .fail = "The key cannot encrypt now: its primary version is not enabled, there is none, or "
                "the key is for something else than ENCRYPT_DECRYPT.",
        .pass = "The key's primary version is enabled.",
        .unknown = "The key could not be read, is not described by the input, or its name has an "
                   "unknown shape.",
    },
    {
        .check = "gcr-topic-creatable",
        .governs = "Projects that use Container Registry or Artifact Registry, have no topic "
                   "'gcr', and are under an effective policy of gcp.restrictNonCmekServices that "
                   "denies pubsub.googleapis.com.",
        .fail = "Google cannot create the topic that the registry notifies through, since it would "
                "have no customer-managed key.",
        .unknown = "The policy, the project's enabled services or its topics could not be read.",
    },
    {
        .check = "gcr-bucket-leftover",
        .governs = "Container Registry buckets (artifacts.PROJECT.appspot.com and its us., eu. and "
                   "asia. siblings).",
        .fail = "The project's gcr.io requests are served by Artifact Registry, so the bucket is a "
                "leftover.",
        .unknown = "Artifact Registry's settings of the project could not be read, or it is not "
                   "certain that the bucket is Container Registry's.",
    },
    {
        .check = "policy-gap",
        .governs = "The nodes that the service constraint would be set at for projects with "
                   "Container Registry resources: the nearest one with a policy for it, else the "
                   "top. And each node whose policy restricts where keys come from.",
        .fail = "In such a project not all services that its registry resources lie in are denied "
                "without a key; or keys are restricted where no service is denied without one, "
                "which by itself forces nothing.",
        .pass = "In all these projects the services are denied without a key.",
        .unknown = "A policy, a condition or a tag could not be read, or not all resources of a "
                   "project, or not all projects below, could be listed.",
    },
    {
        .check = "policy-dry-run-only",
        .governs = "Each node with a dry-run policy that says something, for each constraint.",
        .fail = "The dry run demands what the live policy there does not: the promise is not kept "
                "yet.",
        .pass = "All that the dry run demands the live policy there demands as well.",
        .unknown = "What either policy demands depends on a policy, a condition or a tag that "
                   "could not be read, or on a project that cannot be matched or was not listed.",
    },
};

const struct cmek_rule_documentation *cmek_check_documentation(const char *check)
{
    for (size_t i = 0; i < sizeof documentations / sizeof *documentations; i++)
        if (strcmp(documentations[i].check, check) == 0)
            return &documentations[i];
    return NULL;
}
