/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict into the flat finding that reports are made of. */
#include <ctype.h>
#include <string.h>

#include "base/sha256.h"
#include "base/strbuf.h"
#include "model/inventory.h"
#include "policy/values.h"
#include "rules/check.h"
#include "rules/evaluation.h"
#include "rules/rule.h"
#include "rules/template.h"

/* What templates are filled from. */
struct names {
    struct cmek_evaluation *evaluation;
    const struct cmek_verdict *verdict;
    const struct cmek_finding *finding;
    struct cmek_arena *arena;
    struct cmek_key_name key; /* parts of the present key; project NULL: none */
};

/* Cloud KMS location that can hold a key for a resource there
 * (cloud.google.com/kms/docs/locations): the EU multi-region of Cloud Storage is `europe` in Cloud
 * KMS, and a zone (europe-west1-b) is that of its region. */
static const char *key_location(const char *location, struct cmek_arena *arena)
{
    size_t length = location ? strlen(location) : 0;
    if (length == 2 && strcmp(location, "eu") == 0)
        return "europe";
    bool is_zone = length > 3 && location[length - 2] == '-' &&
                   islower((unsigned char)location[length - 1]) &&
                   isdigit((unsigned char)location[length - 3]);
    return is_zone ? cmek_arena_strndup(arena, location, length - 2) : location;
}

static const char *short_name(const struct names *names)
{
    return cmek_short_name(names->finding->resource_name);
}

static const char *key_part(const struct names *names, const char *part, size_t length)
{
    return names->key.project ? cmek_arena_strndup(names->arena, part, length) : NULL;
}

/* The one project that the policy names as allowed, where it names just one. */
static const char *only_allowed_project(const struct names *names, const struct cmek_chain *chain)
{
    const struct cmek_effective *effective =
        cmek_evaluation_effective(names->evaluation, chain, CMEK_CONSTRAINT_KEY_PROJECT,
                                  cmek_evaluation_governing(names->evaluation));
    const char *project = NULL;
    for (size_t i = 0; i < effective->rule_count; i++) {
        const struct cmek_strings *allowed = &effective->rules[i].rule->allowed;
        for (size_t k = 0; k < allowed->count; k++) {
            const char *named = cmek_value_project(allowed->items[k]);
            if (!named || (project && strcmp(project, named) != 0))
                return NULL;
            project = named;
        }
    }
    return project;
}

/* A key to use: one that is in use already and allowed here, else a name with the parts to fill in
 * standing out. */
static const char *new_key(const struct names *names)
{
    const struct cmek_resource *resource = names->verdict->resource;
    const struct cmek_chain *chain = resource ? resource->chain : names->verdict->node->chain;
    const char *location = resource ? key_location(resource->location, names->arena) : NULL;
    const char *known = location ? cmek_suggest_key(names->evaluation, resource, location) : NULL;
    const struct cmek_key *present = names->verdict->key;
    if (known && !(present && strcmp(known, present->name) == 0))
        return known;
    const char *project = chain ? only_allowed_project(names, chain) : NULL;
    return cmek_arena_printf(names->arena,
                             "projects/%s/locations/%s/keyRings/KEY_RING/cryptoKeys/KEY",
                             project ? project : "KEY_PROJECT", location ? location : "LOCATION");
}

/* The node that a finding is on, or that its resource lies in. */
static const char *node_of(const struct names *names)
{
    const struct cmek_verdict *verdict = names->verdict;
    const struct cmek_node *node = verdict->node ? verdict->node : verdict->project;
    return node ? node->ref : NULL;
}

/* "a, b": as YAML has it between brackets. */
static const char *services_list(const struct names *names)
{
    struct cmek_strbuf list = {0};
    for (enum cmek_registry_service i = 0; i < CMEK_REGISTRY_SERVICE_COUNT_; i++)
        if (names->verdict->services >> i & 1)
            cmek_strbuf_printf(&list, "%s%s", list.length > 0 ? ", " : "",
                               cmek_registry_service_value(i));
    const char *text = cmek_arena_strdup(names->arena, cmek_strbuf_text(&list));
    cmek_strbuf_done(&list);
    return text;
}

static const char *node_kind(const char *ref)
{
    static const char *const kinds[] = {"organization", "folder", "project"};
    for (size_t i = 0; ref && i < sizeof kinds / sizeof *kinds; i++)
        if (cmek_str_starts(ref, kinds[i]))
            return kinds[i];
    return NULL;
}

enum name {
    NAME_BUCKET,
    NAME_CONSTRAINT,
    NAME_KEY,
    NAME_KEY_LOCATION,
    NAME_KEY_NAME,
    NAME_KEY_PROJECT,
    NAME_KEY_RING,
    NAME_KEY_VERSION,
    NAME_LOCATION,
    NAME_MISSING_SERVICES,
    NAME_NEW_KEY,
    NAME_NODE,
    NAME_NODE_ID,
    NAME_NODE_KIND,
    NAME_POLICY_NODE,
    NAME_POLICY_NODE_ID,
    NAME_POLICY_NODE_KIND,
    NAME_PROJECT,
    NAME_PROJECT_NUMBER,
    NAME_REPOSITORY,
    NAME_RESOURCE,
    NAME_SERVICE,
    NAME_TOPIC,
    NAME_COUNT_,
};

const char *const cmek_rule_placeholders[NAME_COUNT_ + 1] = {
    [NAME_BUCKET] = "bucket",
    [NAME_CONSTRAINT] = "constraint",
    [NAME_KEY] = "key",
    [NAME_KEY_LOCATION] = "key_location",
    [NAME_KEY_NAME] = "key_name",
    [NAME_KEY_PROJECT] = "key_project",
    [NAME_KEY_RING] = "key_ring",
    [NAME_KEY_VERSION] = "key_version",
    [NAME_LOCATION] = "location",
    [NAME_MISSING_SERVICES] = "missing_services",
    [NAME_NEW_KEY] = "new_key",
    [NAME_NODE] = "node",
    [NAME_NODE_ID] = "node_id",
    [NAME_NODE_KIND] = "node_kind",
    [NAME_POLICY_NODE] = "policy_node",
    [NAME_POLICY_NODE_ID] = "policy_node_id",
    [NAME_POLICY_NODE_KIND] = "policy_node_kind",
    [NAME_PROJECT] = "project",
    [NAME_PROJECT_NUMBER] = "project_number",
    [NAME_REPOSITORY] = "repository",
    [NAME_RESOURCE] = "resource",
    [NAME_SERVICE] = "service",
    [NAME_TOPIC] = "topic",
};

static const char *value_of(const struct names *names, enum name name)
{
    const struct cmek_finding *finding = names->finding;
    const struct cmek_resource *resource = names->verdict->resource;
    const struct cmek_key *key = names->verdict->key;
    switch (name) {
    case NAME_BUCKET:
    case NAME_REPOSITORY:
    case NAME_RESOURCE:
        return short_name(names);
    case NAME_TOPIC:
        return resource ? short_name(names) : "gcr";
    case NAME_CONSTRAINT:
        return finding->constraint ? cmek_str_after(finding->constraint, "constraints/") : NULL;
    case NAME_KEY:
        return finding->kms_key;
    case NAME_KEY_LOCATION:
        return names->key.project ? key_part(names, names->key.location, names->key.location_length)
                                  : key_location(finding->location, names->arena);
    case NAME_KEY_NAME:
        return key_part(names, names->key.key, names->key.key_length);
    case NAME_KEY_PROJECT:
        return key_part(names, names->key.project, names->key.project_length);
    case NAME_KEY_RING:
        return key_part(names, names->key.ring, names->key.ring_length);
    case NAME_KEY_VERSION:
        return key && key->primary_name ? cmek_short_name(key->primary_name) : NULL;
    case NAME_LOCATION:
        return finding->location;
    case NAME_MISSING_SERVICES:
        return services_list(names);
    case NAME_NEW_KEY:
        return new_key(names);
    case NAME_NODE:
        return node_of(names);
    case NAME_NODE_ID:
        return node_of(names) ? cmek_short_name(node_of(names)) : NULL;
    case NAME_NODE_KIND:
        return node_kind(node_of(names));
    case NAME_POLICY_NODE:
        return finding->policy_set_at;
    case NAME_POLICY_NODE_ID:
        return finding->policy_set_at ? cmek_short_name(finding->policy_set_at) : NULL;
    case NAME_POLICY_NODE_KIND:
        return node_kind(finding->policy_set_at);
    case NAME_PROJECT:
        return finding->project_id ? finding->project_id : finding->project_number;
    case NAME_PROJECT_NUMBER:
        return finding->project_number;
    case NAME_SERVICE:
        return finding->service;
    case NAME_COUNT_:
        break;
    }
    return NULL;
}

static const char *look_up(void *payload, const char *name)
{
    for (enum name i = 0; i < NAME_COUNT_; i++)
        if (strcmp(cmek_rule_placeholders[i], name) == 0)
            return value_of(payload, i);
    return NULL;
}

/* What would mend a failure could break what complies: an unknown finding is to be decided first.
 */
static const char *remediation_cause(const struct names *names)
{
    return names->finding->status == CMEK_STATUS_UNKNOWN ? "undecided" : names->verdict->cause;
}

static bool suits(const char *condition, const char *value)
{
    return !condition || cmek_str_eq(condition, value);
}

static void render_remediation(const struct names *names, struct cmek_finding *finding)
{
    const struct cmek_rule *rule = names->verdict->rule;
    if (finding->status == CMEK_STATUS_PASS)
        return;
    for (size_t i = 0; i < rule->remediation_count; i++) {
        const struct cmek_remediation *remediation = &rule->remediations[i];
        if (!suits(remediation->resource_type, finding->resource_type) ||
            !suits(remediation->role, finding->resource_role) ||
            !suits(remediation->cause, remediation_cause(names)))
            continue;
        struct cmek_strbuf buffer = {0};
        struct names copy = *names;
        cmek_template_expand(remediation->text, CMEK_TEMPLATE_PROSE, look_up, &copy, &buffer);
        finding->remediation = cmek_arena_strdup(names->arena, cmek_strbuf_text(&buffer));
        if (remediation->command) {
            cmek_strbuf_clear(&buffer);
            cmek_template_expand(remediation->command, CMEK_TEMPLATE_COMMAND, look_up, &copy,
                                 &buffer);
            finding->remediation_command =
                cmek_arena_strdup(names->arena, cmek_strbuf_text(&buffer));
        }
        cmek_strbuf_done(&buffer);
        return;
    }
}

static void render_project(const struct cmek_verdict *verdict, const struct cmek_chain *chain,
                           struct cmek_arena *arena, struct cmek_finding *finding)
{
    if (verdict->project) {
        finding->project_id = verdict->project->id;
        finding->project_number = verdict->project->number;
    }
    const char **ancestors = cmek_arena_array(arena, chain ? chain->count : 0, sizeof *ancestors);
    for (size_t i = 0; chain && i < chain->count; i++) {
        ancestors[i] = chain->nodes[i]->ref;
        if (chain->nodes[i]->kind == CMEK_NODE_ORGANIZATION)
            finding->organization = chain->nodes[i]->ref;
    }
    finding->ancestors = ancestors;
    finding->ancestor_count = chain ? chain->count : 0;
}

static void render_resource(const struct cmek_evaluation *evaluation,
                            const struct cmek_verdict *verdict, struct cmek_arena *arena,
                            struct cmek_finding *finding)
{
    const struct cmek_resource *resource = verdict->resource;
    if (!resource) {
        static const enum cmek_asset_kind kinds[] = {
            [CMEK_NODE_ORGANIZATION] = CMEK_ASSET_ORGANIZATION,
            [CMEK_NODE_FOLDER] = CMEK_ASSET_FOLDER,
            [CMEK_NODE_PROJECT] = CMEK_ASSET_PROJECT,
        };
        render_project(verdict, verdict->node->chain, arena, finding);
        finding->service = verdict->check->service;
        finding->resource_type = cmek_asset_type_name(kinds[verdict->node->kind]);
        finding->resource_display_name =
            verdict->node->kind == CMEK_NODE_PROJECT ? NULL : verdict->node->display_name;
        finding->resource_name =
            cmek_arena_printf(arena, CMEK_NODE_NAME_PREFIX "%s", verdict->node->ref);
        return;
    }
    render_project(verdict, resource->chain, arena, finding);
    finding->location = resource->location;
    finding->service = resource->type->service->value;
    finding->resource_type = resource->type->asset_type;
    finding->resource_name = resource->name;
    finding->resource_role = cmek_resource_role(evaluation->options.inventory, resource);
    finding->created_at = resource->created_at;
    if (verdict->key) {
        finding->kms_key = verdict->key->name;
        finding->kms_key_project = verdict->key->project;
    }
}

/* What exists is blamed on the change of policy. */
static void render_source(const struct cmek_evaluation *evaluation,
                          const struct cmek_verdict *verdict, struct cmek_finding *finding)
{
    const struct cmek_planned *planned =
        verdict->resource ? verdict->resource->extras->planned : NULL;
    if (!planned && verdict->resource && verdict->constraint != CMEK_CONSTRAINT_COUNT_)
        planned = cmek_chain_planned_policy(evaluation->options.inventory, verdict->resource->chain,
                                            verdict->constraint);
    if (!planned)
        return;
    finding->source_address = planned->address;
    finding->source_file = planned->file;
    finding->source_line = planned->line;
}

static void render_policy(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                          struct cmek_finding *finding)
{
    finding->policy_inherited = CMEK_UNKNOWN;
    if (verdict->constraint == CMEK_CONSTRAINT_COUNT_)
        return;
    struct cmek_list_cause cause = cmek_verdict_cause(evaluation, verdict);
    if (!cause.node)
        return;
    finding->policy_set_at = cause.node->ref;
    finding->policy_value = cause.entry;
    const struct cmek_node *here = verdict->node ? verdict->node : verdict->project;
    finding->policy_inherited = cause.node == here ? CMEK_NO : CMEK_YES;
}

/* The rule's, and the page of the resource's service. */
static void render_references(const struct cmek_verdict *verdict, struct cmek_arena *arena,
                              struct cmek_finding *finding)
{
    const struct cmek_strings *references = &verdict->rule->references;
    const char *page = verdict->resource ? verdict->resource->type->service->reference : NULL;
    finding->references = references->items;
    finding->reference_count = references->count;
    if (!page)
        return;
    const char **all = cmek_arena_array(arena, references->count + 1, sizeof *all);
    for (size_t i = 0; i < references->count; i++)
        all[i] = references->items[i];
    all[references->count] = page;
    finding->references = all;
    finding->reference_count++;
}

static const char *finding_id(const struct cmek_finding *finding, struct cmek_arena *arena)
{
    char hex[65];
    const char *parts[] = {
        "cmekscan/v1",
        finding->rule_id,
        finding->resource_name,
        finding->constraint ? finding->constraint : "",
        cmek_enforcement_name(finding->enforcement),
    };
    cmek_sha256_hex(parts, sizeof parts / sizeof *parts, hex);
    return cmek_arena_strdup(arena, hex);
}

static void render_lifted(const struct cmek_verdict *verdict, struct cmek_strbuf *message)
{
    const struct cmek_node *project = verdict->project;
    if (verdict->resource)
        cmek_describe_resource(verdict->resource, message);
    else
        cmek_strbuf_printf(message, "project %s", project->id ? project->id : project->ref);
    cmek_strbuf_printf(message, " would comply: %s would ask nothing of it any more",
                       cmek_str_after(cmek_constraint_name(verdict->constraint), "constraints/"));
}

/* What is neither a failure nor a doubt, then as today, is no news. */
static const char *const baseline_states[CMEK_CHANGE_COUNT_] = {
    [CMEK_CHANGE_NONE] = "unchanged",
    [CMEK_CHANGE_NEWLY_FAILING] = "new",
    [CMEK_CHANGE_NEWLY_UNKNOWN] = "new",
    [CMEK_CHANGE_NO_LONGER_FAILING] = "resolved",
    [CMEK_CHANGE_NO_LONGER_UNKNOWN] = "resolved",
};

/* What the finding is about, and its id. */
static void identify(const struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                     struct cmek_arena *arena, struct cmek_finding *finding)
{
    finding->rule_id = verdict->rule->id;
    finding->enforcement = verdict->enforcement;
    finding->constraint = cmek_constraint_name(verdict->constraint);
    render_resource(evaluation, verdict, arena, finding);
    finding->finding_id = finding_id(finding, arena);
}

const char *cmek_verdict_id(const struct cmek_evaluation *evaluation,
                            const struct cmek_verdict *verdict, struct cmek_arena *arena)
{
    struct cmek_finding finding = {0};
    identify(evaluation, verdict, arena, &finding);
    return finding.finding_id;
}

void cmek_verdict_render(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                         struct cmek_arena *arena, struct cmek_finding *ret_finding)
{
    struct cmek_finding finding = {
        .status = verdict->status,
        .severity = verdict->rule->severity,
        .reason = verdict->reason,
        .provider = "gcp",
        .waiver_id = verdict->waiver_id,
        .waiver_expires = verdict->waiver_expires,
        .baseline_state = verdict->baseline_state,
        .controls = verdict->rule->controls.items,
        .control_count = verdict->rule->controls.count,
    };
    if (evaluation->options.simulates)
        finding.baseline_state = baseline_states[verdict->change];
    render_references(verdict, arena, &finding);
    identify(evaluation, verdict, arena, &finding);
    render_policy(evaluation, verdict, &finding);
    render_source(evaluation, verdict, &finding);
    struct cmek_strbuf message = {0};
    if (verdict->is_lifted)
        render_lifted(verdict, &message);
    else
        verdict->check->message(evaluation, verdict, &message);
    finding.message = cmek_arena_strdup(arena, cmek_strbuf_text(&message));
    cmek_strbuf_done(&message);
    struct names names = {evaluation, verdict, &finding, arena, {0}};
    if (finding.kms_key && !cmek_key_name_parse(finding.kms_key, &names.key))
        names.key.project = NULL;
    render_remediation(&names, &finding);
    *ret_finding = finding;
}
