/* SPDX-License-Identifier: Apache-2.0 */
/* A scope through an export: one call starts it, however large the organization is; then it is
 * asked for now and then, and what it wrote is read from Cloud Storage.
 * https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/exportAssets */
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "base/time.h"
#include "model/catalogue.h"
#include "source/gcp_scan.h"
#include "json/json.h"
#include "json/writer.h"

#define FIRST_POLL_MS  2000 /* the least that Google asks for */
#define LAST_POLL_MS   30000
#define SLICE_MS       100
#define LOST_POLLS_MAX 10 /* one after the other, each with the engine's own retries */

/* What to leave out, where the inventory refuses to export a type: rows of the catalogue that were
 * only written down from memory, then policies. */
enum reduction {
    ALL_TYPES,
    VERIFIED_TYPES,
    WITHOUT_POLICIES,
    REDUCTION_COUNT_,
};

struct export
{
    struct cmek_gcp_scope *scope;
    struct cmek_arena arena;
    enum reduction reduction;
    const char *uri_prefix;      /* "gs://bucket/prefix" */
    const char *operation;       /* NULL: not started */
    struct cmek_gcp_error error; /* of the call that ended last; word NULL: none */
    int lost_polls;
    bool is_done;
};

static void fail(struct export *export, enum cmek_status status, const char *what,
                 const char *advice)
{
    cmek_fail(&export->scope->scan->fatal, status, "%s %s to %s: %s (%s); %s", what,
              export->scope->name, export->uri_prefix ? export->uri_prefix : "Cloud Storage",
              export->error.message, export->error.word, advice);
    export->scope->scan->stopped = true;
}

static void keep_error(struct export *export, const struct cmek_gcp_error *error)
{
    export->error = (struct cmek_gcp_error){0};
    if (!error)
        return;
    export->error =
        (struct cmek_gcp_error){error->status, cmek_arena_strdup(&export->arena, error->word),
                                cmek_arena_strdup(&export->arena, error->message)};
}

static bool takes(const struct export *export, const struct cmek_service_type *type)
{
    return type->service->is_selected && (type->is_verified || export->reduction == ALL_TYPES);
}

static void write_types(const struct export *export, struct cmek_json_writer *writer)
{
    const struct cmek_catalogue *catalogue = export->scope->scan->options->catalogue;
    cmek_json_key(writer, "assetTypes");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < CMEK_GCP_HIERARCHY_KINDS; i++)
        cmek_json_text(writer, cmek_asset_type_name(cmek_gcp_hierarchy_kinds[i]));
    if (export->reduction < WITHOUT_POLICIES)
        cmek_json_text(writer, cmek_asset_type_name(CMEK_ASSET_POLICY));
    for (size_t i = 0; i < catalogue->types.count; i++)
        if (takes(export, catalogue->types.items[i]))
            cmek_json_text(writer, catalogue->types.items[i]->asset_type);
    cmek_json_end_array(writer);
}

static void write_request(const struct export *export, struct cmek_strbuf *body)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, body, 0);
    cmek_json_begin_object(&writer);
    write_types(export, &writer);
    cmek_json_member_text(&writer, "contentType", "RESOURCE");
    cmek_json_key(&writer, "outputConfig");
    cmek_json_begin_object(&writer);
    cmek_json_key(&writer, "gcsDestination");
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "uriPrefix", export->uri_prefix);
    cmek_json_end_object(&writer);
    cmek_json_end_object(&writer);
    cmek_json_end_object(&writer);
}

/* Each export has a place of its own: Google refuses to write where objects are already, and what
 * is read back must be of this one. */
static const char *new_prefix(struct export *export)
{
    char now[CMEK_TIME_TEXT_SIZE], digits[CMEK_TIME_TEXT_SIZE];
    cmek_time_format(cmek_time_now(), now);
    size_t length = 0;
    for (const char *at = now; *at; at++)
        if (*at != '-' && *at != ':')
            digits[length++] = *at;
    digits[length] = '\0';
    const char *scope = export->scope->name;
    size_t kind = strcspn(scope, "/");
    return cmek_arena_printf(&export->arena, "%s/%.*s-%s-%s",
                             export->scope->scan->options->export_to, (int)kind, scope,
                             scope + kind + 1, digits);
}

static void take_outcome(struct export *export, const struct cmek_json *answer)
{
    const struct cmek_json *error = cmek_json_get(answer, "error");
    const char *message = cmek_json_string(cmek_json_get(error, "message"), &export->arena);
    const char *prefix =
        cmek_json_string(cmek_json_get_path(answer,
                                            "response.outputConfig.gcsDestination.uriPrefix"),
                         &export->arena);
    export->is_done = cmek_json_is_true(cmek_json_get(answer, "done"));
    if (export->is_done && cmek_json_kind(error) == CMEK_JSON_OBJECT)
        export->error = (struct cmek_gcp_error){200, "export-failed",
                                                message ? message : "Google does not say why"};
    if (prefix && !export->uri_prefix)
        export->uri_prefix = prefix;
}

static void operation_page(void *payload, const struct cmek_json *answer)
{
    struct export *export = payload;
    if (!export->operation)
        export->operation = cmek_json_string(cmek_json_get(answer, "name"), &export->arena);
    take_outcome(export, answer);
}

static void operation_end(void *payload, const struct cmek_gcp_error *error)
{
    struct export *export = payload;
    if (error || !export->is_done)
        keep_error(export, error);
}

static void call(struct export *export, const char *method, const char *path, const char *body)
{
    struct cmek_gcp_scan *scan = export->scope->scan;
    cmek_gcp_submit(scan->client, &(struct cmek_gcp_call){
                                      .api = CMEK_GCP_CLOUD_ASSET,
                                      .method = method,
                                      .path = path,
                                      .query = body ? "fields=name,done,error,response"
                                                    : "fields=done,error,response",
                                      .body = body,
                                      .page = operation_page,
                                      .end = operation_end,
                                      .payload = export,
                                  });
    cmek_gcp_run(scan);
}

static void ask_to_start(struct export *export)
{
    struct cmek_strbuf path = {0}, body = {0};
    cmek_strbuf_puts(&path, "v1/");
    cmek_gcp_append_path(&path, export->scope->name);
    cmek_strbuf_puts(&path, ":exportAssets");
    write_request(export, &body);
    call(export, "cloudasset.exportAssets", cmek_strbuf_text(&path), cmek_strbuf_text(&body));
    cmek_strbuf_done(&body);
    cmek_strbuf_done(&path);
}

/* Types that are not exported count as types that could not be listed. */
static void report_reduction(struct export *export)
{
    static const struct cmek_gcp_error error = {.status = 400,
                                                .word = "invalid",
                                                .message =
                                                    "the inventory exports no such asset type"};
    const struct cmek_catalogue *catalogue = export->scope->scan->options->catalogue;
    for (size_t i = 0; i < catalogue->types.count; i++) {
        const struct cmek_service_type *type = catalogue->types.items[i];
        if (type->service->is_selected && !takes(export, type))
            cmek_gcp_report_broken(export->scope, "cloudasset.assets.list.type", &error,
                                   cmek_arena_printf(&export->arena,
                                                     "its resources of type %s from the export",
                                                     type->asset_type));
    }
}

static bool start(struct export *export)
{
    struct cmek_gcp_scan *scan = export->scope->scan;
    if (scan->options->export_operation) {
        export->operation = scan->options->export_operation;
        return true;
    }
    export->uri_prefix = new_prefix(export);
    for (; export->reduction < REDUCTION_COUNT_; export->reduction++) {
        ask_to_start(export);
        if (!export->error.word || export->error.status != 400)
            break;
    }
    if (scan->stopped)
        return false;
    if (!export->operation && !export->error.word)
        export->error = (struct cmek_gcp_error){200, "invalid-answer", "no operation was named"};
    if (export->error.word) {
        fail(export, export->error.status == 403 ? CMEK_E_DENIED : CMEK_E_NET, "cannot export",
             "grant roles/cloudasset.viewer there, enable cloudasset.googleapis.com in the quota "
             "project, or use --via inventory without --export");
        return false;
    }
    cmek_gcp_note(scan,
                  cmek_arena_printf(&scan->arena,
                                    "%s is exported to %s; should this be interrupted, go on "
                                    "with --export-operation %s",
                                    export->scope->name, export->uri_prefix, export->operation));
    return true;
}

/* False: interrupted. */
static bool pause_for(struct export *export, int64_t ms)
{
    int64_t until = cmek_monotonic_ms() + ms;
    while (cmek_monotonic_ms() < until)
        if (cmek_gcp_tick(export->scope->scan))
            cmek_sleep_ms(SLICE_MS);
        else
            return false;
    return true;
}

static bool poll(struct export *export)
{
    struct cmek_strbuf path = {0};
    cmek_strbuf_puts(&path, "v1/");
    cmek_gcp_append_path(&path, export->operation);
    call(export, "cloudasset.operations.get", cmek_strbuf_text(&path), NULL);
    cmek_strbuf_done(&path);
    bool is_lost = export->error.word && !export->is_done;
    export->lost_polls = is_lost ? export->lost_polls + 1 : 0;
    bool is_final =
        export->error.status >= 400 && export->error.status < 500 && export->error.status != 429;
    if (is_lost && (is_final || export->lost_polls > LOST_POLLS_MAX)) {
        fail(export, CMEK_E_NET, "cannot follow the export of",
             cmek_arena_printf(&export->arena,
                               "it may go on: come back to it with --export-operation %s",
                               export->operation));
        return false;
    }
    return !export->scope->scan->stopped;
}

static bool wait_for(struct export *export)
{
    int64_t pause = FIRST_POLL_MS;
    bool is_old = export->scope->scan->options->export_operation != NULL;
    while (!export->is_done) {
        if (!is_old && !pause_for(export, pause))
            return false;
        is_old = false;
        pause = pause * 3 / 2 < LAST_POLL_MS ? pause * 3 / 2 : LAST_POLL_MS;
        if (!poll(export))
            return false;
    }
    if (!export->error.word)
        return true;
    fail(export, CMEK_E_DENIED, "Cloud Asset Inventory could not export",
         "its service agent, service-NUMBER@gcp-sa-cloudasset.iam.gserviceaccount.com of the quota "
         "project, has to be allowed to write there (roles/storage.objectAdmin on the bucket), and "
         "the bucket's location and key by the policies that govern it");
    return false;
}

static bool read_back(struct export *export)
{
    const char *bucket = cmek_str_after(export->uri_prefix, "gs://");
    const char *slash = bucket ? strchr(bucket, '/') : NULL;
    if (!slash) {
        export->error = (struct cmek_gcp_error){200, "invalid-answer",
                                                "the operation does not say where its objects are"};
        fail(export, CMEK_E_INVALID, "cannot read back the export of",
             "only exports that cmekscan collect started can be come back to");
        return false;
    }
    bucket = cmek_arena_strndup(&export->arena, bucket, (size_t)(slash - bucket));
    if (!cmek_gcp_read_objects(export->scope, bucket, slash + 1))
        return false;
    if (export->scope->assets > 0)
        return true;
    export->error = (struct cmek_gcp_error){404, "not-found", "the export holds nothing of it"};
    fail(export, CMEK_E_NOT_FOUND, "cannot read back the export of",
         "is the scope the one that was exported?");
    return false;
}

void cmek_gcp_export_read(struct cmek_gcp_scope *scope)
{
    struct export export = {.scope = scope};
    scope->state = CMEK_GCP_SCOPE_ASKED;
    if (start(&export) && wait_for(&export) && read_back(&export)) {
        scope->state = CMEK_GCP_SCOPE_BY_INVENTORY;
        report_reduction(&export);
        cmek_gcp_read_beside_assets(scope);
    }
    cmek_arena_done(&export.arena);
}
