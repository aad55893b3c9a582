/* SPDX-License-Identifier: Apache-2.0 */
/* A scope through Cloud Asset Inventory v1:
 * https://cloud.google.com/asset-inventory/docs/reference/rest
 *
 * Two listings of 1000 assets a page, side by side: what governs (nodes, policies, tags, keys), and
 * what is governed. Services are searched for, since a listing cannot be narrowed to the few states
 * that matter and would bring some thirty services of every project. */
#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "model/catalogue.h"
#include "model/names.h"
#include "source/gcp_scan.h"
#include "json/json.h"
#include "json/writer.h"

static const char list_fields[] = "fields=nextPageToken,assets(name,assetType,ancestors,updateTime,"
                                  "assetExceptions,orgPolicy,resource(parent,data))";

const enum cmek_asset_kind cmek_gcp_hierarchy_kinds[CMEK_GCP_HIERARCHY_KINDS] = {
    CMEK_ASSET_ORGANIZATION, CMEK_ASSET_FOLDER,      CMEK_ASSET_PROJECT,    CMEK_ASSET_TAG_KEY,
    CMEK_ASSET_TAG_VALUE,    CMEK_ASSET_TAG_BINDING, CMEK_ASSET_CRYPTO_KEY,
};

void cmek_gcp_append_type(struct cmek_strbuf *query, const char *asset_type)
{
    cmek_strbuf_puts(query, "assetTypes=");
    cmek_url_encode(query, asset_type);
    cmek_strbuf_putc(query, '&');
}

void cmek_gcp_append_hierarchy_types(struct cmek_strbuf *query, bool with_policies)
{
    for (size_t i = 0; i < CMEK_GCP_HIERARCHY_KINDS; i++)
        cmek_gcp_append_type(query, cmek_asset_type_name(cmek_gcp_hierarchy_kinds[i]));
    if (with_policies)
        cmek_gcp_append_type(query, cmek_asset_type_name(CMEK_ASSET_POLICY));
}

void cmek_gcp_append_node_types(struct cmek_strbuf *query)
{
    cmek_gcp_append_type(query, cmek_asset_type_name(CMEK_ASSET_ORGANIZATION));
    cmek_gcp_append_type(query, cmek_asset_type_name(CMEK_ASSET_FOLDER));
    cmek_gcp_append_type(query, cmek_asset_type_name(CMEK_ASSET_PROJECT));
}

void cmek_gcp_list_assets(struct cmek_gcp_scope *scope, const struct cmek_gcp_listing *listing)
{
    struct cmek_strbuf path = {0}, query = {0};
    cmek_strbuf_puts(&path, "v1/");
    cmek_gcp_append_path(&path, scope->name);
    cmek_strbuf_puts(&path, "/assets");
    cmek_strbuf_printf(&query, "%scontentType=%s&%s", listing->types, listing->content,
                       list_fields);
    cmek_gcp_submit(scope->scan->client, &(struct cmek_gcp_call){
                                             .api = CMEK_GCP_CLOUD_ASSET,
                                             .method = "cloudasset.assets.list",
                                             .list = "assets",
                                             .path = cmek_strbuf_text(&path),
                                             .query = cmek_strbuf_text(&query),
                                             .page_size = "pageSize=1000",
                                             .page = listing->page,
                                             .end = listing->end,
                                             .payload = listing->payload,
                                         });
    cmek_strbuf_done(&query);
    cmek_strbuf_done(&path);
}

void cmek_gcp_note(struct cmek_gcp_scan *scan, const char *text)
{
    const struct cmek_gcp_read_options *options = scan->options;
    if (options->note)
        options->note(options->payload, text);
}

void cmek_gcp_report_broken(struct cmek_gcp_scope *scope, const char *operation,
                            const struct cmek_gcp_error *error, const char *what)
{
    cmek_gcp_gap(scope->scan, scope->node ? scope->node->ref : scope->name, operation, error, what);
}

/* Services: a search result tells the state, which is all there is to know. */

static void emit_service(struct cmek_gcp_scope *scope, const struct cmek_json *result)
{
    static const char host[] = "serviceusage.googleapis.com";
    struct cmek_arena arena = {0};
    const char *full_name = cmek_json_string(cmek_json_get(result, "name"), &arena);
    const char *name = cmek_str_after(full_name, "//serviceusage.googleapis.com/");
    const char *state = cmek_json_string(cmek_json_get(result, "state"), &arena);
    struct cmek_strbuf text = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &text, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "name", name ? name : "");
    if (state)
        cmek_json_member_text(&writer, "state", state);
    cmek_json_end_object(&writer);
    struct cmek_json *data = NULL;
    if (name && cmek_json_parse(cmek_strbuf_text(&text), text.length, &data, NULL) == CMEK_OK)
        cmek_gcp_emit(scope->scan, NULL, cmek_asset_type_name(CMEK_ASSET_SERVICE), host, name,
                      data);
    cmek_json_free(data);
    cmek_strbuf_done(&text);
    cmek_arena_done(&arena);
}

static void services_page(void *payload, const struct cmek_json *answer)
{
    const struct cmek_json *results = cmek_json_get(answer, "results");
    for (size_t i = 0; i < cmek_json_count(results); i++)
        emit_service(payload, cmek_json_item(results, i));
}

static void services_end(void *payload, const struct cmek_gcp_error *error)
{
    if (error)
        cmek_gcp_report_broken(payload, CMEK_OPERATION_SEARCH_SERVICES, error,
                               "all of its enabled services from Cloud Asset Inventory");
}

static void search_services(struct cmek_gcp_scope *scope, const char *condition)
{
    struct cmek_strbuf path = {0}, query = {0};
    cmek_strbuf_puts(&path, "v1/");
    cmek_gcp_append_path(&path, scope->name);
    cmek_strbuf_puts(&path, ":searchAllResources");
    cmek_gcp_append_type(&query, cmek_asset_type_name(CMEK_ASSET_SERVICE));
    cmek_strbuf_puts(&query, "query=");
    cmek_url_encode(&query, condition);
    cmek_strbuf_puts(&query, "&readMask=name,state&fields=nextPageToken,results(name,state)");
    cmek_gcp_submit(scope->scan->client, &(struct cmek_gcp_call){
                                             .api = CMEK_GCP_CLOUD_ASSET,
                                             .method = "cloudasset.searchAllResources",
                                             .list = "results",
                                             .path = cmek_strbuf_text(&path),
                                             .query = cmek_strbuf_text(&query),
                                             .page_size = "pageSize=500",
                                             .page = services_page,
                                             .end = services_end,
                                             .payload = scope,
                                         });
    cmek_strbuf_done(&query);
    cmek_strbuf_done(&path);
}

/* Which registries are on, and where Pub/Sub is known to be off: whatever else a project has or has
 * not enabled changes no verdict. */
static void search_all_services(struct cmek_gcp_scope *scope)
{
    struct cmek_arena arena = {0};
    search_services(scope,
                    cmek_arena_printf(&arena, "state:ENABLED name:(%s OR %s)",
                                      cmek_enabled_service_name(CMEK_SERVICE_CONTAINER_REGISTRY),
                                      cmek_enabled_service_name(CMEK_SERVICE_ARTIFACT_REGISTRY)));
    search_services(scope, cmek_arena_printf(&arena, "state:DISABLED name:%s",
                                             cmek_enabled_service_name(CMEK_SERVICE_PUBSUB)));
    cmek_arena_done(&arena);
}

/* Policies of the first version, where the inventory does not hold those of the second. */

static void v1_page(void *payload, const struct cmek_json *answer)
{
    cmek_gcp_take_v1_policies(payload, answer);
}

static void v1_end(void *payload, const struct cmek_gcp_error *error)
{
    if (error)
        cmek_gcp_report_broken(payload, CMEK_OPERATION_LIST_HIERARCHY, error,
                               "its organization policies from Cloud Asset Inventory");
}

static void list_v1_policies(struct cmek_gcp_scope *scope)
{
    struct cmek_strbuf types = {0};
    cmek_gcp_append_node_types(&types);
    cmek_gcp_list_assets(scope, &(struct cmek_gcp_listing){cmek_strbuf_text(&types), "ORG_POLICY",
                                                           v1_page, v1_end, scope});
    cmek_strbuf_done(&types);
}

void cmek_gcp_read_beside_assets(struct cmek_gcp_scope *scope)
{
    if (cmek_gcp_selects(scope->scan, CMEK_TYPE_TOPIC))
        search_all_services(scope);
    if (scope->policies == 0)
        list_v1_policies(scope);
}

/* The hierarchy, which also tells whether the inventory can be used at all. */

static void fail_scope(struct cmek_gcp_scope *scope, const struct cmek_gcp_error *error)
{
    enum cmek_status status = error->status == 404   ? CMEK_E_NOT_FOUND
                              : error->status == 403 ? CMEK_E_DENIED
                                                     : CMEK_E_NET;
    cmek_fail(
        &scope->scan->fatal, status,
        "cannot read %s through Cloud Asset Inventory: %s (%s); grant roles/cloudasset.viewer "
        "there and enable cloudasset.googleapis.com in the quota project, or use --via direct",
        scope->name, error->message, error->word);
}

static void do_without(struct cmek_gcp_scope *scope, const struct cmek_gcp_error *error)
{
    struct cmek_gcp_scan *scan = scope->scan;
    if (scan->stopped)
        return; /* by the user, or since another scope cannot be read: no word on this one */
    if (scan->options->via == CMEK_GCP_VIA_INVENTORY) {
        fail_scope(scope, error);
        return;
    }
    const char *reason = cmek_arena_printf(&scan->arena, "%s (%s)", error->message, error->word);
    cmek_gcp_note(scope->scan,
                  cmek_arena_printf(&scan->arena,
                                    "%s is read directly, not through Cloud Asset Inventory: %s",
                                    scope->name, reason));
    cmek_gcp_read_directly(scope, reason);
}

static void list_hierarchy(struct cmek_gcp_scope *scope);

static void hierarchy_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_scope *scope = payload;
    bool is_first = scope->assets == 0;
    cmek_gcp_take_assets(scope, answer);
    if (!is_first || scope->assets == 0)
        return;
    scope->state = CMEK_GCP_SCOPE_BY_INVENTORY;
    cmek_gcp_note(scope->scan,
                  cmek_arena_printf(&scope->scan->arena, "%s is read through Cloud Asset Inventory",
                                    scope->name));
    cmek_gcp_list_resources(scope);
    if (cmek_gcp_selects(scope->scan, CMEK_TYPE_TOPIC))
        search_all_services(scope);
}

static void hierarchy_end(void *payload, const struct cmek_gcp_error *error)
{
    static const struct cmek_gcp_error nothing = {.status = 404,
                                                  .word = "not-found",
                                                  .message = "the inventory holds nothing of it"};
    struct cmek_gcp_scope *scope = payload;
    bool is_refused = error && error->status == 400;
    if (scope->assets == 0 && is_refused && !scope->without_policy_type) {
        scope->without_policy_type = true; /* maybe it is that type which it does not know */
        list_hierarchy(scope);
    } else if (scope->assets == 0) {
        do_without(scope, error ? error : &nothing);
    } else if (error) {
        cmek_gcp_report_broken(
            scope, CMEK_OPERATION_LIST_HIERARCHY, error,
            "all of its hierarchy, policies and tags from Cloud Asset Inventory");
    } else if (scope->policies == 0) {
        list_v1_policies(scope);
    }
}

static void list_hierarchy(struct cmek_gcp_scope *scope)
{
    struct cmek_strbuf types = {0};
    cmek_gcp_append_hierarchy_types(&types, !scope->without_policy_type);
    cmek_gcp_list_assets(scope, &(struct cmek_gcp_listing){cmek_strbuf_text(&types), "RESOURCE",
                                                           hierarchy_page, hierarchy_end, scope});
    cmek_strbuf_done(&types);
}

void cmek_gcp_inventory_read(struct cmek_gcp_scope *scope)
{
    scope->state = CMEK_GCP_SCOPE_ASKED;
    list_hierarchy(scope);
}
