/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "model/explanation.h"
#include "model/inventory.h"
#include "report/explanation.h"
#include "report/terminal.h"
#include "report/text.h"

#define PROSE_INDENT  4
#define BULLET_INDENT 6

static void heading(struct cmek_text *text, const char *title)
{
    cmek_strbuf_puts(&text->out, "\n  ");
    cmek_text_paint(text, CMEK_TEXT_BOLD, title);
    cmek_strbuf_putc(&text->out, '\n');
}

static void prose(struct cmek_text *text, const char *paragraph)
{
    cmek_strbuf_printf(&text->out, "%*s", PROSE_INDENT, "");
    cmek_terminal_append_wrapped(&text->out, paragraph, PROSE_INDENT, text->columns);
    cmek_strbuf_putc(&text->out, '\n');
}

static void bullet(struct cmek_text *text, const char *paragraph)
{
    cmek_strbuf_printf(&text->out, "%*s• ", PROSE_INDENT, "");
    cmek_terminal_append_wrapped(&text->out, paragraph, BULLET_INDENT, text->columns);
    cmek_strbuf_putc(&text->out, '\n');
}

/* Where the walk upwards ended and why. */
static void append_end(const struct cmek_explanation *explanation, struct cmek_strbuf *line)
{
    const struct cmek_trail *trail = &explanation->trail;
    bool is_whole = trail->walked == trail->count && explanation->chain->is_complete;
    switch (trail->end == CMEK_WALK_NO_INHERITING && is_whole ? CMEK_WALK_TOP : trail->end) {
    case CMEK_WALK_TOP:
        cmek_strbuf_puts(line, "All policies up to the top were taken together.");
        return;
    case CMEK_WALK_BROKEN_OFF:
        cmek_strbuf_puts(line, "Not all ancestors can be seen, so what is set above is not known.");
        return;
    case CMEK_WALK_NO_POLICIES:
        cmek_strbuf_puts(line, "The input holds no organization policies.");
        return;
    case CMEK_WALK_RESET:
    case CMEK_WALK_NO_INHERITING:
        cmek_strbuf_puts(line, "The policy of ");
        cmek_describe_node(trail->nodes[trail->walked - 1].node, line);
        cmek_strbuf_puts(line, trail->end == CMEK_WALK_RESET
                                   ? " goes back to the default, so nothing above it counts."
                                   : " does not inherit, so nothing above it counts.");
        return;
    }
}

static void append_decision(const struct cmek_explanation *explanation, struct cmek_strbuf *line)
{
    const struct cmek_finding *finding = &explanation->finding;
    if (explanation->is_on_policy ||
        (!explanation->decided_at && finding->status == CMEK_STATUS_UNKNOWN))
        return;
    if (!explanation->decided_at) {
        cmek_strbuf_printf(line, " No rule decides, so the constraint's default holds: it %s.",
                           explanation->trail.default_deny ? "denies" : "allows");
        return;
    }
    cmek_strbuf_puts(line, " The rule that decides is that of ");
    cmek_describe_node(explanation->decided_at, line);
    if (finding->policy_value)
        cmek_strbuf_printf(line, ", by %s", finding->policy_value);
    cmek_strbuf_putc(line, '.');
}

static void write_path(struct cmek_text *text, const struct cmek_explanation *explanation)
{
    bool has_policy = explanation->constraint != CMEK_CONSTRAINT_COUNT_;
    struct cmek_strbuf title = {0};
    cmek_strbuf_puts(&title, has_policy ? "Policies: " : "Where it lies");
    if (has_policy)
        cmek_strbuf_printf(&title, "%s%s", explanation->finding.constraint,
                           explanation->finding.enforcement == CMEK_ENFORCED ? "" : ", ");
    if (has_policy && explanation->finding.enforcement != CMEK_ENFORCED)
        cmek_strbuf_puts(&title, cmek_enforcement_name(explanation->finding.enforcement));
    heading(text, cmek_strbuf_text(&title));
    cmek_strbuf_done(&title);
    cmek_explanation_draw_path(text, explanation);
    if (!has_policy)
        return;
    struct cmek_strbuf line = {0};
    append_end(explanation, &line);
    append_decision(explanation, &line);
    prose(text, cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

static bool asks_for_tags(const struct cmek_trail *trail)
{
    for (size_t i = 0; i < trail->walked; i++)
        for (size_t k = 0; k < trail->nodes[i].rule_count; k++)
            if (trail->nodes[i].rules[k].is_condition_asked)
                return true;
    return false;
}

static void write_tags(struct cmek_text *text, const struct cmek_explanation *explanation)
{
    if (!asks_for_tags(&explanation->trail))
        return;
    heading(text, "Tags");
    if (explanation->tag_count == 0)
        prose(text, "None is known to be bound on this path.");
    for (size_t i = 0; i < explanation->tag_count; i++) {
        const struct cmek_explained_tag *tag = &explanation->tags[i];
        struct cmek_strbuf line = {0};
        cmek_strbuf_printf(&line, "%s = %s, %s ", tag->key,
                           tag->value ? tag->value : "a value that is not known",
                           tag->is_inherited ? "inherited from" : "bound at");
        cmek_describe_node(tag->node, &line);
        if (tag->is_overridden)
            cmek_strbuf_puts(&line, "; overridden nearer");
        bullet(text, cmek_strbuf_text(&line));
        cmek_strbuf_done(&line);
    }
}

/* Which entries let the key's project in, of the policies that came to be asked. */
static void write_coverage(struct cmek_text *text, const struct cmek_explanation *explanation)
{
    bool any = false;
    for (size_t i = 0; i < explanation->trail.walked; i++) {
        const struct cmek_explained_node *step = &explanation->trail.nodes[i];
        for (size_t k = 0; k < step->rule_count; k++)
            for (size_t e = 0; e < step->rules[k].entry_count; e++) {
                const struct cmek_explained_entry *entry = &step->rules[k].entries[e];
                if (entry->covers == CMEK_NO)
                    continue;
                struct cmek_strbuf line = {0};
                cmek_strbuf_printf(&line, "%s entry %s of ", entry->denied ? "denied" : "allowed",
                                   entry->entry);
                cmek_describe_node(step->node, &line);
                cmek_strbuf_puts(&line, entry->covers == CMEK_YES ? " covers its project"
                                                                  : " may cover its project");
                bullet(text, cmek_strbuf_text(&line));
                cmek_strbuf_done(&line);
                any = true;
            }
    }
    if (!any)
        bullet(text, "no entry of these policies covers its project");
}

static void write_key(struct cmek_text *text, const struct cmek_explanation *explanation)
{
    if (!explanation->key)
        return;
    heading(text, "Key");
    cmek_explanation_draw_key(text, explanation);
    if (explanation->key->project && !explanation->key_project)
        prose(text, "No asset describes its project, so where that lies is not known.");
    if (explanation->constraint == CMEK_CONSTRAINT_KEY_PROJECT)
        write_coverage(text, explanation);
}

static void write_needs(struct cmek_text *text, const struct cmek_explanation *explanation)
{
    if (explanation->need_count == 0)
        return;
    heading(text, "What would have to be known");
    for (size_t i = 0; i < explanation->need_count; i++)
        bullet(text, explanation->needs[i]);
}

static void write_mending(struct cmek_text *text, const struct cmek_finding *finding)
{
    if (!finding->remediation)
        return;
    heading(text, finding->status == CMEK_STATUS_UNKNOWN ? "What to do" : "How to mend it");
    prose(text, finding->remediation);
    cmek_text_write_commands(text, finding->remediation_command, PROSE_INDENT);
}

void cmek_explanation_write_text(const struct cmek_explanation *explanation, bool colour,
                                 int columns, struct cmek_strbuf *out)
{
    struct cmek_text text = {
        .context = {.colour = colour, .columns = columns},
        .columns = cmek_text_columns(columns),
    };
    cmek_text_write_title(&text, &explanation->finding);
    cmek_text_write_resource(&text, &explanation->finding);
    cmek_text_field(&text, "Finding", explanation->finding.message);
    cmek_text_field(&text, "Id", explanation->finding.finding_id);
    write_path(&text, explanation);
    write_tags(&text, explanation);
    write_key(&text, explanation);
    write_needs(&text, explanation);
    write_mending(&text, &explanation->finding);
    cmek_strbuf_puts(out, cmek_strbuf_text(&text.out) + 1); /* titles begin with a blank line */
    cmek_strbuf_done(&text.out);
}
