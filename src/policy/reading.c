/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "model/inventory.h"
#include "policy/values.h"

#define ENTRIES_SHOWN 10

/* One spelling for all that mean the same. `is:under:…` means nothing at all, so it keeps its own.
 */
static const char *plain_entry(const struct cmek_inventory *inventory,
                               enum cmek_constraint constraint, const char *entry,
                               struct cmek_arena *arena)
{
    const char *bare = cmek_str_after(entry, "is:");
    if (!bare || cmek_str_starts(bare, "under:") || cmek_str_starts(bare, "in:") ||
        cmek_str_starts(bare, "is:"))
        bare = entry;
    const char *project =
        constraint == CMEK_CONSTRAINT_KEY_PROJECT ? cmek_value_project(entry) : NULL;
    if (!project)
        return bare;
    const struct cmek_node *node = cmek_inventory_project(inventory, project);
    return cmek_arena_printf(arena, "projects/%s", node && node->number ? node->number : project);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct cmek_strings sorted_once(const char **items, size_t count)
{
    if (count > 0)
        qsort(items, count, sizeof *items, compare);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(items[kept - 1], items[i]) != 0)
            items[kept++] = items[i];
    return (struct cmek_strings){items, kept};
}

static bool holds(const struct cmek_strings *sorted, const char *entry)
{
    return sorted->count > 0 &&
           bsearch(&entry, sorted->items, sorted->count, sizeof *sorted->items, compare) != NULL;
}

static struct cmek_strings without(const struct cmek_strings *strings,
                                   const struct cmek_strings *others, struct cmek_arena *arena)
{
    const char **items = cmek_arena_array(arena, strings->count, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < strings->count; i++)
        if (!holds(others, strings->items[i]))
            items[count++] = strings->items[i];
    return (struct cmek_strings){items, count};
}

static bool is_subtree(const char *entry)
{
    return cmek_str_starts(entry, "under:");
}

static bool has_subtree(const struct cmek_strings *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        if (is_subtree(entries->items[i]))
            return true;
    return false;
}

/* Denials win, so an entry of both lists is not allowed. Nor need it be denied then, unless it is a
 * subtree, or a subtree that is allowed may hold it. */
static void settle(struct cmek_reading *reading, struct cmek_arena *arena)
{
    struct cmek_strings left = without(&reading->allowed, &reading->denied, arena);
    const char **denied = cmek_arena_array(arena, reading->denied.count, sizeof *denied);
    size_t count = 0;
    bool subtree = has_subtree(&left);
    for (size_t i = 0; i < reading->denied.count; i++) {
        const char *entry = reading->denied.items[i];
        if (subtree || is_subtree(entry) || !holds(&reading->allowed, entry))
            denied[count++] = entry;
    }
    reading->allowed = left;
    reading->denied = (struct cmek_strings){denied, count};
    if (left.count == 0)
        *reading = (struct cmek_reading){.denies_all = true};
}

struct lists {
    const char **allowed, **denied;
    size_t allowed_count, denied_count;
};

static struct lists room_for(const struct cmek_policy_rule *const *rules, size_t rule_count,
                             struct cmek_arena *arena)
{
    size_t allowed = 0, denied = 0;
    for (size_t i = 0; i < rule_count; i++) {
        allowed += rules[i]->allowed.count;
        denied += rules[i]->denied.count;
    }
    return (struct lists){cmek_arena_array(arena, allowed, sizeof(const char *)),
                          cmek_arena_array(arena, denied, sizeof(const char *)), 0, 0};
}

struct cmek_reading cmek_reading_of(const struct cmek_inventory *inventory,
                                    enum cmek_constraint constraint,
                                    const struct cmek_policy_rule *const *rules, size_t rule_count,
                                    struct cmek_arena *arena)
{
    struct lists lists = room_for(rules, rule_count, arena);
    bool allows_all = false, denies_all = false;
    for (size_t i = 0; i < rule_count; i++) {
        const struct cmek_policy_rule *rule = rules[i];
        allows_all |= rule->allow_all;
        denies_all |= rule->deny_all;
        for (size_t k = 0; k < rule->allowed.count; k++)
            lists.allowed[lists.allowed_count++] =
                plain_entry(inventory, constraint, rule->allowed.items[k], arena);
        for (size_t k = 0; k < rule->denied.count; k++)
            lists.denied[lists.denied_count++] =
                plain_entry(inventory, constraint, rule->denied.items[k], arena);
    }
    bool says_nothing =
        !allows_all && !denies_all && lists.allowed_count == 0 && lists.denied_count == 0;
    if (denies_all || (says_nothing && inventory->default_deny[constraint]))
        return (struct cmek_reading){.denies_all = true};
    struct cmek_reading reading = {.denied = sorted_once(lists.denied, lists.denied_count)};
    if (allows_all || lists.allowed_count == 0)
        return reading;
    reading.has_allow_list = true;
    reading.allowed = sorted_once(lists.allowed, lists.allowed_count);
    settle(&reading, arena);
    return reading;
}

static bool same_strings(const struct cmek_strings *a, const struct cmek_strings *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

bool cmek_reading_equal(const struct cmek_reading *a, const struct cmek_reading *b)
{
    return a->denies_all == b->denies_all && a->has_allow_list == b->has_allow_list &&
           same_strings(&a->allowed, &b->allowed) && same_strings(&a->denied, &b->denied);
}

static void append_entries(const char *intro, const struct cmek_strings *entries,
                           struct cmek_strbuf *buffer)
{
    for (size_t i = 0; i < entries->count && i < ENTRIES_SHOWN; i++)
        cmek_strbuf_printf(buffer, "%s%s", i > 0 ? ", " : intro, entries->items[i]);
    if (entries->count > ENTRIES_SHOWN)
        cmek_strbuf_printf(buffer, " and %zu more", entries->count - ENTRIES_SHOWN);
}

void cmek_reading_describe(const struct cmek_reading *reading, struct cmek_strbuf *buffer)
{
    if (reading->denies_all)
        cmek_strbuf_puts(buffer, "denies everything");
    else if (!reading->has_allow_list && reading->denied.count == 0)
        cmek_strbuf_puts(buffer, "allows everything");
    append_entries("allows only ", &reading->allowed, buffer);
    append_entries(reading->has_allow_list ? " and denies " : "denies ", &reading->denied, buffer);
}

bool cmek_reading_describe_surplus(const struct cmek_reading *reading,
                                   const struct cmek_reading *other, struct cmek_strbuf *buffer)
{
    struct cmek_arena arena = {0};
    struct cmek_strings denied = without(&reading->denied, &other->denied, &arena);
    struct cmek_strings allowed = without(&reading->allowed, &other->allowed, &arena);
    append_entries("denied ", &denied, buffer);
    append_entries(denied.count > 0 ? "; allowed " : "allowed ", &allowed, buffer);
    cmek_arena_done(&arena);
    return denied.count + allowed.count > 0;
}
