/* SPDX-License-Identifier: Apache-2.0 */
/* The last word on single resources: the inventory lags behind by minutes, at times by more. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "model/names.h"
#include "source/gcp_scan.h"
#include "json/json.h"

/* So many at once are in the queue. */
#define SLICE 2000

static const struct getter {
    const char *asset_type, *host;
    enum cmek_gcp_api api;
    const char *method, *prefix, *query;
    const char *key_path; /* NULL: it is a key itself */
} getters[] = {
    {CMEK_TYPE_BUCKET, "storage.googleapis.com", CMEK_GCP_STORAGE, "storage.buckets.get", "b/",
     "projection=noAcl&fields=name,projectNumber,location,timeCreated,encryption,labels",
     "encryption.defaultKmsKeyName"},
    {CMEK_TYPE_TOPIC, "pubsub.googleapis.com", CMEK_GCP_PUBSUB, "pubsub.topics.get", "v1/",
     "fields=name,kmsKeyName,labels", "kmsKeyName"},
    {CMEK_TYPE_REPOSITORY, "artifactregistry.googleapis.com", CMEK_GCP_ARTIFACT_REGISTRY,
     "artifactregistry.repositories.get", "v1/",
     "fields=name,format,mode,kmsKeyName,createTime,labels", "kmsKeyName"},
    {CMEK_TYPE_CRYPTO_KEY, "cloudkms.googleapis.com", CMEK_GCP_KMS, "cloudkms.cryptoKeys.get",
     "v1/", "fields=name,purpose,primary(name,state)", NULL},
};

static const struct getter *getter_of(const char *asset_type)
{
    for (size_t i = 0; i < sizeof getters / sizeof *getters; i++)
        if (cmek_str_eq(getters[i].asset_type, asset_type))
            return &getters[i];
    return NULL;
}

bool cmek_gcp_can_confirm(const char *asset_type)
{
    return getter_of(asset_type) != NULL;
}

struct confirmation {
    struct cmek_gcp_scan scan;
    void (*gone)(void *payload, const char *name);
    void *payload;
    struct cmek_gcp_confirm_result *result;
};

/* One target under way. */
struct question {
    struct confirmation *confirmation;
    const struct cmek_gcp_target *target;
    const struct getter *getter;
    const char *name; /* after "//host/" */
    bool is_answered;
};

static void note_new_key(struct question *question, const struct cmek_json *answer)
{
    const char *path = question->getter->key_path;
    const char *key = path ? cmek_json_peek(cmek_json_get_path(answer, path)) : NULL;
    if (key && !cmek_str_eq(key, question->target->kms_key))
        cmek_gcp_note_key(&question->confirmation->scan, key);
}

static void answer_page(void *payload, const struct cmek_json *answer)
{
    struct question *question = payload;
    const char *name = cmek_json_peek(cmek_json_get(answer, "name"));
    if (!cmek_str_eq(name, question->name))
        return;
    question->is_answered = true;
    cmek_gcp_emit(&question->confirmation->scan, NULL, question->target->asset_type,
                  question->getter->host, name, answer);
    note_new_key(question, answer);
}

/* What uses a key still does, so that it is not there leaves its state unknown. */
static void report_absent(struct question *question, const struct cmek_gcp_error *error)
{
    struct confirmation *confirmation = question->confirmation;
    confirmation->gone(confirmation->payload, question->target->name);
    if (question->getter->key_path)
        confirmation->result->gone++;
    else
        cmek_gcp_gap(&confirmation->scan, question->name, question->getter->method, error,
                     CMEK_GCP_KEY_STATE);
}

static void answer_end(void *payload, const struct cmek_gcp_error *error)
{
    struct question *question = payload;
    struct confirmation *confirmation = question->confirmation;
    if (error && error->status == 404)
        report_absent(question, error);
    else if (error || !question->is_answered)
        confirmation->result->failed++;
    free(question);
}

static void ask(struct confirmation *confirmation, const struct cmek_gcp_target *target)
{
    const struct getter *getter = getter_of(target->asset_type);
    const char *after = getter ? cmek_str_after(target->name, "//") : NULL;
    const char *name = after ? strchr(after, '/') : NULL;
    if (!name)
        return;
    struct question *question = cmek_malloc(sizeof *question);
    *question = (struct question){confirmation, target, getter, name + 1, false};
    struct cmek_strbuf path = {0};
    cmek_strbuf_puts(&path, getter->prefix);
    cmek_gcp_append_path(&path, question->name);
    confirmation->result->asked++;
    cmek_gcp_submit(confirmation->scan.client, &(struct cmek_gcp_call){
                                                   .api = getter->api,
                                                   .method = getter->method,
                                                   .path = cmek_strbuf_text(&path),
                                                   .query = getter->query,
                                                   .page = answer_page,
                                                   .end = answer_end,
                                                   .payload = question,
                                               });
    cmek_strbuf_done(&path);
}

void cmek_gcp_confirm(struct cmek_gcp_client *client, const struct cmek_gcp_read_options *options,
                      const struct cmek_gcp_target *targets, size_t count,
                      const struct cmek_record_sink *sink,
                      void (*gone)(void *payload, const char *name), void *payload,
                      struct cmek_gcp_confirm_result *ret_result)
{
    *ret_result = (struct cmek_gcp_confirm_result){0};
    struct confirmation confirmation = {
        .scan = {.client = client, .options = options, .sink = sink, .late_phase = "confirmation"},
        .gone = gone,
        .payload = payload,
        .result = ret_result,
    };
    for (size_t i = 0; i < count && !confirmation.scan.stopped; i++) {
        confirmation.scan.calls_to_come = count - i - 1;
        ask(&confirmation, &targets[i]);
        if (i % SLICE == SLICE - 1)
            cmek_gcp_run(&confirmation.scan);
    }
    cmek_gcp_run(&confirmation.scan);
    if (!confirmation.scan.stopped) {
        cmek_gcp_read_key_projects(&confirmation.scan);
        cmek_gcp_run(&confirmation.scan);
    }
    cmek_gcp_scan_done(&confirmation.scan);
}
