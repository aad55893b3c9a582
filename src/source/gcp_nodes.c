/* SPDX-License-Identifier: Apache-2.0 */
/* The hierarchy and the policies set in it: Resource Manager v3, Organization Policy v2. */
#include <string.h>

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

static enum cmek_node_kind kind_of(const struct cmek_gcp_node *node)
{
    enum cmek_node_kind kind = CMEK_NODE_PROJECT;
    const char *id;
    cmek_node_ref_parse(node->ref, &kind, &id);
    return kind;
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

/* The node that an Organization, Folder or Project of the API speaks of. */
static struct cmek_gcp_node *node_of(struct cmek_gcp_scan *scan, const struct cmek_json *json)
{
    const char *ref = cmek_node_ref_of(cmek_json_peek(cmek_json_get(json, "name")), &scan->arena);
    if (!ref)
        return NULL;
    struct cmek_gcp_node *node = cmek_gcp_node_find(scan, ref);
    if (!node) {
        node = cmek_arena_alloc(&scan->arena, sizeof *node);
        node->ref = ref;
        cmek_map_put_borrowed(&scan->nodes, node->ref, node);
    }
    const char *id = cmek_json_peek(cmek_json_get(json, "projectId"));
    if (id && !node->id) {
        node->id = cmek_arena_strdup(&scan->arena, id);
        cmek_map_put(&scan->nodes, cmek_arena_printf(&scan->arena, "projects/%s", id), node);
    }
    const char *parent =
        cmek_node_ref_of(cmek_json_peek(cmek_json_get(json, "parent")), &scan->arena);
    if (parent)
        node->parent = parent;
    node->is_top = !node->parent;
    if (node->parent && !node->above)
        node->above = cmek_gcp_node_find(scan, node->parent);
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

static void policies_end(void *payload, const struct cmek_gcp_error *error)
{
    struct cmek_gcp_task *task = payload;
    if (error)
        cmek_gcp_gap(task->scan, task->node->ref, "orgpolicy.policies.list", error,
                     "its organization policies, so verdicts that rest on them are unknown");
}

static void read_policies(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    if (node->policies_asked)
        return;
    node->policies_asked = true;
    struct cmek_gcp_call call = {
        .api = CMEK_GCP_ORG_POLICY,
        .method = "orgpolicy.policies.list",
        .path = cmek_arena_printf(&scan->arena, "v2/%s/policies", node->ref),
        .query = "fields=nextPageToken,policies(name,spec,dryRunSpec)",
        .page_size = "pageSize=500",
        .page = policies_page,
        .end = policies_end,
        .payload = cmek_gcp_task(scan, node, NULL),
    };
    cmek_gcp_submit(scan->client, &call);
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
static void constraints_end(void *payload, const struct cmek_gcp_error *error)
{
    (void)payload;
    (void)error;
}

static void read_constraints(struct cmek_gcp_scan *scan, struct cmek_gcp_node *organization)
{
    struct cmek_gcp_call call = {
        .api = CMEK_GCP_ORG_POLICY,
        .method = "orgpolicy.constraints.list",
        .path = cmek_arena_printf(&scan->arena, "v2/%s/constraints", organization->ref),
        .query = "fields=nextPageToken,constraints(name,constraintDefault)",
        .page_size = "pageSize=1000",
        .page = constraints_page,
        .end = constraints_end,
        .payload = cmek_gcp_task(scan, organization, NULL),
    };
    cmek_gcp_submit(scan->client, &call);
}

/* Downwards */

static void enter_node(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node,
                       const struct cmek_json *json);

static void children_page(struct cmek_gcp_task *task, const struct cmek_json *list)
{
    for (size_t i = 0; i < cmek_json_count(list); i++) {
        const struct cmek_json *child = cmek_json_item(list, i);
        struct cmek_gcp_node *node = node_of(task->scan, child);
        if (!node)
            continue;
        node->above = task->node;
        node->parent = task->node->ref;
        node->is_top = false;
        enter_node(task->scan, node, child);
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

static void children_end(void *payload, const struct cmek_gcp_error *error)
{
    struct cmek_gcp_task *task = payload;
    if (error)
        cmek_gcp_gap(task->scan, task->node->ref, task->name, error,
                     "what lies below it: folders or projects may be missing from this scan");
}

static void read_children(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    static const struct {
        enum cmek_node_kind kind;
        const char *path, *fields;
        void (*page)(void *payload, const struct cmek_json *answer);
    } lists[] = {
        {CMEK_NODE_FOLDER, "v3/folders",
         "fields=nextPageToken,folders(name,parent,displayName,state)", folders_page},
        {CMEK_NODE_PROJECT, "v3/projects",
         "fields=nextPageToken,projects(name,parent,projectId,state,displayName)", projects_page},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct cmek_gcp_call call = {
            .api = CMEK_GCP_RESOURCE_MANAGER,
            .method = kinds[lists[i].kind].list_method,
            .path = lists[i].path,
            /* Deleted nodes keep their data for 30 days and are judged like any other. */
            .query = cmek_arena_printf(&scan->arena, "parent=%s&showDeleted=true&%s", node->ref,
                                       lists[i].fields),
            .page_size = "pageSize=500",
            .page = lists[i].page,
            .end = children_end,
            .payload = cmek_gcp_task(scan, node, kinds[lists[i].kind].list_method),
        };
        cmek_gcp_submit(scan->client, &call);
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
    read_policies(scan, node);
    switch (kind_of(node)) {
    case CMEK_NODE_ORGANIZATION:
        read_constraints(scan, node);
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
    bool failed;
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
    if (!node)
        return;
    if (!climb->bottom) {
        climb->bottom = node;
        climb->bottom_json = copy_json(answer);
    } else {
        climb->at->above = node;
        /* Ancestors of the scope count for their policies only; of a key's project not even for
         * those. */
        if (climb->for_scope)
            read_policies(climb->scan, node);
        if (climb->for_scope && kind_of(node) == CMEK_NODE_ORGANIZATION)
            read_constraints(climb->scan, node);
        if (climb->for_scope)
            emit_node(climb->scan, node, answer);
    }
    climb->at = node;
}

static void climb_end(void *payload, const struct cmek_gcp_error *error)
{
    struct climb *climb = payload;
    if (!error && climb->bottom && climb->at) {
        climb_on(climb);
        return;
    }
    struct cmek_gcp_error nothing = {.word = "invalid-answer",
                                     .message = "the answer names no node"};
    const struct cmek_gcp_error *problem = error ? error : &nothing;
    climb->failed = true;
    if (!climb->bottom && climb->for_scope)
        cmek_fail(
            &climb->scan->fatal, problem->status == 404 ? CMEK_E_NOT_FOUND : CMEK_E_DENIED,
            "cannot read %s: %s (%s); check the number or id, and that the credentials may see it "
            "(roles/browser)",
            climb->wanted, problem->message, problem->word);
    else if (climb->for_scope)
        cmek_gcp_gap(climb->scan, climb->wanted, kinds[CMEK_NODE_FOLDER].get_method, problem,
                     "its place in the hierarchy and the policies above it");
    climb->finish(climb);
}

static void climb_ask(struct climb *climb, const char *ref)
{
    enum cmek_node_kind kind = CMEK_NODE_PROJECT;
    const char *id;
    cmek_node_ref_parse(ref, &kind, &id);
    struct cmek_strbuf path = {0};
    cmek_strbuf_puts(&path, "v3/");
    cmek_gcp_append_path(&path, ref);
    climb->wanted = cmek_arena_strdup(&climb->scan->arena, ref);
    struct cmek_gcp_call call = {
        .api = CMEK_GCP_RESOURCE_MANAGER,
        .method = kinds[kind].get_method,
        .path = cmek_strbuf_text(&path),
        .query = kind == CMEK_NODE_ORGANIZATION ? "fields=name,displayName,state"
                 : kind == CMEK_NODE_FOLDER     ? "fields=name,parent,displayName,state"
                                                : "fields=name,parent,projectId,state,displayName",
        .page = climb_page,
        .end = climb_end,
        .payload = climb,
    };
    cmek_gcp_submit(climb->scan->client, &call);
    cmek_strbuf_done(&path);
}

static void climb_on(struct climb *climb)
{
    while (climb->at->above) /* known from another climb or from above */
        climb->at = climb->at->above;
    if (climb->at->is_top || !climb->at->parent)
        climb->finish(climb);
    else
        climb_ask(climb, climb->at->parent);
}

static void finish_scope(struct climb *climb)
{
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
    start_climb(scan, scope, /* for_scope= */ true, finish_scope);
}

void cmek_gcp_read_context_project(struct cmek_gcp_scan *scan, const char *project)
{
    start_climb(scan, cmek_arena_printf(&scan->arena, "projects/%s", project),
                /* for_scope= */ false, finish_context);
}
