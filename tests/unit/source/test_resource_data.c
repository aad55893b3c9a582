/* SPDX-License-Identifier: Apache-2.0 */
/* What resources of each service say of themselves, in the shapes that their APIs' documents give,
 * and in shapes that they should not have. */
#include "source/resource_data.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "model/catalogue.h"
#include "source/asset.h"
#include "suite.h"
#include "json/json.h"

static const struct {
    const char *type, *name, *data;
    const char *keys;     /* joined by blanks, the first of all first */
    const char *place;    /* that lacks a key */
    const char *other;    /* reason of what stands in its stead */
    const char *location; /* … */
    bool excepted, unreadable;
} rows[] = {
    {.type = "storage.googleapis.com/Bucket",
     "//x/b",
     "{'location': 'EU', 'encryption': {'defaultKmsKeyName': 'k1'}}",
     "k1",
     .location = "eu"},
    {.type = "pubsub.googleapis.com/Topic",
     "//x/projects/p/topics/t",
     "{'kmsKeyName': 'k1'}",
     "k1"},
    {.type = "artifactregistry.googleapis.com/Repository",
     "//x/projects/p/locations/us/repositories/r",
     "{'kmsKeyName': ''}",
     "",
     .location = "us"},
    {.type = "bigquery.googleapis.com/Dataset",
     "//x/d",
     "{'defaultEncryptionConfiguration': {'kmsKeyName': 'k1'}, 'location': 'EU'}",
     "k1",
     .location = "eu"},
    {.type = "bigquery.googleapis.com/Table",
     "//x/t",
     "{'type': 'TABLE', 'encryptionConfiguration': {'kmsKeyName': 'k1'}}",
     "k1"},
    {.type = "bigquery.googleapis.com/Table", "//x/t", "{'type': 'VIEW'}", "", .excepted = true},
    {.type = "bigquery.googleapis.com/Table", "//x/t", "{'type': 'MATERIALIZED_VIEW'}", ""},
    {.type = "bigquery.googleapis.com/Table", "//x/t", "{'type': ['VIEW']}", ""},
    /* Compute Engine: zones in names, versions behind keys, and keys that are not of Cloud KMS. */
    {.type = "compute.googleapis.com/Disk",
     "//compute.googleapis.com/projects/p/zones/europe-west1-b/disks/d",
     "{'diskEncryptionKey': {'kmsKeyName': 'k1/cryptoKeyVersions/3'}}",
     "k1/cryptoKeyVersions/3",
     .location = "europe-west1-b"},
    {.type = "compute.googleapis.com/Disk",
     "//x/d",
     "{'diskEncryptionKey': {'sha256': 'abc='}}",
     "",
     .other = "customer-supplied-key"},
    {.type = "compute.googleapis.com/Disk",
     "//x/d",
     "{'diskEncryptionKey': {'sha256': 'abc=', 'kmsKeyName': 'k1'}}",
     "k1"},
    {.type = "compute.googleapis.com/Disk", "//x/d", "{'diskEncryptionKey': {}}", ""},
    {.type = "compute.googleapis.com/Disk",
     "//x/d",
     "{'diskEncryptionKey': 'k1'}",
     "",
     .unreadable = true},
    {.type = "compute.googleapis.com/Instance",
     "//x/i",
     "{'disks': [{'diskEncryptionKey': {'kmsKeyName': 'k1'}}, {'diskEncryptionKey': {'kmsKeyName': "
     "'k2'}}, {'diskEncryptionKey': {'kmsKeyName': 'k1'}}]}",
     "k1 k2"},
    {.type = "compute.googleapis.com/Instance",
     "//x/i",
     "{'disks': [{'diskEncryptionKey': {'kmsKeyName': 'k1'}}, {'deviceName': 'd'}]}",
     "k1",
     "disks[1].diskEncryptionKey.kmsKeyName"},
    {.type = "compute.googleapis.com/Instance",
     "//x/i",
     "{'instanceEncryptionKey': {'kmsKeyName': 'k1'}, 'disks': [{'deviceName': 'd'}]}",
     "k1"},
    {.type = "compute.googleapis.com/Instance",
     "//x/i",
     "{'disks': [{'deviceName': 'd'}, {'diskEncryptionKey': {'sha256': 'abc='}}]}",
     "",
     .other = "customer-supplied-key"},
    {.type = "compute.googleapis.com/Instance",
     "//x/i",
     "{'disks': {'diskEncryptionKey': {}}}",
     "",
     .unreadable = true},
    {.type = "compute.googleapis.com/Instance",
     "//x/i",
     "{'disks': [null, 7]}",
     "",
     .unreadable = true},
    {.type = "compute.googleapis.com/Instance", "//x/i", "{'disks': []}", ""},
    {.type = "sqladmin.googleapis.com/Instance",
     "//cloudsql.googleapis.com/projects/p/instances/i",
     "{'region': 'us-central1', 'diskEncryptionConfiguration': {'kmsKeyName': 'k1'}}",
     "k1",
     .location = "us-central1"},
    {.type = "spanner.googleapis.com/Database",
     "//x/d",
     "{'encryptionConfig': {'kmsKeyName': 'k1'}}",
     "k1"},
    {.type = "spanner.googleapis.com/Database",
     "//x/d",
     "{'encryptionConfig': {'kmsKeyNames': ['k1', 'k2', 'k3']}}",
     "k1 k2 k3"},
    {.type = "spanner.googleapis.com/Database",
     "//x/d",
     "{'encryptionConfig': {'kmsKeyNames': []}}",
     ""},
    {.type = "spanner.googleapis.com/Database",
     "//x/d",
     "{'encryptionConfig': {'kmsKeyNames': ['k1', null]}}",
     "k1",
     "encryptionConfig.kmsKeyNames[1]"},
    {.type = "spanner.googleapis.com/Database",
     "//x/d",
     "{'encryptionConfig': {'kmsKeyNames': 'k1'}}",
     "",
     .unreadable = true},
    {.type = "bigtableadmin.googleapis.com/Cluster",
     "//x/c",
     "{'location': 'projects/p/locations/us-east1-b', 'encryptionConfig': {'kmsKeyName': 'k1'}}",
     "k1",
     .location = "us-east1-b"},
    /* Secret Manager: automatic, every replica, regional. */
    {.type = "secretmanager.googleapis.com/Secret",
     "//x/projects/p/secrets/s",
     "{'replication': {'automatic': {'customerManagedEncryption': {'kmsKeyName': 'k1'}}}}",
     "k1"},
    {.type = "secretmanager.googleapis.com/Secret",
     "//x/projects/p/secrets/s",
     "{'replication': {'automatic': {}}}",
     ""},
    {.type = "secretmanager.googleapis.com/Secret",
     "//x/projects/p/secrets/s",
     "{'replication': {'userManaged': {'replicas': [{'location': 'us-east1', "
     "'customerManagedEncryption': {'kmsKeyName': 'k1'}}, {'location': 'us-west1', "
     "'customerManagedEncryption': {'kmsKeyName': 'k2'}}]}}}",
     "k1 k2"},
    {.type = "secretmanager.googleapis.com/Secret",
     "//x/projects/p/secrets/s",
     "{'replication': {'userManaged': {'replicas': [{'location': 'us-east1'}, {'location': "
     "'us-west1', 'customerManagedEncryption': {'kmsKeyName': 'k2'}}]}}}",
     "k2",
     "replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName"},
    {.type = "secretmanager.googleapis.com/Secret",
     "//x/projects/p/locations/us-east1/secrets/s",
     "{'customerManagedEncryption': {'kmsKeyName': 'k1'}}",
     "k1",
     .location = "us-east1"},
    /* Cloud Run in both versions of its API. */
    {.type = "run.googleapis.com/Revision", "//x/r", "{'encryptionKey': 'k1'}", "k1"},
    {.type = "run.googleapis.com/Revision",
     "//x/r",
     "{'metadata': {'annotations': {'run.googleapis.com/encryption-key': 'k1'}}}",
     "k1"},
    {.type = "run.googleapis.com/Revision",
     "//x/r",
     "{'metadata': {'annotations': {'run': {'googleapis': {'com/encryption-key': 'k1'}}}}}",
     ""},
    {.type = "run.googleapis.com/Job",
     "//x/j",
     "{'template': {'template': {'encryptionKey': 'k1'}}}",
     "k1"},
    {.type = "cloudfunctions.googleapis.com/Function", "//x/f", "{'kmsKeyName': 'k1'}", "k1"},
    {.type = "logging.googleapis.com/LogBucket",
     "//x/projects/p/locations/global/buckets/audit",
     "{'cmekSettings': {'kmsKeyName': 'k1'}}",
     "k1",
     .location = "global"},
    {.type = "logging.googleapis.com/LogBucket",
     "//x/projects/p/locations/global/buckets/_Default",
     "{}",
     "",
     .location = "global",
     .excepted = true},
    {.type = "logging.googleapis.com/LogBucket",
     "//x/projects/p/locations/global/buckets/_Defaults",
     "{}",
     "",
     .location = "global"},
    {.type = "container.googleapis.com/Cluster",
     "//x/c",
     "{'nodePools': [{'config': {'bootDiskKmsKey': 'k1'}}, {'config': {}}], 'databaseEncryption': "
     "{'keyName': 'k9'}, 'autoscaling': {'autoprovisioningNodePoolDefaults': {'bootDiskKmsKey': "
     "'k2'}}}",
     "k1 k2",
     "nodePools[1].config.bootDiskKmsKey"},
    {.type = "dataproc.googleapis.com/Cluster",
     "//x/projects/p/regions/us-central1/clusters/c",
     "{'config': {'encryptionConfig': {'gcePdKmsKeyName': 'k1', 'kmsKey': 'k2'}}}",
     "k1 k2",
     .location = "us-central1"},
    {.type = "dataproc.googleapis.com/Cluster",
     "//x/c",
     "{'config': {'encryptionConfig': {'kmsKey': 'k2'}}}",
     "k2"},
    {.type = "alloydb.googleapis.com/Cluster",
     "//x/c",
     "{'encryptionConfig': {'kmsKeyName': 'k1'}, 'automatedBackupPolicy': {'encryptionConfig': "
     "{'kmsKeyName': 'k2'}}}",
     "k1 k2"},
    {.type = "alloydb.googleapis.com/Cluster",
     "//x/c",
     "{'automatedBackupPolicy': {'encryptionConfig': {'kmsKeyName': 'k2'}}}",
     "k2",
     "encryptionConfig.kmsKeyName"},
    {.type = "redis.googleapis.com/Instance", "//x/i", "{'customerManagedKey': 'k1'}", "k1"},
    {.type = "firestore.googleapis.com/Database",
     "//x/projects/p/databases/d",
     "{'locationId': 'nam5', 'cmekConfig': {'kmsKeyName': 'k1'}}",
     "k1",
     .location = "nam5"},
    {.type = "apigee.googleapis.com/Organization",
     "//x/organizations/o",
     "{'runtimeDatabaseEncryptionKeyName': 'k1', 'controlPlaneEncryptionKeyName': 'k2', "
     "'apiConsumerDataEncryptionKeyName': 'k3'}",
     "k1 k2 k3"},
    {.type = "aiplatform.googleapis.com/Dataset",
     "//x/d",
     "{'encryptionSpec': {'kmsKeyName': 'k1'}}",
     "k1"},
    {.type = "notebooks.googleapis.com/Instance",
     "//x/i",
     "{'gceSetup': {'bootDisk': {'kmsKey': 'k1'}, 'dataDisks': [{'kmsKey': 'k2'}]}}",
     "k1 k2"},
    {.type = "notebooks.googleapis.com/Instance",
     "//x/i",
     "{'gceSetup': {'bootDisk': {'kmsKey': 'k1'}}}",
     "k1"},
    {.type = "notebooks.googleapis.com/Instance",
     "//x/i",
     "{'gceSetup': {'bootDisk': {'kmsKey': 'k1'}, 'dataDisks': [{}]}}",
     "k1",
     "gceSetup.dataDisks[0].kmsKey"},
    {.type = "notebooks.googleapis.com/Instance", "//x/i", "{'kmsKey': 'k1'}", "k1"},
    {.type = "netapp.googleapis.com/StoragePool",
     "//x/s",
     "{'kmsConfig': 'projects/p/locations/l/kmsConfigs/k'}",
     "",
     .other = "key-elsewhere"},
    {.type = "netapp.googleapis.com/StoragePool", "//x/s", "{}", ""},
    {.type = "workflows.googleapis.com/Workflow", "//x/w", "{'cryptoKeyName': 'k1'}", "k1"},
    {.type = "gkebackup.googleapis.com/BackupPlan",
     "//x/b",
     "{'backupConfig': {'encryptionKey': {'gcpKmsEncryptionKey': 'k1'}}}",
     "k1"},
};

static struct cmek_arena arena;

static const char *json_of(const char *text)
{
    char *copy = cmek_arena_strdup(&arena, text);
    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    return copy;
}

static struct cmek_record decode(const char *type, const char *name, const char *data)
{
    struct cmek_json *json = NULL;
    struct cmek_error err = {0};
    ck_assert_msg(cmek_json_parse(data, strlen(data), &json, &err) == CMEK_OK, "%s: %s", data,
                  err.message);
    struct cmek_record record = cmek_asset_record(fixture_catalogue(), type, name, json, &arena);
    record.raw = NULL;
    cmek_json_free(json);
    ck_assert_msg(record.kind == CMEK_ASSET_RESOURCE, "%s is not in the catalogue", type);
    return record;
}

static const char *joined_keys(const struct cmek_resource_data *resource)
{
    const char *keys = resource->kms_key ? resource->kms_key : "";
    for (size_t i = 0; i < resource->more_keys.count; i++)
        keys = cmek_arena_printf(&arena, "%s %s", keys, resource->more_keys.items[i]);
    return keys;
}

START_TEST(resources_say_what_their_services_document)
{
    struct cmek_record record = decode(rows[_i].type, rows[_i].name, json_of(rows[_i].data));
    const struct cmek_resource_data *resource = &record.data.resource;
    const char *label = rows[_i].data;
    ck_assert_msg(cmek_str_eq(joined_keys(resource), rows[_i].keys), "%s: %s", label,
                  joined_keys(resource));
    ck_assert_msg(cmek_str_eq(resource->keyless_place, rows[_i].place), "%s: %s", label,
                  resource->keyless_place ? resource->keyless_place : "no place");
    const char *other = resource->other_key ? resource->other_key->reason : NULL;
    ck_assert_msg(cmek_str_eq(other, rows[_i].other), "%s: %s", label, other ? other : "none");
    ck_assert_msg(cmek_str_eq(resource->location, rows[_i].location), "%s: %s", label,
                  resource->location ? resource->location : "no location");
    ck_assert_msg(resource->is_excepted == rows[_i].excepted, "%s: excepted", label);
    ck_assert_msg(resource->key_unreadable == rows[_i].unreadable, "%s: unreadable", label);
}
END_TEST

/* Ten times as many keys as are kept: the others make the resource one that is not wholly seen. */
START_TEST(keys_beyond_the_limit_are_not_forgotten)
{
    struct cmek_strbuf data = {0};
    cmek_strbuf_puts(&data, "{\"encryptionConfig\":{\"kmsKeyNames\":[\"k\"");
    for (int i = 0; i < 1000; i++)
        cmek_strbuf_printf(&data, ",\"k%d\",\"k\"", i);
    cmek_strbuf_puts(&data, "]}}");
    struct cmek_record record =
        decode("spanner.googleapis.com/Database", "//x/d", cmek_strbuf_text(&data));
    ck_assert_uint_eq(record.data.resource.more_keys.count, 99);
    ck_assert(record.data.resource.key_unreadable);
    cmek_strbuf_done(&data);
}
END_TEST

static void clean_up(void)
{
    cmek_arena_done(&arena);
}

int main(void)
{
    Suite *suite = suite_create("source/resource_data");
    TCase *tests = tcase_create("resource_data");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, resources_say_what_their_services_document, 0, COUNT(rows));
    tcase_add_test(tests, keys_beyond_the_limit_are_not_forgotten);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
