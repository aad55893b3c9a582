/* SPDX-License-Identifier: Apache-2.0 */
#include "model/explanation.h"
#include "model/inventory.h"
#include "report/explanation.h"
#include "report/finding_json.h"
#include "json/writer.h"

static const char *const ends[] = {
    [CMEK_WALK_TOP] = "top",
    [CMEK_WALK_NO_INHERITING] = "no-inheriting",
    [CMEK_WALK_RESET] = "reset",
    [CMEK_WALK_BROKEN_OFF] = "broken-off",
    [CMEK_WALK_NO_POLICIES] = "no-policies",
};

static void member_tristate(struct cmek_json_writer *writer, const char *name,
                            enum cmek_tristate value)
{
    if (value == CMEK_UNKNOWN)
        cmek_json_member_text(writer, name, NULL);
    else
        cmek_json_member_bool(writer, name, value == CMEK_YES);
}

static void member_node(struct cmek_json_writer *writer, const char *name,
                        const struct cmek_node *node)
{
    cmek_json_member_text(writer, name, node ? node->ref : NULL);
}

static void write_node_names(struct cmek_json_writer *writer, const struct cmek_node *node)
{
    member_node(writer, "node", node);
    cmek_json_member_text(writer, "name",
                          node->kind == CMEK_NODE_PROJECT ? node->id : node->display_name);
}

static void write_test(struct cmek_json_writer *writer, const struct cmek_explained_test *test)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "key", test->key);
    cmek_json_member_text(writer, "value", test->value);
    member_tristate(writer, "answer", test->answer);
    member_node(writer, "bound_at", test->bound_at);
    cmek_json_member_text(writer, "bound_value", test->bound_value);
    cmek_json_member_text(writer, "unknown", test->reason);
    cmek_json_end_object(writer);
}

static void write_condition(struct cmek_json_writer *writer, const struct cmek_explained_rule *rule)
{
    if (!rule->rule->condition) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "expression", rule->rule->condition);
    cmek_json_member_bool(writer, "asked", rule->is_condition_asked);
    member_tristate(writer, "holds", rule->condition);
    cmek_json_member_text(writer, "unknown", rule->condition_unknown);
    cmek_json_key(writer, "tags");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < rule->test_count; i++)
        write_test(writer, &rule->tests[i]);
    cmek_json_end_array(writer);
    cmek_json_end_object(writer);
}

static void write_entries(struct cmek_json_writer *writer, const char *name,
                          const struct cmek_explained_rule *rule, enum cmek_tristate covers)
{
    cmek_json_key(writer, name);
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < rule->entry_count; i++)
        if (rule->entries[i].covers == covers)
            cmek_json_text(writer, rule->entries[i].entry);
    cmek_json_end_array(writer);
}

static void write_rule(struct cmek_json_writer *writer, const struct cmek_explained_rule *rule)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "fate", cmek_fate_name(rule->fate));
    cmek_json_member_text(writer, "why", rule->why);
    cmek_json_member_bool(writer, "deny_all", rule->rule->deny_all);
    cmek_json_member_bool(writer, "allow_all", rule->rule->allow_all);
    cmek_json_key(writer, "denied_values");
    cmek_strings_write_json(writer, rule->rule->denied.items, rule->rule->denied.count);
    cmek_json_key(writer, "allowed_values");
    cmek_strings_write_json(writer, rule->rule->allowed.items, rule->rule->allowed.count);
    write_entries(writer, "covering_values", rule, CMEK_YES);
    write_entries(writer, "undecided_values", rule, CMEK_UNKNOWN);
    cmek_json_key(writer, "condition");
    write_condition(writer, rule);
    cmek_json_end_object(writer);
}

static void write_policy(struct cmek_json_writer *writer, const struct cmek_explained_node *step)
{
    if (!step->spec || step->spec->state != CMEK_SPEC_PRESENT) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    cmek_json_member_bool(writer, "inherit_from_parent", step->spec->inherit_from_parent);
    cmek_json_member_bool(writer, "reset", step->spec->reset);
    cmek_json_member_bool(writer, "live_in_dry_run", step->is_live_spec);
    cmek_json_key(writer, "rules");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < step->rule_count; i++)
        write_rule(writer, &step->rules[i]);
    cmek_json_end_array(writer);
    cmek_json_end_object(writer);
}

static void write_path(struct cmek_json_writer *writer, const struct cmek_explanation *explanation)
{
    bool has_policy = explanation->constraint != CMEK_CONSTRAINT_COUNT_;
    cmek_json_key(writer, "path");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < explanation->trail.count; i++) {
        const struct cmek_explained_node *step = &explanation->trail.nodes[i];
        cmek_json_begin_object(writer);
        write_node_names(writer, step->node);
        cmek_json_member_text(writer, "fate", has_policy ? cmek_fate_name(step->fate) : NULL);
        cmek_json_member_text(writer, "why", step->why);
        cmek_json_member_text(writer, "reason", step->reason);
        cmek_json_key(writer, "policy");
        write_policy(writer, step);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

static void write_walk(struct cmek_json_writer *writer, const struct cmek_explanation *explanation)
{
    const struct cmek_trail *trail = &explanation->trail;
    cmek_json_key(writer, "walk");
    if (explanation->constraint == CMEK_CONSTRAINT_COUNT_) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "end", ends[trail->end]);
    member_node(writer, "ended_at",
                trail->walked > 0 ? trail->nodes[trail->walked - 1].node : NULL);
    member_node(writer, "decided_at", explanation->decided_at);
    cmek_json_member_text(writer, "default", trail->default_deny ? "deny" : "allow");
    cmek_json_end_object(writer);
}

static void write_tags(struct cmek_json_writer *writer, const struct cmek_explanation *explanation)
{
    cmek_json_key(writer, "tags");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < explanation->tag_count; i++) {
        const struct cmek_explained_tag *tag = &explanation->tags[i];
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "key", tag->key);
        cmek_json_member_text(writer, "value", tag->value);
        member_node(writer, "bound_at", tag->node);
        cmek_json_member_bool(writer, "inherited", tag->is_inherited);
        cmek_json_member_bool(writer, "overridden", tag->is_overridden);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

static void write_key(struct cmek_json_writer *writer, const struct cmek_explanation *explanation)
{
    const struct cmek_key *key = explanation->key;
    const struct cmek_node *project = explanation->key_project;
    cmek_json_key(writer, "key");
    if (!key) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "name", key->name);
    cmek_json_member_text(writer, "state", explanation->key_state);
    cmek_json_key(writer, "path");
    cmek_json_begin_array(writer);
    for (size_t i = 0; project && project->chain && i < project->chain->count; i++) {
        cmek_json_begin_object(writer);
        write_node_names(writer, project->chain->nodes[i]);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
    cmek_json_member_bool(writer, "path_complete",
                          project && project->chain && project->chain->is_complete);
    cmek_json_end_object(writer);
}

void cmek_explanation_write_json(struct cmek_json_writer *writer,
                                 const struct cmek_explanation *explanation)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "schema_version", "1.0");
    cmek_json_key(writer, "finding");
    cmek_finding_write_json(writer, &explanation->finding);
    write_path(writer, explanation);
    write_walk(writer, explanation);
    write_tags(writer, explanation);
    write_key(writer, explanation);
    cmek_json_key(writer, "needs");
    cmek_strings_write_json(writer, explanation->needs, explanation->need_count);
    cmek_json_end_object(writer);
}
