/* SPDX-License-Identifier: Apache-2.0 */
/* The hierarchy and the policies set in it: Resource Manager v3, Organization Policy v2. */
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "model/names.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"

struct cmek_gcp_node *cmek_gcp_node_find(struct cmek_gcp_scan *scan, const char *ref)
{
    return cmek_map_get(&scan->nodes, ref);
}

static enum cmek_node_kind kind_of_ref(const char *ref)
{
    enum cmek_node_kind kind = CMEK_NODE_PROJECT;
    const char *id;
    cmek_node_ref_parse(ref, &kind, &id);
    return kind;
}

static enum cmek_node_kind kind_of(const struct cmek_gcp_node *node)
{
    return kind_of_ref(node->ref);
}

static const struct {
    const char *asset_type, *list_method, *get_method;
} kinds[] = {
    [CMEK_NODE_ORGANIZATION] = {"cloudresourcemanager.googleapis.com/Organization", NULL,
                                "cloudresourcemanager.organizations.get"},
    [CMEK_NODE_FOLDER] = {"cloudresourcemanager.googleapis.com/Folder",
                          "cloudresourcemanager.folders.list", "cloudresourcemanager.folders.get"},
    [CMEK_NODE_PROJECT] = {CMEK_TYPE_PROJECT, "cloudresourcemanager.projects.list",
                           "cloudresourcemanager.projects.get"},
};

bool cmek_gcp_put_below(struct cmek_gcp_node *node, struct cmek_gcp_node *above)
{
    size_t levels = 1;
    for (const struct cmek_gcp_node *at = above; at; at = at->above)
        if (at == node || ++levels > CMEK_LIMIT_ANCESTORS)
            return false;
    if (kind_of(node) == CMEK_NODE_ORGANIZATION)
        return false;
    node->above = above;
    node->parent = above->ref;
    node->is_top = false;
    return true;
}

struct cmek_gcp_node *cmek_gcp_node_named(struct cmek_gcp_scan *scan, const char *ref)
{
    struct cmek_gcp_node *node = cmek_gcp_node_find(scan, ref);
    if (node)
        return node;
    node = cmek_arena_alloc(&scan->arena, sizeof *node);
    node->ref = node->name = cmek_arena_strdup(&scan->arena, ref);
    cmek_map_put_borrowed(&scan->nodes, node->ref, node);
    return node;
}

/* The node that an Organization, Folder or Project of the API speaks of; its name there is always
 * a number. */
static struct cmek_gcp_node *node_of(struct cmek_gcp_scan *scan, const struct cmek_json *json)
{
    enum cmek_node_kind kind, parent_kind;
    const char *number;
    const char *ref = cmek_json_peek(cmek_json_get(json, "name"));
    if (!ref || !cmek_node_ref_parse(ref, &kind, &number) || !cmek_str_is_number(number))
        return NULL;
    struct cmek_gcp_node *node = cmek_gcp_node_named(scan, ref);
    const char *id = cmek_json_peek(cmek_json_get(json, "projectId"));
    if (id && !node->id) {
        node->name = cmek_arena_printf(&scan->arena, "projects/%s", id);
        node->id = cmek_short_name(node->name);
        cmek_map_put_borrowed(&scan->nodes, node->name, node);
    }
    const char *parent = cmek_json_peek(cmek_json_get(json, "parent"));
    if (!node->parent && parent && cmek_node_ref_parse(parent, &parent_kind, &number) &&
        cmek_str_is_number(number))
        node->parent = cmek_arena_strdup(&scan->arena, parent);
    /* A folder always has a parent: one without has an answer that does not show it. */
    node->is_top = kind == CMEK_NODE_ORGANIZATION || (kind == CMEK_NODE_PROJECT && !node->parent);
    struct cmek_gcp_node *above = node->parent ? cmek_gcp_node_find(scan, node->parent) : NULL;
    if (above && !node->above)
        cmek_gcp_put_below(node, above);
    return node;
}

static void emit_node(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node,
                      const struct cmek_json *json)
{
    if (node->is_emitted)
        return;
    node->is_emitted = true;
    scan->progress.nodes++;
    cmek_gcp_emit(scan, node, kinds[kind_of(node)].asset_type,
                  "cloudresourcemanager.googleapis.com", node->ref, json);
}

struct cmek_gcp_node *cmek_gcp_take_node(struct cmek_gcp_scan *scan, const struct cmek_json *json)
{
    struct cmek_gcp_node *node = node_of(scan, json);
    if (node)
        emit_node(scan, node, json);
    return node;
}

/* Policies */

static bool has_condition(const struct cmek_json *policy)
{
    static const char *const specs[] = {"spec", "dryRunSpec"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        const struct cmek_json *rules =
            cmek_json_get_path(cmek_json_get(policy, specs[i]), "rules");
        for (size_t k = 0; k < cmek_json_count(rules); k++)
            if (cmek_json_get(cmek_json_item(rules, k), "condition"))
                return true;
    }
    return false;
}

static void policies_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    const struct cmek_json *policies = cmek_json_get(answer, "policies");
    for (size_t i = 0; i < cmek_json_count(policies); i++) {
        const struct cmek_json *policy = cmek_json_item(policies, i);
        const char *name = cmek_json_peek(cmek_json_get(policy, "name"));
        if (!name || cmek_constraint_parse(cmek_short_name(name)) == CMEK_CONSTRAINT_COUNT_)
            continue;
        task->node->has_condition |= has_condition(policy);
        cmek_gcp_emit(task->scan, task->node, "orgpolicy.googleapis.com/Policy",
                      "orgpolicy.googleapis.com", name, policy);
    }
}

void cmek_gcp_read_policies(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    if (node->policies_asked)
        return;
    node->policies_asked = true;
    struct cmek_strbuf path = {0};
    cmek_strbuf_printf(&path, "v2/%s/policies", node->ref);
    cmek_gcp_ask(scan, node, node->ref,
                 "its organization policies, so verdicts that rest on them are unknown",
                 (struct cmek_gcp_call){
                     .api = CMEK_GCP_ORG_POLICY,
                     .method = "orgpolicy.policies.list",
                     .list = "policies",
                     .path = cmek_strbuf_text(&path),
                     .query = "fields=nextPageToken,policies(name,spec,dryRunSpec)",
                     .page_size = "pageSize=500",
                     .page = policies_page,
                 });
    cmek_strbuf_done(&path);
}

static void constraints_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    const struct cmek_json *constraints = cmek_json_get(answer, "constraints");
    for (size_t i = 0; i < cmek_json_count(constraints); i++) {
        const struct cmek_json *constraint = cmek_json_item(constraints, i);
        const char *name = cmek_json_peek(cmek_json_get(constraint, "name"));
        if (name && cmek_constraint_parse(cmek_short_name(name)) != CMEK_CONSTRAINT_COUNT_)
            cmek_gcp_emit(task->scan, task->node, "orgpolicy.googleapis.com/Constraint",
                          "orgpolicy.googleapis.com", name, constraint);
    }
}

/* Without the list, the documented default (ALLOW) stands: no gap. */
void cmek_gcp_read_constraints(struct cmek_gcp_scan *scan, struct cmek_gcp_node *organization)
{
    struct cmek_strbuf path = {0};
    cmek_strbuf_printf(&path, "v2/%s/constraints", organization->ref);
    cmek_gcp_ask(scan, organization, organization->ref, /* missing= */ NULL,
                 (struct cmek_gcp_call){
                     .api = CMEK_GCP_ORG_POLICY,
                     .method = "orgpolicy.constraints.list",
                     .list = "constraints",
                     .path = cmek_strbuf_text(&path),
                     .query = "fields=nextPageToken,constraints(name,constraintDefault)",
                     .page_size = "pageSize=1000",
                     .page = constraints_page,
                 });
    cmek_strbuf_done(&path);
}

/* Downwards */

static void enter_node(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node,
                       const struct cmek_json *json);

static void children_page(struct cmek_gcp_task *task, const struct cmek_json *list)
{
    for (size_t i = 0; i < cmek_json_count(list); i++) {
        const struct cmek_json *child = cmek_json_item(list, i);
        struct cmek_gcp_node *node = node_of(task->scan, child);
        if (node && cmek_gcp_put_below(node, task->node)) {
            enter_node(task->scan, node, child);
            continue;
        }
        const struct cmek_gcp_error error = {
            .word = "invalid-answer",
            .message = node ? "the answers contradict each other on what lies below what"
                            : "the answer holds an item that is no folder or project",
        };
        cmek_gcp_gap(task->scan, node ? node->ref : task->scope, task->operation, &error,
                     "a place in the hierarchy");
    }
}

static void folders_page(void *payload, const struct cmek_json *answer)
{
    children_page(payload, cmek_json_get(answer, "folders"));
}

static void projects_page(void *payload, const struct cmek_json *answer)
{
    children_page(payload, cmek_json_get(answer, "projects"));
}

static void read_children(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    static const struct {
        enum cmek_node_kind kind;
        const char *list, *path, *fields;
        void (*page)(void *payload, const struct cmek_json *answer);
    } lists[] = {
        {CMEK_NODE_FOLDER, "folders", "v3/folders",
         "fields=nextPageToken,folders(name,parent,displayName,state)", folders_page},
        {CMEK_NODE_PROJECT, "projects", "v3/projects",
         "fields=nextPageToken,projects(name,parent,projectId,state,displayName)", projects_page},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct cmek_strbuf query = {0};
        /* Deleted nodes keep their data for 30 days and are judged like any other. */
        cmek_strbuf_printf(&query, "parent=%s&showDeleted=true&%s", node->ref, lists[i].fields);
        cmek_gcp_ask(scan, node, node->ref,
                     "what lies below it: folders or projects may be missing from this scan",
                     (struct cmek_gcp_call){
                         .api = CMEK_GCP_RESOURCE_MANAGER,
                         .method = kinds[lists[i].kind].list_method,
                         .path = lists[i].path,
                         .query = cmek_strbuf_text(&query),
                         .page_size = "pageSize=500",
                         .list = lists[i].list,
                         .page = lists[i].page,
                     });
        cmek_strbuf_done(&query);
    }
}

/* A node of the scope: itself, its policies, and what lies in it or below it. */
static void enter_node(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node,
                       const struct cmek_json *json)
{
    if (node->in_scope)
        return;
    node->in_scope = true;
    node->is_emitted = false; /* met before as somebody's ancestor: now it counts */
    emit_node(scan, node, json);
    /* Those of other shards' projects as well: they say where the policies from above end. */
    cmek_gcp_read_policies(scan, node);
    if (kind_of(node) == CMEK_NODE_PROJECT &&
        !cmek_shard_holds(scan->options->shard, cmek_short_name(node->ref)))
        return;
    switch (kind_of(node)) {
    case CMEK_NODE_ORGANIZATION:
        cmek_gcp_read_constraints(scan, node);
        read_children(scan, node);
        return;
    case CMEK_NODE_FOLDER:
        read_children(scan, node);
        return;
    case CMEK_NODE_PROJECT:
        scan->progress.projects_known++;
        *CMEK_VEC_ADD(&scan->waiting) = node;
        return;
    }
}

/* Upwards: from a node to its organization, one get after the other. The asset at the bottom waits
 * for the top, since its record names all its ancestors. */

struct climb {
    struct cmek_gcp_scan *scan;
    struct cmek_gcp_node *bottom, *at;
    struct cmek_json *bottom_json; /* a copy that outlives the answer */
    bool for_scope;
    bool arrived; /* the answer to the last call was of use */
    size_t steps;
    const char *wanted; /* the reference being asked for */
    void (*finish)(struct climb *climb);
};

static struct cmek_json *copy_json(const struct cmek_json *json)
{
    struct cmek_strbuf text = {0};
    struct cmek_json *copy = NULL;
    cmek_json_print(json, &text);
    if (cmek_json_parse(cmek_strbuf_text(&text), text.length, &copy, NULL) != CMEK_OK)
        copy = NULL;
    cmek_strbuf_done(&text);
    return copy;
}

static void climb_on(struct climb *climb);

static void climb_page(void *payload, const struct cmek_json *answer)
{
    struct climb *climb = payload;
    struct cmek_gcp_node *node = node_of(climb->scan, answer);
    bool is_wanted = node && (climb->bottom ? strcmp(node->ref, climb->wanted) == 0
                                            : kind_of(node) == kind_of_ref(climb->wanted));
    if (!is_wanted)
        return;
    if (!climb->bottom) {
        climb->bottom = node;
        climb->bottom_json = copy_json(answer);
    } else if (!cmek_gcp_put_below(climb->at, node)) {
        return;
    } else {
        /* Ancestors of the scope count for their policies only; of a key's project not even for
         * those. */
        if (climb->for_scope)
            cmek_gcp_read_policies(climb->scan, node);
        if (climb->for_scope && kind_of(node) == CMEK_NODE_ORGANIZATION)
            cmek_gcp_read_constraints(climb->scan, node);
        if (climb->for_scope)
            emit_node(climb->scan, node, answer);
    }
    climb->at = node;
    climb->arrived = true;
}

/* A scope that cannot be read ends the scan: to go on would be to report on nothing. */
static void fail_scope(struct climb *climb, const struct cmek_gcp_error *problem)
{
    bool is_absent = problem->status == 404, is_refused = problem->status == 403;
    enum cmek_status status = is_absent    ? CMEK_E_NOT_FOUND
                              : is_refused ? CMEK_E_DENIED
                                           : CMEK_E_NET;
    cmek_fail(&climb->scan->fatal, status, "cannot read %s: %s (%s)%s", climb->wanted,
              problem->message, problem->word,
              is_absent || is_refused
                  ? "; check the number or id, and that the credentials may see "
                    "it (roles/browser)"
                  : "");
}

static void climb_fail(struct climb *climb, const struct cmek_gcp_error *problem)
{
    if (!climb->bottom && climb->for_scope && cmek_str_eq(problem->word, "interrupted"))
        cmek_gcp_gap(climb->scan, climb->wanted, "scan", problem, "the scope");
    else if (!climb->bottom && climb->for_scope)
        fail_scope(climb, problem);
    else if (climb->for_scope)
        cmek_gcp_gap(climb->scan, climb->wanted, kinds[kind_of_ref(climb->wanted)].get_method,
                     problem, "its place in the hierarchy and the policies above it");
    climb->finish(climb);
}

static void climb_end(void *payload, const struct cmek_gcp_error *error)
{
    struct climb *climb = payload;
    static const struct cmek_gcp_error useless = {
        .word = "invalid-answer", .message = "the answer does not speak of what was asked for"};
    if (!error && climb->arrived)
        climb_on(climb);
    else
        climb_fail(climb, error ? error : &useless);
}

struct cmek_gcp_call cmek_gcp_node_call(const char *ref, struct cmek_strbuf *path)
{
    enum cmek_node_kind kind = kind_of_ref(ref);
    cmek_strbuf_puts(path, "v3/");
    cmek_gcp_append_path(path, ref);
    return (struct cmek_gcp_call){
        .api = CMEK_GCP_RESOURCE_MANAGER,
        .method = kinds[kind].get_method,
        .path = cmek_strbuf_text(path),
        .query = kind == CMEK_NODE_ORGANIZATION ? "fields=name,displayName,state"
                 : kind == CMEK_NODE_FOLDER     ? "fields=name,parent,displayName,state"
                                                : "fields=name,parent,projectId,state,displayName",
    };
}

static void climb_ask(struct climb *climb, const char *ref)
{
    struct cmek_strbuf path = {0};
    climb->arrived = false;
    climb->wanted = cmek_arena_strdup(&climb->scan->arena, ref);
    struct cmek_gcp_call call = cmek_gcp_node_call(ref, &path);
    call.page = climb_page;
    call.end = climb_end;
    call.payload = climb;
    cmek_gcp_submit(climb->scan->client, &call);
    cmek_strbuf_done(&path);
}

static void climb_on(struct climb *climb)
{
    while (climb->at->above) /* known from another climb or from above */
        climb->at = climb->at->above;
    static const struct cmek_gcp_error no_parent = {
        .word = "invalid-answer", .message = "the answers show no way up to an organization"};
    if (climb->at->is_top)
        climb->finish(climb);
    else if (!climb->at->parent || ++climb->steps > CMEK_LIMIT_ANCESTORS)
        climb_fail(climb, &no_parent);
    else
        climb_ask(climb, climb->at->parent);
}

static void finish_scope(struct climb *climb)
{
    climb->scan->unfolding--;
    if (climb->bottom)
        enter_node(climb->scan, climb->bottom, climb->bottom_json);
    cmek_json_free(climb->bottom_json);
}

static void finish_context(struct climb *climb)
{
    if (climb->bottom && !climb->bottom->in_scope)
        emit_node(climb->scan, climb->bottom, climb->bottom_json);
    cmek_json_free(climb->bottom_json);
}

static void start_climb(struct cmek_gcp_scan *scan, const char *ref, bool for_scope,
                        void (*finish)(struct climb *climb))
{
    struct climb *climb = cmek_arena_alloc(&scan->arena, sizeof *climb);
    *climb = (struct climb){.scan = scan, .for_scope = for_scope, .finish = finish};
    climb_ask(climb, ref);
}

void cmek_gcp_read_scope(struct cmek_gcp_scan *scan, const char *scope)
{
    scan->unfolding++;
    start_climb(scan, scope, /* for_scope= */ true, finish_scope);
}

void cmek_gcp_read_context_project(struct cmek_gcp_scan *scan, const char *project)
{
    start_climb(scan, project, /* for_scope= */ false, finish_context);
}
