/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys */
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/method.h"
#include "demo/page.h"
#include "json/json.h"

static const char *key_rest(struct cmek_demo_call *call)
{
    return cmek_arena_printf(&call->arena, "locations/%s/keyRings/%s/cryptoKeys/%s",
                             call->captures[1], call->captures[2], call->captures[3]);
}

static const struct cmek_demo_item *find_key(struct cmek_demo_call *call)
{
    const char *rest = key_rest(call);
    const char *name = cmek_arena_printf(&call->arena, "%s/%s", call->scope, rest);
    if (!call->node) {
        cmek_demo_fail_denied(call, name);
        return NULL;
    }
    const struct cmek_demo_item *item = cmek_demo_node_item(call->node, rest);
    if (!item)
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "CryptoKey %.300s not found.", name);
    return item;
}

static void get_key(struct cmek_demo_call *call)
{
    const struct cmek_demo_item *item = find_key(call);
    if (item)
        cmek_demo_answer_json(call, item->json);
}

struct version_filter {
    const char *prefix, *state;
};

static bool keep_version(void *payload, const struct cmek_demo_item *item)
{
    const struct version_filter *filter = payload;
    const char *at = strstr(item->name, filter->prefix);
    return at && (!filter->state || cmek_str_eq(filter->state, item->status));
}

/* An asset file need not hold the versions: the key's own `primary` is one. */
static const struct cmek_demo_items *versions_of(struct cmek_demo_call *call,
                                                 const struct cmek_demo_item *key,
                                                 const struct version_filter *filter)
{
    const struct cmek_demo_items *versions = &call->node->lists[CMEK_DEMO_KEY_VERSIONS];
    for (size_t i = 0; i < versions->count; i++)
        if (strstr(versions->items[i]->name, filter->prefix))
            return versions;
    struct cmek_demo_items *made = cmek_arena_alloc(&call->arena, sizeof *made);
    struct cmek_json *document = NULL;
    if (cmek_json_parse(key->json, strlen(key->json), &document, NULL) != CMEK_OK)
        return made;
    const struct cmek_json *primary = cmek_json_get(document, "primary");
    if (primary) {
        struct cmek_strbuf text = {0};
        cmek_json_print(primary, &text);
        struct cmek_demo_item *item = cmek_arena_alloc(&call->arena, sizeof *item);
        const struct cmek_demo_item **items = cmek_arena_array(&call->arena, 1, sizeof *items);
        item->name = cmek_json_string(cmek_json_get(primary, "name"), &call->arena);
        item->status = cmek_json_string(cmek_json_get(primary, "state"), &call->arena);
        item->json = cmek_arena_strdup(&call->arena, cmek_strbuf_text(&text));
        items[0] = item;
        *made = (struct cmek_demo_items){.items = items, .count = item->name ? 1 : 0};
        cmek_strbuf_done(&text);
    }
    cmek_json_free(document);
    return made;
}

static void list_versions(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "cryptoKeyVersions",
                                                   .default_size = 100,
                                                   .max_size = 1000};
    const struct cmek_demo_item *key = find_key(call);
    if (!key)
        return;
    struct version_filter filter = {
        .prefix = cmek_arena_printf(&call->arena, "/%s/cryptoKeyVersions/", key_rest(call))};
    const char *condition = cmek_demo_call_param(call, "filter");
    if (condition && condition[0] != '\0') {
        filter.state = cmek_str_after(condition, "state=");
        if (!filter.state)
            filter.state = cmek_str_after(condition, "state:");
        if (!filter.state) {
            cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid filter: %.100s", condition);
            return;
        }
    }
    cmek_demo_page_answer(call, &paging, versions_of(call, key, &filter), keep_version, &filter);
}

static const char *const list_params[] = {"filter",    "orderBy", "pageSize",
                                          "pageToken", "view",    NULL};

#define KEY_PATH "v1/projects/*/locations/*/keyRings/*/cryptoKeys/*"

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_KMS, "GET", KEY_PATH, "cloudkms.cryptoKeys.get", CMEK_DEMO_SCOPE_PATH, NULL,
     get_key},
    {CMEK_DEMO_KMS, "GET", KEY_PATH "/cryptoKeyVersions", "cloudkms.cryptoKeyVersions.list",
     CMEK_DEMO_SCOPE_PATH, list_params, list_versions},
};

const struct cmek_demo_methods cmek_demo_kms_methods = CMEK_DEMO_METHODS(methods);
