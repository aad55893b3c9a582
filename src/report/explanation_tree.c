/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of an explanation as trees, top down. */
#include <string.h>

#include "model/explanation.h"
#include "model/inventory.h"
#include "report/explanation.h"
#include "report/terminal.h"
#include "report/text.h"

#define INDENT        4
#define LEVEL         3 /* columns by which a child stands in */
#define WIDTH_MIN     32
#define ENTRIES_SHOWN 6

/* What a fate is called, and how it looks. */
static const struct {
    const char *words;
    enum cmek_text_style style;
} fates[CMEK_FATE_COUNT_] = {
    [CMEK_FATE_NOT_SET] = {"nothing is set here", CMEK_TEXT_DIM},
    [CMEK_FATE_DECIDES] = {"DECIDES", CMEK_TEXT_ALARM},
    [CMEK_FATE_CONTRIBUTES] = {"in force", CMEK_TEXT_BOLD},
    [CMEK_FATE_UNDECIDED] = {"undecided", CMEK_TEXT_WARN},
    [CMEK_FATE_SHADOWED] = {"shadowed", CMEK_TEXT_DIM},
    [CMEK_FATE_CONDITION_FALSE] = {"not in force, its condition is false", CMEK_TEXT_DIM},
    [CMEK_FATE_EMPTY] = {"says nothing", CMEK_TEXT_DIM},
    [CMEK_FATE_RESET] = {"resets to the default", CMEK_TEXT_BOLD},
    [CMEK_FATE_OVERRIDDEN] = {"overridden below", CMEK_TEXT_DIM},
    [CMEK_FATE_UNREADABLE] = {"unreadable", CMEK_TEXT_WARN},
    [CMEK_FATE_HIDDEN] = {"may or may not be inherited: a policy below is unreadable",
                          CMEK_TEXT_WARN},
};

/* A tree being drawn: where the next line goes. */
struct tree {
    struct cmek_text *text;
    size_t depth; /* of the node at hand; 0: the top */
    bool has_child;
};

static void begin_node(struct tree *tree)
{
    struct cmek_strbuf *out = &tree->text->out;
    if (tree->depth > 0)
        cmek_strbuf_printf(out, "%*s└─ ", (int)(INDENT + LEVEL * (tree->depth - 1)), "");
    else
        cmek_strbuf_printf(out, "%*s", INDENT, "");
}

/* A paragraph about the node at hand, behind the bar that leads to its child; @p mark is how deep
 * it stands, with a bullet or without. */
static void detail(struct tree *tree, const char *mark, const char *prose)
{
    size_t hang = cmek_terminal_width(mark, strlen(mark));
    size_t indent = INDENT + LEVEL * tree->depth + LEVEL, columns = tree->text->columns;
    size_t width = columns > indent + hang + WIDTH_MIN ? columns - indent : hang + WIDTH_MIN;
    struct cmek_strbuf wrapped = {0};
    cmek_strbuf_puts(&wrapped, mark);
    cmek_terminal_append_wrapped(&wrapped, prose, hang, width);
    for (const char *line = cmek_strbuf_text(&wrapped);; line++) {
        size_t length = strcspn(line, "\n");
        cmek_strbuf_printf(&tree->text->out, "%*s%s%.*s\n", (int)(INDENT + LEVEL * tree->depth), "",
                           tree->has_child ? "│  " : "   ", (int)length, line);
        line += length;
        if (*line == '\0')
            break;
    }
    cmek_strbuf_done(&wrapped);
}

static void write_name(struct tree *tree, const struct cmek_node *node)
{
    struct cmek_strbuf name = {0};
    cmek_describe_node(node, &name);
    cmek_text_paint(tree->text, CMEK_TEXT_BOLD, cmek_strbuf_text(&name));
    cmek_strbuf_done(&name);
}

static const struct cmek_explained_entry *entry_of(const struct cmek_explained_rule *rule,
                                                   size_t index, bool denied)
{
    size_t skipped = denied ? 0 : rule->rule->denied.count;
    return rule->entries ? &rule->entries[skipped + index] : NULL;
}

/* The entries that matter here first: a list may have thousands. */
static void append_entries(const struct cmek_explained_rule *rule, bool denied,
                           struct cmek_strbuf *line)
{
    static const char *const marks[] = {
        [CMEK_NO] = "", [CMEK_YES] = " (covers it)", [CMEK_UNKNOWN] = " (may cover it)"};
    static const enum cmek_tristate order[] = {CMEK_YES, CMEK_UNKNOWN, CMEK_NO};
    const struct cmek_strings *entries = denied ? &rule->rule->denied : &rule->rule->allowed;
    size_t shown = 0;
    for (size_t pass = 0; pass < sizeof order / sizeof *order; pass++)
        for (size_t i = 0; i < entries->count && shown < ENTRIES_SHOWN; i++) {
            const struct cmek_explained_entry *entry = entry_of(rule, i, denied);
            enum cmek_tristate covers = entry ? entry->covers : CMEK_NO;
            if (covers != order[pass])
                continue;
            cmek_strbuf_printf(line, "%s%s%s", shown++ > 0 ? ", " : "", entries->items[i],
                               marks[covers]);
        }
    if (entries->count > shown)
        cmek_strbuf_printf(line, " and %zu more", entries->count - shown);
}

static void append_part(struct cmek_strbuf *line, const char *part)
{
    cmek_strbuf_printf(line, "%s%s", line->length > 0 ? "; " : "", part);
}

static void append_rule(const struct cmek_explained_rule *rule, struct cmek_strbuf *line)
{
    if (rule->rule->deny_all)
        append_part(line, "denies all");
    if (rule->rule->allow_all)
        append_part(line, "allows all");
    if (rule->rule->denied.count > 0) {
        append_part(line, "denies ");
        append_entries(rule, true, line);
    }
    if (rule->rule->allowed.count > 0) {
        append_part(line, "allows only ");
        append_entries(rule, false, line);
    }
    if (line->length == 0)
        cmek_strbuf_puts(line, "an empty rule");
    if (rule->rule->condition)
        cmek_strbuf_printf(line, ", if %s",
                           rule->rule->condition[0] ? rule->rule->condition : "''");
}

static void draw_test(struct tree *tree, const struct cmek_explained_test *test)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "tag %s", test->key);
    if (test->bound_at) {
        cmek_strbuf_printf(&line, " is %s, bound at ",
                           test->bound_value ? test->bound_value : "a value that is not known");
        cmek_describe_node(test->bound_at, &line);
    } else if (test->answer == CMEK_UNKNOWN) {
        cmek_strbuf_printf(&line, ": %s", test->reason ? test->reason : "cannot be told");
    } else {
        cmek_strbuf_puts(&line, " is bound nowhere on this path");
    }
    detail(tree, "    ", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

static void draw_condition(struct tree *tree, const struct cmek_explained_rule *rule)
{
    static const char *const outcomes[] = {
        [CMEK_NO] = "the condition is false here",
        [CMEK_YES] = "the condition is true here",
        [CMEK_UNKNOWN] = "the condition is undecided: ",
    };
    if (!rule->is_condition_asked)
        return;
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "%s%s", outcomes[rule->condition],
                       rule->condition == CMEK_UNKNOWN && rule->condition_unknown
                           ? rule->condition_unknown
                           : "");
    detail(tree, "  ", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
    for (size_t i = 0; i < rule->test_count; i++)
        draw_test(tree, &rule->tests[i]);
}

static void draw_rule(struct tree *tree, const struct cmek_explained_rule *rule)
{
    struct cmek_strbuf line = {0};
    append_rule(rule, &line);
    cmek_strbuf_printf(&line, " — %s", fates[rule->fate].words);
    if (rule->why)
        cmek_strbuf_printf(&line, ": %s", rule->why);
    detail(tree, "• ", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
    draw_condition(tree, rule);
}

static void draw_policy(struct tree *tree, const struct cmek_explained_node *step, bool is_dry_run)
{
    if (step->why)
        detail(tree, "", step->why);
    if (!step->spec || step->spec->state != CMEK_SPEC_PRESENT)
        return;
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, !is_dry_run          ? "policy"
                            : step->is_live_spec ? "live policy, there being no dry run here"
                                                 : "dry-run policy");
    cmek_strbuf_puts(&line, step->spec->reset                 ? ": reset"
                            : step->spec->inherit_from_parent ? ", inherits what is set above"
                                                              : ", does not inherit");
    detail(tree, "", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
    for (size_t i = 0; i < step->rule_count; i++)
        draw_rule(tree, &step->rules[i]);
}

static void draw_node(struct tree *tree, const struct cmek_explained_node *step,
                      const struct cmek_explanation *explanation)
{
    begin_node(tree);
    write_name(tree, step->node);
    if (explanation->constraint != CMEK_CONSTRAINT_COUNT_) {
        cmek_strbuf_puts(&tree->text->out, "  ");
        cmek_text_paint(tree->text, fates[step->fate].style, fates[step->fate].words);
    }
    cmek_strbuf_putc(&tree->text->out, '\n');
    draw_policy(tree, step, explanation->finding.enforcement != CMEK_ENFORCED);
}

static void draw_resource(struct tree *tree, const struct cmek_explanation *explanation)
{
    const struct cmek_resource *resource = explanation->resource;
    begin_node(tree);
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%s %s", cmek_resource_noun(resource),
                       cmek_short_name(resource->name));
    cmek_text_paint(tree->text, CMEK_TEXT_BOLD, cmek_strbuf_text(&name));
    cmek_strbuf_done(&name);
    cmek_strbuf_puts(&tree->text->out, "  ");
    if (explanation->key)
        cmek_terminal_append(&tree->text->out, explanation->key->name);
    else if (resource->key)
        cmek_strbuf_puts(&tree->text->out, "not a key in every place");
    else
        cmek_strbuf_puts(&tree->text->out,
                         resource->is_truncated ? "whether it has a key is not shown" : "no key");
    cmek_strbuf_putc(&tree->text->out, '\n');
}

static void draw_broken_top(struct tree *tree)
{
    begin_node(tree);
    cmek_text_paint(tree->text, CMEK_TEXT_WARN, "what lies above cannot be seen");
    cmek_strbuf_putc(&tree->text->out, '\n');
    tree->depth++;
}

void cmek_explanation_draw_path(struct cmek_text *text, const struct cmek_explanation *explanation)
{
    const struct cmek_trail *trail = &explanation->trail;
    struct tree tree = {.text = text};
    if (!explanation->chain->is_complete)
        draw_broken_top(&tree);
    for (size_t i = trail->count; i > 0; i--) {
        tree.has_child = i > 1 || explanation->resource;
        draw_node(&tree, &trail->nodes[i - 1], explanation);
        tree.depth++;
    }
    if (explanation->resource)
        draw_resource(&tree, explanation);
}

void cmek_explanation_draw_key(struct cmek_text *text, const struct cmek_explanation *explanation)
{
    const struct cmek_node *project = explanation->key_project;
    const struct cmek_chain *chain = project ? project->chain : NULL;
    struct tree tree = {.text = text};
    if (chain && !chain->is_complete)
        draw_broken_top(&tree);
    for (size_t i = chain ? chain->count : 0; i > 0; i--) {
        begin_node(&tree);
        write_name(&tree, chain->nodes[i - 1]);
        cmek_strbuf_putc(&text->out, '\n');
        tree.depth++;
    }
    begin_node(&tree);
    cmek_text_paint(text, CMEK_TEXT_BOLD, explanation->key->name);
    cmek_strbuf_puts(&text->out, "  ");
    cmek_terminal_append(&text->out, explanation->key_state);
    cmek_strbuf_putc(&text->out, '\n');
}
