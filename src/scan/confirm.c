/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/confirm.h"

#include <string.h>

#include "base/vec.h"
#include "rules/rule.h"

struct confirm {
    struct cmek_inventory *inventory;
    struct cmek_arena arena;
    struct cmek_map named; /* what is a target already, by name */
    CMEK_VEC(struct cmek_gcp_target) targets;
    struct cmek_confirmation *confirmation;
};

static void add_target(struct confirm *confirm, const char *name, const char *asset_type,
                       const char *kms_key)
{
    if (!cmek_gcp_can_confirm(asset_type) || cmek_map_get(&confirm->named, name))
        return;
    cmek_map_put_borrowed(&confirm->named, name, confirm);
    *CMEK_VEC_ADD(&confirm->targets) = (struct cmek_gcp_target){name, asset_type, kms_key};
}

/* A fail rests on the resource; that of an unusable key rests on the key as well. */
static bool take_verdict(void *payload, const struct cmek_verdict *verdict)
{
    struct confirm *confirm = payload;
    const struct cmek_resource *resource = verdict->resource;
    if (verdict->status != CMEK_STATUS_FAIL || !resource)
        return true;
    const struct cmek_key *key = verdict->key ? verdict->key : resource->key;
    if (resource->lags)
        add_target(confirm, resource->name, resource->type->asset_type, key ? key->name : NULL);
    if (key && key->lags && cmek_str_eq(verdict->rule->check, "key-usable"))
        add_target(confirm,
                   cmek_arena_printf(&confirm->arena, "//cloudkms.googleapis.com/%s", key->name),
                   CMEK_TYPE_CRYPTO_KEY, NULL);
    return true;
}

static void take_record(void *payload, const struct cmek_record *record)
{
    struct confirm *confirm = payload;
    const struct cmek_resource *before =
        record->kind == CMEK_ASSET_RESOURCE
            ? cmek_map_get(&confirm->inventory->resources, record->name)
            : NULL;
    const struct cmek_key *key = before ? before->key : NULL;
    cmek_inventory_add(confirm->inventory, record);
    confirm->confirmation->changed += before && before->key != key;
}

static void drop(void *payload, const char *name)
{
    struct confirm *confirm = payload;
    cmek_inventory_drop(confirm->inventory, name);
}

void cmek_scan_confirm(struct cmek_feed *feed, struct cmek_inventory *inventory,
                       const struct cmek_evaluation_options *options,
                       struct cmek_confirmation *ret_confirmation)
{
    struct confirm confirm = {.inventory = inventory, .confirmation = ret_confirmation};
    struct cmek_evaluation *evaluation = cmek_evaluation_new(options);
    cmek_evaluation_run(evaluation, take_verdict, &confirm);
    cmek_evaluation_free(evaluation);
    if (confirm.targets.count > 0) {
        struct cmek_record_sink sink = {take_record, &confirm};
        struct cmek_gcp_confirm_result result;
        cmek_feed_confirm(feed, confirm.targets.items, confirm.targets.count, &sink, drop, &confirm,
                          &result);
        ret_confirmation->asked = result.asked;
        ret_confirmation->gone = result.gone;
        ret_confirmation->failed = result.failed;
    }
    CMEK_VEC_DONE(&confirm.targets);
    cmek_map_done(&confirm.named);
    cmek_arena_done(&confirm.arena);
}
