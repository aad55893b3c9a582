/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a planned resource, where its row says they are. */
#include <string.h>

#include "base/strings.h"
#include "cmekscan/finding.h"
#include "model/catalogue.h"
#include "model/names.h"
#include "source/resource_keys.h"
#include "source/terraform_value.h"
#include "source/terraform_view.h"

struct reading {
    const struct cmek_tf_view *view;
    struct cmek_key_reader *reader;
    struct cmek_planned *planned;
};

/* The first that is not known speaks for the others. */
static void note(struct reading *reading, const char *reason, const char *detail)
{
    if (reading->planned->unknown_reason)
        return;
    reading->planned->unknown_reason = reason;
    reading->planned->unknown_detail = detail;
}

static void note_waiting(struct reading *reading, const char *what, const char *awaits)
{
    note(reading, "unknown-until-apply",
         cmek_arena_printf(reading->view->arena, "%s known only after apply: it waits for %s", what,
                           awaits));
}

static void take_end(void *payload, const struct cmek_tf_value *value, const size_t *indexes)
{
    struct reading *reading = payload;
    struct cmek_resource_data *resource = reading->reader->resource;
    const char *key = value->text;
    if (value->state == CMEK_TF_SENSITIVE) {
        key = "(sensitive value)"; /* of no shape, so of no known project */
        note(reading, "sensitive-value", "the plan marks its key as sensitive");
    } else if (value->state == CMEK_TF_UNKNOWN) {
        key = value->is_certain ? "(known after apply)" : NULL;
        resource->key_unreadable |= !value->is_certain;
        note_waiting(reading, "its key is", value->awaits);
    }
    resource->key_unreadable |= value->state == CMEK_TF_MISSHAPEN;
    cmek_key_reader_end(reading->reader, key, indexes);
}

static void walk(void *payload, const struct cmek_field_path *path, struct cmek_key_reader *reader)
{
    struct reading *reading = payload;
    reading->reader = reader;
    cmek_tf_view_walk(reading->view, path, take_end, reading);
}

/* What the ends of a field come to, held against a value; NULL: any. */
struct match {
    const char *wanted;
    enum cmek_tristate answer;
    const char *awaits;
};

static void compare(void *payload, const struct cmek_tf_value *value, const size_t *indexes)
{
    struct match *match = payload;
    (void)indexes;
    bool is_set = value->state != CMEK_TF_ABSENT && value->state != CMEK_TF_UNKNOWN;
    bool is_same = value->state == CMEK_TF_KNOWN && cmek_str_eq(value->text, match->wanted);
    if (match->wanted ? is_same : is_set) {
        match->answer = CMEK_YES;
    } else if (value->state == CMEK_TF_UNKNOWN && match->answer == CMEK_NO) {
        match->answer = CMEK_UNKNOWN;
        match->awaits = value->awaits;
    }
}

static struct match match_field(const struct cmek_tf_view *view, const struct cmek_field_path *path,
                                const char *value)
{
    struct match match = {value, CMEK_NO, NULL};
    cmek_tf_view_walk_blocks(view, path, compare, &match);
    return match;
}

/* Nothing fails by a row that nobody looked up. */
static const struct cmek_other_key not_verified = {
    .field = {.text = ""},
    .reason = "absence-not-conclusive",
    .detail = "the plan shows no key, but where this Terraform type would name one is not verified",
};

/* What will be set in a missing key's stead, or may be. */
static const struct cmek_other_key *other_key(const struct cmek_tf_view *view)
{
    for (size_t i = 0; i < view->row->other_key_count; i++)
        if (match_field(view, &view->row->other_keys[i].field, NULL).answer != CMEK_NO)
            return &view->row->other_keys[i];
    return view->row->is_verified ? NULL : &not_verified;
}

static bool names_it(const struct cmek_exception *exceptions, size_t count, const char *full_name)
{
    for (size_t i = 0; full_name && i < count; i++)
        if (cmek_exception_names(&exceptions[i], cmek_short_name(full_name)))
            return true;
    return false;
}

static enum cmek_tristate is_excepted(const struct cmek_tf_view *view, const char *full_name,
                                      const char **ret_awaits)
{
    const struct cmek_terraform_type *row = view->row;
    enum cmek_tristate answer = CMEK_NO;
    if (names_it(view->type->exceptions, view->type->exception_count, full_name) ||
        names_it(row->exceptions, row->exception_count, full_name))
        return CMEK_YES;
    for (size_t i = 0; i < row->exception_count; i++) {
        if (row->exceptions[i].name)
            continue;
        struct match match = match_field(view, &row->exceptions[i].field, row->exceptions[i].value);
        if (match.answer == CMEK_YES)
            return CMEK_YES;
        if (match.answer == CMEK_UNKNOWN && answer == CMEK_NO) {
            answer = CMEK_UNKNOWN;
            *ret_awaits = match.awaits;
        }
    }
    return answer;
}

void cmek_tf_read_keys(const struct cmek_tf_view *view, const char *full_name,
                       struct cmek_resource_data *resource, struct cmek_planned *planned)
{
    struct reading reading = {view, NULL, planned};
    const char *awaits = NULL;
    bool lacks = cmek_resource_keys_read(&view->row->keys, &view->row->further_keys, walk, &reading,
                                         resource, view->arena);
    if (lacks && !resource->key_unreadable)
        resource->other_key = other_key(view);
    enum cmek_tristate excepted = is_excepted(view, full_name, &awaits);
    resource->is_excepted = excepted == CMEK_YES;
    if (!lacks || excepted != CMEK_UNKNOWN)
        return;
    resource->key_unreadable = true;
    note_waiting(&reading, "whether it needs a key is", awaits);
}
