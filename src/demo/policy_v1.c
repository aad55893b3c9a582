/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/policy_v1.h"

#include <string.h>

#include "base/strings.h"
#include "demo/index.h"
#include "model/names.h"
#include "json/json.h"
#include "json/writer.h"

struct list_policy {
    const char *all;                    /* "ALLOW", "DENY" or NULL */
    struct cmek_strbuf allowed, denied; /* quoted, with commas */
    bool enforced;
};

static void append_values(struct cmek_strbuf *buffer, const struct cmek_json *values)
{
    for (size_t i = 0; i < cmek_json_count(values); i++) {
        if (buffer->length > 0)
            cmek_strbuf_putc(buffer, ',');
        cmek_json_print(cmek_json_item(values, i), buffer);
    }
}

static void add_rule(struct list_policy *list, const struct cmek_json *rule)
{
    if (cmek_json_get(rule, "condition"))
        return;
    if (cmek_json_is_true(cmek_json_get(rule, "allowAll")))
        list->all = "ALLOW";
    if (cmek_json_is_true(cmek_json_get(rule, "denyAll")))
        list->all = "DENY";
    list->enforced |= cmek_json_is_true(cmek_json_get(rule, "enforce"));
    append_values(&list->allowed, cmek_json_get_path(rule, "values.allowedValues"));
    append_values(&list->denied, cmek_json_get_path(rule, "values.deniedValues"));
}

static void write_values(struct cmek_json_writer *writer, const char *name,
                         const struct cmek_strbuf *values)
{
    if (values->length == 0)
        return;
    struct cmek_strbuf array = {0};
    cmek_strbuf_printf(&array, "[%s]", cmek_strbuf_text(values));
    cmek_json_key(writer, name);
    cmek_json_raw(writer, cmek_strbuf_text(&array));
    cmek_strbuf_done(&array);
}

static void write_spec(const struct cmek_json *spec, struct cmek_json_writer *writer)
{
    if (cmek_json_is_true(cmek_json_get(spec, "reset"))) {
        cmek_json_key(writer, "restoreDefault");
        cmek_json_begin_object(writer);
        cmek_json_end_object(writer);
        return;
    }
    struct list_policy list = {0};
    const struct cmek_json *rules = cmek_json_get(spec, "rules");
    for (size_t i = 0; i < cmek_json_count(rules); i++)
        add_rule(&list, cmek_json_item(rules, i));
    cmek_json_key(writer, list.enforced ? "booleanPolicy" : "listPolicy");
    cmek_json_begin_object(writer);
    if (list.enforced)
        cmek_json_member_bool(writer, "enforced", true);
    if (list.all)
        cmek_json_member_text(writer, "allValues", list.all);
    write_values(writer, "allowedValues", &list.allowed);
    write_values(writer, "deniedValues", &list.denied);
    if (cmek_json_is_true(cmek_json_get(spec, "inheritFromParent")))
        cmek_json_member_bool(writer, "inheritFromParent", true);
    cmek_json_end_object(writer);
    cmek_strbuf_done(&list.allowed);
    cmek_strbuf_done(&list.denied);
}

void cmek_demo_write_v1_policies(const struct cmek_demo_items *policies, struct cmek_arena *arena,
                                 struct cmek_json_writer *writer)
{
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < policies->count; i++) {
        const struct cmek_demo_item *item = policies->items[i];
        struct cmek_json *policy = NULL;
        if (cmek_json_parse(item->json, strlen(item->json), &policy, NULL) != CMEK_OK)
            continue;
        const struct cmek_json *spec = cmek_json_get(policy, "spec");
        if (spec) {
            cmek_json_begin_object(writer);
            cmek_json_member_text(writer, "constraint",
                                  cmek_arena_printf(arena, "constraints/%s",
                                                    cmek_short_name(item->name)));
            write_spec(spec, writer);
            cmek_json_end_object(writer);
        }
        cmek_json_free(policy);
    }
    cmek_json_end_array(writer);
}
