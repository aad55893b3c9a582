/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in one project: Cloud Storage v1, Pub/Sub v1, Artifact Registry v1, Service Usage v1.
 */
#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "model/catalogue.h"
#include "model/names.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"

static void emit_resources(struct cmek_gcp_task *task, const struct cmek_json *list,
                           const char *asset_type, const char *host, const char *key_path)
{
    for (size_t i = 0; i < cmek_json_count(list); i++) {
        const struct cmek_json *item = cmek_json_item(list, i);
        const char *name = cmek_json_peek(cmek_json_get(item, "name"));
        if (!name)
            continue;
        task->scan->progress.resources++;
        cmek_gcp_emit(task->scan, task->node, asset_type, host, name, item);
        const char *key = cmek_json_peek(cmek_json_get_path(item, key_path));
        if (key)
            cmek_gcp_note_key(task->scan, key);
    }
}

static void buckets_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    emit_resources(task, cmek_json_get(answer, "items"), CMEK_TYPE_BUCKET, "storage.googleapis.com",
                   "encryption.defaultKmsKeyName");
    const struct cmek_json *unreachable = cmek_json_get(answer, "unreachable");
    for (size_t i = 0; i < cmek_json_count(unreachable); i++) {
        const char *where = cmek_json_peek(cmek_json_item(unreachable, i));
        struct cmek_gcp_error error = {.word = "unavailable",
                                       .message = where ? where : "a location"};
        cmek_gcp_gap(task->scan, task->scope, task->operation, &error,
                     "the buckets of a location that did not answer");
    }
}

static void read_buckets(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    struct cmek_strbuf query = {0};
    cmek_strbuf_puts(&query, "project=");
    cmek_url_encode(&query, cmek_short_name(node->name));
    cmek_strbuf_puts(&query,
                     "&projection=noAcl&returnPartialSuccess=true&fields=nextPageToken,unreachable,"
                     "items(name,projectNumber,location,timeCreated,encryption,labels)");
    cmek_gcp_ask(scan, node, node->name, "its buckets",
                 (struct cmek_gcp_call){
                     .api = CMEK_GCP_STORAGE,
                     .method = "storage.buckets.list",
                     .list = "items",
                     .path = "b",
                     .query = cmek_strbuf_text(&query),
                     .page_size = "maxResults=1000",
                     .page = buckets_page,
                 });
    cmek_strbuf_done(&query);
}

/* Asks for "v1/NAME" and what follows: "v1/projects/example.com%3Ap/topics". */
static void ask_below(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node, const char *name,
                      const char *rest, const char *missing, struct cmek_gcp_call call)
{
    struct cmek_strbuf path = {0};
    cmek_strbuf_puts(&path, "v1/");
    cmek_gcp_append_path(&path, name);
    cmek_strbuf_puts(&path, rest);
    call.path = cmek_strbuf_text(&path);
    cmek_gcp_ask(scan, node, name, missing, call);
    cmek_strbuf_done(&path);
}

static void topics_page(void *payload, const struct cmek_json *answer)
{
    emit_resources(payload, cmek_json_get(answer, "topics"), CMEK_TYPE_TOPIC,
                   "pubsub.googleapis.com", "kmsKeyName");
}

static void read_topics(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    ask_below(scan, node, node->name, "/topics", "its topics",
              (struct cmek_gcp_call){
                  .api = CMEK_GCP_PUBSUB,
                  .method = "pubsub.topics.list",
                  .list = "topics",
                  .query = "fields=nextPageToken,topics(name,kmsKeyName,labels)",
                  .page_size = "pageSize=1000",
                  .page = topics_page,
              });
}

/* Artifact Registry: the locations first, then the repositories of each. */

static void repositories_page(void *payload, const struct cmek_json *answer)
{
    emit_resources(payload, cmek_json_get(answer, "repositories"), CMEK_TYPE_REPOSITORY,
                   "artifactregistry.googleapis.com", "kmsKeyName");
}

static void read_location(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node, const char *id)
{
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%s/locations/%s", node->name, id);
    ask_below(
        scan, node, cmek_strbuf_text(&name), "/repositories", "the repositories of that location",
        (struct cmek_gcp_call){
            .api = CMEK_GCP_ARTIFACT_REGISTRY,
            .method = "artifactregistry.repositories.list",
            .list = "repositories",
            .query =
                "fields=nextPageToken,repositories(name,format,mode,kmsKeyName,createTime,labels)",
            .page_size = "pageSize=1000",
            .page = repositories_page,
        });
    cmek_strbuf_done(&name);
}

static void locations_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    const struct cmek_json *locations = cmek_json_get(answer, "locations");
    for (size_t i = 0; i < cmek_json_count(locations); i++) {
        const char *id = cmek_json_peek(cmek_json_get(cmek_json_item(locations, i), "locationId"));
        if (id)
            read_location(task->scan, task->node, id);
    }
}

static void read_repositories(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    ask_below(scan, node, node->name, "/locations", "its Artifact Registry repositories",
              (struct cmek_gcp_call){
                  .api = CMEK_GCP_ARTIFACT_REGISTRY,
                  .method = "artifactregistry.locations.list",
                  .list = "locations",
                  .item_key = "locationId",
                  .query = "fields=nextPageToken,locations(locationId)",
                  .page_size = "pageSize=1000",
                  .page = locations_page,
              });
}

static void settings_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    const char *name = cmek_json_peek(cmek_json_get(answer, "name"));
    if (name)
        cmek_gcp_emit(task->scan, task->node, "artifactregistry.googleapis.com/ProjectSettings",
                      "artifactregistry.googleapis.com", name, answer);
}

void cmek_gcp_read_settings(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node,
                            const char *project)
{
    ask_below(scan, node, project, "/projectSettings", "whether gcr.io is redirected",
              (struct cmek_gcp_call){
                  .api = CMEK_GCP_ARTIFACT_REGISTRY,
                  .method = "artifactregistry.projectSettings.get",
                  .query = "fields=name,legacyRedirectionState",
                  .page = settings_page,
              });
}

static void services_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    const struct cmek_json *services = cmek_json_get(answer, "services");
    for (size_t i = 0; i < cmek_json_count(services); i++) {
        const struct cmek_json *service = cmek_json_item(services, i);
        const char *name = cmek_json_peek(cmek_json_get(service, "name"));
        if (name)
            cmek_gcp_emit(task->scan, task->node, "serviceusage.googleapis.com/Service",
                          "serviceusage.googleapis.com", name, service);
    }
}

static void read_services(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    struct cmek_strbuf path = {0}, query = {0};
    cmek_strbuf_printf(&path, "v1/%s/services:batchGet", node->ref);
    for (int i = 0; i < CMEK_SERVICE_COUNT_; i++)
        cmek_strbuf_printf(&query, "names=%s/services/%s&", node->ref,
                           cmek_enabled_service_name((enum cmek_enabled_service)i));
    cmek_strbuf_puts(&query, "fields=services(name,state)");
    cmek_gcp_ask(scan, node, node->name, "which services are enabled",
                 (struct cmek_gcp_call){
                     .api = CMEK_GCP_SERVICE_USAGE,
                     .method = "serviceusage.services.batchGet",
                     .list = "services",
                     .path = cmek_strbuf_text(&path),
                     .query = cmek_strbuf_text(&query),
                     .page = services_page,
                 });
    cmek_strbuf_done(&query);
    cmek_strbuf_done(&path);
}

bool cmek_gcp_selects(const struct cmek_gcp_scan *scan, const char *asset_type)
{
    return cmek_catalogue_selects(scan->options->catalogue, asset_type);
}

void cmek_gcp_read_project(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    if (cmek_gcp_selects(scan, CMEK_TYPE_BUCKET)) {
        read_buckets(scan, node);
        cmek_gcp_read_settings(scan, node, node->name);
    }
    if (cmek_gcp_selects(scan, CMEK_TYPE_TOPIC)) {
        read_topics(scan, node);
        read_services(scan, node);
    }
    if (cmek_gcp_selects(scan, CMEK_TYPE_REPOSITORY))
        read_repositories(scan, node);
}
