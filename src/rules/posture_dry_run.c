/* SPDX-License-Identifier: Apache-2.0 */
/* What a dry run would demand and the live policy does not. */
#include <string.h>

#include "base/strbuf.h"
#include "model/catalogue.h"
#include "model/inventory.h"
#include "policy/values.h"
#include "rules/check.h"
#include "rules/evaluation.h"
#include "rules/posture.h"

/* Asking about every key project is quadratic in the entries; Google's own limits stay far below.
 */
#define COMPARISONS_MAX ((size_t)4 * 1000 * 1000)

/* The two policies that are compared. */
struct pair {
    struct cmek_evaluation *evaluation;
    const struct cmek_effective *dry_run, *live;
};

/* A project that keys could come from. All that entries can tell of projects is which of them they
 * name and in which named subtree they lie, so asking about one of each kind is asking about all.
 */
struct key_source {
    const struct cmek_inventory *inventory;
    const char *project; /* one that an entry names, or NULL */
    const char *subtree; /* … or an unnamed one right below this node; NULL: below no named node */
};

static enum cmek_tristate match_source(void *payload, const char *entry)
{
    const struct key_source *source = payload;
    if (source->project)
        return cmek_value_covers_project(source->inventory, entry, source->project);
    return cmek_value_covers_new_project(source->inventory, entry, source->subtree);
}

/* Two answers of cmek_list_ask: what the dry run demands, the live policy must demand as well. */
static unsigned compare(unsigned dry_run, unsigned live, unsigned demanded)
{
    unsigned outcomes = 0;
    if ((dry_run & demanded) && (live & ~demanded))
        outcomes |= CMEK_OUTCOME_FAIL;
    if ((dry_run & ~demanded) || (live & demanded))
        outcomes |= CMEK_OUTCOME_PASS;
    return outcomes;
}

/* Takes one more comparison in: one that fails is enough, and all must pass. */
static void merge(struct cmek_posture_answer *answer, unsigned outcomes)
{
    if (answer->outcomes == CMEK_OUTCOME_FAIL || outcomes == CMEK_OUTCOME_FAIL)
        answer->outcomes = CMEK_OUTCOME_FAIL;
    else
        answer->outcomes |= outcomes;
}

/* One that is not Container Registry's is named where none of them is. */
static void note_failing(const struct cmek_service *service, struct cmek_posture_answer *answer)
{
    for (enum cmek_registry_service i = 0; i < CMEK_REGISTRY_SERVICE_COUNT_; i++)
        if (strcmp(service->value, cmek_registry_service_value(i)) == 0) {
            answer->services |= 1U << i;
            return;
        }
    if (!answer->value)
        answer->value = service->value;
}

static void compare_services(const struct pair *pair, struct cmek_posture_answer *answer)
{
    const struct cmek_catalogue *catalogue = pair->evaluation->options.catalogue;
    for (size_t i = 0; i < catalogue->services.count; i++) {
        const struct cmek_service *service = catalogue->services.items[i];
        if (!service->is_selected)
            continue;
        unsigned outcomes = compare(cmek_list_ask(pair->dry_run, cmek_match_service,
                                                  (void *)(uintptr_t)service->value),
                                    cmek_list_ask(pair->live, cmek_match_service,
                                                  (void *)(uintptr_t)service->value),
                                    CMEK_DENIED);
        if (outcomes == CMEK_OUTCOME_FAIL)
            note_failing(service, answer);
        merge(answer, outcomes);
    }
}

static void compare_source(const struct pair *pair, struct key_source *source, const char *name,
                           struct cmek_posture_answer *answer)
{
    unsigned outcomes = compare(cmek_list_ask(pair->dry_run, match_source, source),
                                cmek_list_ask(pair->live, match_source, source), CMEK_DENIED);
    if (outcomes == CMEK_OUTCOME_FAIL && !answer->value)
        answer->value = name;
    merge(answer, outcomes);
}

/* Whether anything restricts, which no value matters to: beside allowAll a list denies nothing, but
 * demands a key of Container Registry's buckets. */
static void compare_restriction(const struct pair *pair, struct key_source *source,
                                struct cmek_posture_answer *answer)
{
    merge(answer, compare(cmek_list_ask(pair->dry_run, match_source, source),
                          cmek_list_ask(pair->live, match_source, source), CMEK_RESTRICTED));
}

/* Adds the entries by which projects can be told apart, each once; counts all. */
static size_t add_entries(const struct cmek_effective *effective, struct cmek_map *entries)
{
    size_t count = 0;
    for (size_t i = 0; i < effective->rule_count; i++) {
        const struct cmek_policy_rule *rule = effective->rules[i].rule;
        const struct cmek_strings *const lists[] = {&rule->allowed, &rule->denied};
        for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
            count += lists[l]->count;
            for (size_t k = 0; k < lists[l]->count; k++) {
                const char *entry = lists[l]->items[k];
                if (cmek_value_project(entry) || cmek_value_subtree(entry))
                    cmek_map_put_borrowed(entries, entry, (void *)(uintptr_t)entry);
            }
        }
    }
    return count;
}

static void compare_entry(const struct pair *pair, const char *entry,
                          struct cmek_posture_answer *answer)
{
    struct cmek_arena *arena = &pair->evaluation->arena;
    struct key_source source = {
        .inventory = cmek_evaluation_inventory(pair->evaluation),
        .project = cmek_value_project(entry),
        .subtree = cmek_value_subtree(entry),
    };
    const char *name = source.project ? "project" : "projects below";
    const char *known = answer->value;
    compare_source(pair, &source, name, answer);
    if (answer->value != known)
        answer->value = cmek_arena_printf(arena, "%s %s", name,
                                          source.project ? source.project : source.subtree);
}

static void compare_key_projects(const struct pair *pair, struct cmek_posture_answer *answer)
{
    struct cmek_map entries = {0};
    size_t count = add_entries(pair->dry_run, &entries) + add_entries(pair->live, &entries);
    if (cmek_map_count(&entries) * count > COMPARISONS_MAX) {
        answer->outcomes = CMEK_OUTCOME_FAIL | CMEK_OUTCOME_PASS;
        answer->reason = "policy-too-large";
        answer->detail = "the policies name too many projects to compare them";
        cmek_map_done(&entries);
        return;
    }
    struct key_source unnamed = {.inventory = cmek_evaluation_inventory(pair->evaluation)};
    compare_restriction(pair, &unnamed, answer);
    compare_source(pair, &unnamed, "projects that no policy names", answer);
    for (struct cmek_map_entry *e = cmek_map_first(&entries); e; e = cmek_map_next(e))
        compare_entry(pair, cmek_map_value(e), answer);
    cmek_map_done(&entries);
}

static void explain(const struct pair *pair, struct cmek_posture_answer *answer)
{
    if (!(answer->outcomes & CMEK_OUTCOME_FAIL) || answer->outcomes == CMEK_OUTCOME_FAIL)
        return;
    cmek_posture_explain(pair->dry_run, answer);
    cmek_posture_explain(pair->live, answer);
    if (answer->reason)
        return;
    answer->reason = "key-project-undecided";
    answer->detail =
        "a project or folder that the policies name cannot be matched: its id, number or "
        "ancestors are not known";
}

/* Projects below one node mostly share the rules in force, and so the answer, but not the reason
 * for which a rule is undecided. */
static struct cmek_posture_answer compare_once(const struct pair *pair,
                                               enum cmek_constraint constraint)
{
    struct cmek_map *known_answers = &pair->evaluation->dry_runs;
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%d ", (int)constraint);
    cmek_append_policy_identity(pair->dry_run, &name);
    cmek_strbuf_puts(&name, " / ");
    cmek_append_policy_identity(pair->live, &name);
    struct cmek_posture_answer *known = cmek_map_get(known_answers, cmek_strbuf_text(&name));
    if (!known) {
        known = cmek_arena_alloc(&pair->evaluation->arena, sizeof *known);
        if (constraint == CMEK_CONSTRAINT_SERVICE)
            compare_services(pair, known);
        else
            compare_key_projects(pair, known);
        cmek_map_put(known_answers, cmek_strbuf_text(&name), known);
    }
    cmek_strbuf_done(&name);
    return *known;
}

struct cmek_posture_answer cmek_posture_compare_dry_run(struct cmek_evaluation *evaluation,
                                                        const struct cmek_chain *chain,
                                                        size_t first,
                                                        enum cmek_constraint constraint)
{
    const struct cmek_inventory *inventory = cmek_evaluation_inventory(evaluation);
    struct cmek_arena *scratch = &evaluation->scratch;
    struct pair pair = {
        .evaluation = evaluation,
        .dry_run = cmek_effective_build_from(inventory, chain, first, constraint,
                                             CMEK_POLICY_DRY_RUN, scratch),
        .live = cmek_effective_build_from(inventory, chain, first, constraint, CMEK_POLICY_LIVE,
                                          scratch),
    };
    struct cmek_posture_answer answer = compare_once(&pair, constraint);
    explain(&pair, &answer);
    if (answer.detail)
        answer.detail = cmek_arena_strdup(&evaluation->arena, answer.detail);
    cmek_arena_clear(scratch);
    return answer;
}
