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

static bool holds(const char *const *items, size_t count, const char *text)
{
    size_t i = 0;
    while (i < count && strcmp(items[i], text) != 0)
        i++;
    return i < count;
}

static bool are_same_scopes(const struct cmek_scan_summary *a, const struct cmek_scan_summary *b)
{
    for (size_t i = 0; i < a->scope_count; i++)
        if (!holds(b->scopes, b->scope_count, a->scopes[i]))
            return false;
    for (size_t i = 0; i < b->scope_count; i++)
        if (!holds(a->scopes, a->scope_count, b->scopes[i]))
            return false;
    return true;
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
    bool is_service = holds(view->now->services, view->now->service_count, node);
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
        .same_scopes = are_same_scopes(old, now),
    };
    for (size_t i = 0; i < now->gap_count; i++)
        add_gap(view, &now->gaps[i]);
    bool is_explained = now->gap_count > 0 || now->total.by_status[CMEK_STATUS_UNKNOWN] > 0;
    if (!now->complete && !is_explained)
        view->sees_nothing = true;
}

void cmek_view_done(struct cmek_view *view)
{
    cmek_map_done(&view->gaps);
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

static bool is_of_plan(const struct cmek_scan_summary *summary)
{
    return cmek_str_eq(summary->source, "plan");
}

static bool is_scope(const struct cmek_view *view, const char *node,
                     const struct cmek_known_finding *finding)
{
    (void)finding;
    return holds(view->now->scopes, view->now->scope_count, node);
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
    const struct cmek_scan_summary *now = view->now;
    size_t rule = 0;
    for (size_t i = 0; i < now->not_judged_count; i++)
        if (strcmp(now->not_judged[i].rule_id, rule_id) == 0)
            return false;
    while (rule < now->rule_count && strcmp(now->rules[rule].id, rule_id) != 0)
        rule++;
    return rule < now->rule_count;
}

static uint64_t resources_of(const struct cmek_scan_summary *summary, const char *type)
{
    for (size_t i = 0; type && i < summary->resource_count; i++)
        if (strcmp(summary->resources[i].type, type) == 0)
            return summary->resources[i].total;
    return 0;
}

/* Whether a file may just not hold the type: then none of it is in there. */
static bool may_not_be_exported(const struct cmek_view *view, const char *type)
{
    return cmek_str_eq(view->now->source, "asset-file") && resources_of(view->now, type) == 0 &&
           resources_of(view->old, type) > 0;
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
    if (may_not_be_exported(view, finding->resource_type))
        return false;
    if (now->service_count == 0) /* an older report does not tell */
        return true;
    if (finding->service)
        return holds(now->services, now->service_count, finding->service);
    for (size_t i = 0; i < old->service_count; i++)
        if (!holds(now->services, now->service_count, old->services[i]))
            return false;
    return true;
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
