/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a scan has looked where an older one found something. */
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "model/names.h"
#include "model/shard.h"
#include "scan/compare.h"

/* A gap at a node. */
struct view_gap {
    const char *listed_service; /* that a listing of was refused: "storage"; NULL: any */
    const struct view_gap *next;
};

static bool is_of_plan(const struct cmek_scan_summary *summary)
{
    return cmek_str_eq(summary->source, "plan");
}

static void put_all(struct cmek_map *set, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cmek_map_put_borrowed(set, items[i], set);
}

static bool has_all(const struct cmek_map *set, const char *const *items, size_t count)
{
    size_t i = 0;
    while (i < count && cmek_map_get(set, items[i]))
        i++;
    return i == count;
}

static bool are_same_scopes(const struct cmek_view *view)
{
    struct cmek_map old = {0};
    put_all(&old, view->old->scopes, view->old->scope_count);
    bool are_same = has_all(&view->scopes, view->old->scopes, view->old->scope_count) &&
                    has_all(&old, view->now->scopes, view->now->scope_count);
    cmek_map_done(&old);
    return are_same;
}

/* Of types of which there were some, and a file now holds none. */
static void list_not_exported(struct cmek_view *view)
{
    struct cmek_map held = {0};
    const struct cmek_scan_summary *old = view->old, *now = view->now;
    for (size_t i = 0; i < now->resource_count; i++)
        if (now->resources[i].total > 0)
            cmek_map_put_borrowed(&held, now->resources[i].type, view);
    for (size_t i = 0; i < old->resource_count; i++)
        if (old->resources[i].total > 0 && !cmek_map_get(&held, old->resources[i].type))
            cmek_map_put_borrowed(&view->not_exported, old->resources[i].type, view);
    cmek_map_done(&held);
}

/* "storage" of "storage.buckets.list", where that is a service that resources lie in. */
static const char *listed_service(struct cmek_view *view, const char *operation)
{
    if (!operation || !cmek_str_ends(operation, ".list"))
        return NULL;
    size_t length = strcspn(operation, ".");
    for (size_t i = 0; i < view->now->resource_count; i++) {
        const char *type = view->now->resources[i].type;
        if (strncmp(type, operation, length) == 0 && type[length] == '.')
            return cmek_arena_strndup(&view->arena, operation, length);
    }
    return NULL;
}

static void add_gap(struct cmek_view *view, const struct cmek_coverage_gap *gap)
{
    const char *slash = strchr(gap->scope, '/'), *end = slash ? strchr(slash + 1, '/') : NULL;
    const char *node =
        end ? cmek_arena_strndup(&view->arena, gap->scope, (size_t)(end - gap->scope))
            : gap->scope; /* "projects/p" of "projects/p/locations/us" */
    enum cmek_node_kind kind;
    const char *id;
    bool is_service = cmek_map_get(&view->services, node) != NULL;
    if (!is_service && !cmek_node_ref_parse(node, &kind, &id)) {
        view->sees_nothing = true;
        return;
    }
    struct view_gap *added = cmek_arena_alloc(&view->arena, sizeof *added);
    added->listed_service = listed_service(view, gap->operation);
    added->next = cmek_map_get(&view->gaps, node);
    cmek_map_put_borrowed(&view->gaps, node, added);
}

void cmek_view_init(struct cmek_view *view, const struct cmek_scan_summary *old,
                    const struct cmek_scan_summary *now)
{
    *view = (struct cmek_view){
        .old = old,
        .now = now,
        .sees_nothing = now->gaps_not_listed > 0,
    };
    put_all(&view->scopes, now->scopes, now->scope_count);
    put_all(&view->services, now->services, now->service_count);
    for (size_t i = 0; i < now->rule_count; i++)
        cmek_map_put_borrowed(&view->rules, now->rules[i].id, view);
    for (size_t i = 0; i < now->not_judged_count; i++)
        cmek_map_put_borrowed(&view->not_judged, now->not_judged[i].rule_id, view);
    view->same_scopes = are_same_scopes(view);
    view->has_all_services = has_all(&view->services, old->services, old->service_count);
    if (cmek_str_eq(now->source, "asset-file"))
        list_not_exported(view);
    for (size_t i = 0; i < now->gap_count; i++)
        add_gap(view, &now->gaps[i]);
    bool is_explained = now->gap_count > 0 || now->total.by_status[CMEK_STATUS_UNKNOWN] > 0;
    if (!now->complete && !is_explained)
        view->sees_nothing = true;
}

void cmek_view_done(struct cmek_view *view)
{
    struct cmek_map *const maps[] = {&view->gaps,  &view->scopes,     &view->services,
                                     &view->rules, &view->not_judged, &view->not_exported};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        cmek_map_done(maps[i]);
    cmek_arena_done(&view->arena);
}

static bool hides(const struct cmek_view *view, const char *node,
                  const struct cmek_known_finding *finding)
{
    const struct view_gap *gap = cmek_map_get(&view->gaps, node);
    for (; gap; gap = gap->next) {
        const char *rest = gap->listed_service && finding->service
                               ? cmek_str_after(finding->service, gap->listed_service)
                               : "."; /* may be about anything, or the finding is */
        if (rest && rest[0] == '.')
            return true;
    }
    return false;
}

/* Calls @p asks with every name of a node that the finding lies in, until it says yes. */
static bool any_node(const struct cmek_view *view, const struct cmek_known_finding *finding,
                     bool (*asks)(const struct cmek_view *view, const char *node,
                                  const struct cmek_known_finding *finding))
{
    const char *const names[] = {finding->project_id, finding->project_number};
    for (size_t i = 0; i < finding->ancestors.count; i++)
        if (asks(view, finding->ancestors.items[i], finding))
            return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct cmek_strbuf node = {0};
        cmek_strbuf_printf(&node, "projects/%s", names[i] ? names[i] : "");
        bool answer = names[i] && asks(view, cmek_strbuf_text(&node), finding);
        cmek_strbuf_done(&node);
        if (answer)
            return true;
    }
    return false;
}

static bool is_scope(const struct cmek_view *view, const char *node,
                     const struct cmek_known_finding *finding)
{
    (void)finding;
    return cmek_map_get(&view->scopes, node) != NULL;
}

/* Of a file that does not tell what it covers, nothing is known to be covered. */
static bool holds_scope(const struct cmek_view *view, const struct cmek_known_finding *finding)
{
    if (view->same_scopes)
        return view->now->scope_count > 0 || is_of_plan(view->now);
    return any_node(view, finding, is_scope);
}

static bool is_in_scope(const struct cmek_view *view, const struct cmek_known_finding *finding)
{
    const struct cmek_shard shard = {(unsigned)view->now->shard.index,
                                     (unsigned)view->now->shard.count};
    const char *project = finding->project_number ? finding->project_number : finding->project_id;
    if (!holds_scope(view, finding))
        return false;
    return cmek_shard_holds(shard, project);
}

static bool is_judged(const struct cmek_view *view, const char *rule_id)
{
    return cmek_map_get(&view->rules, rule_id) && !cmek_map_get(&view->not_judged, rule_id);
}

/* Whether what the newer scan was to look at takes in the finding. */
static bool is_selected(const struct cmek_view *view, const struct cmek_known_finding *finding)
{
    const struct cmek_scan_summary *old = view->old, *now = view->now;
    bool has_project = finding->project_id || finding->project_number;
    if (now->shard.count > 0 && !has_project) /* it has seen a part of what lies below a node */
        return false;
    if (now->container_registry_only && !old->container_registry_only && !finding->has_role)
        return false;
    if (now->plan_changes_only && finding->after == CMEK_STATUS_ABSENT) /* or just left as it is */
        return false;
    if (finding->resource_type && cmek_map_get(&view->not_exported, finding->resource_type))
        return false;
    if (now->service_count == 0) /* an older report does not tell */
        return true;
    return finding->service ? cmek_map_get(&view->services, finding->service) != NULL
                            : view->has_all_services;
}

/* Whether the newer scan would have the finding if it were still there. */
static bool covers(const struct cmek_view *view, const struct cmek_known_finding *finding)
{
    return !view->sees_nothing && is_of_plan(view->old) == is_of_plan(view->now) &&
           is_in_scope(view, finding) && is_judged(view, finding->rule_id) &&
           is_selected(view, finding) && !any_node(view, finding, hides) &&
           !(finding->service && hides(view, finding->service, finding));
}

/* A verdict that passes is certain, gaps or not; but one on a node is on less than before where
 * fewer services, or the projects of a shard, are looked at. */
enum cmek_difference cmek_view_difference(const struct cmek_view *view,
                                          const struct cmek_known_finding *finding)
{
    bool is_looked_at =
        finding->after == CMEK_STATUS_PASS ? is_selected(view, finding) : covers(view, finding);
    return cmek_difference_of(finding->status, finding->after, is_looked_at);
}
