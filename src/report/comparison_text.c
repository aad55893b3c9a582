/* SPDX-License-Identifier: Apache-2.0 */
#include "report/comparison.h"
#include "report/terminal.h"
#include "report/text.h"

#define ID_LENGTH 12 /* as in the text report */
#define INDENT    12

static const enum cmek_text_style styles[CMEK_COMPARISON_PARTS] = {
    CMEK_TEXT_ALARM,
    CMEK_TEXT_GOOD,
    CMEK_TEXT_BOLD,
    CMEK_TEXT_WARN,
};

static void write_scan(struct cmek_text *text, const char *label,
                       const struct cmek_scan_summary *summary)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, summary->finished_at ? summary->finished_at : "?");
    for (size_t i = 0; i < summary->scope_count; i++)
        cmek_strbuf_printf(&line, "%s%s", i > 0 ? ", " : ", of ", summary->scopes[i]);
    cmek_strbuf_puts(&line, summary->complete ? "" : "; INCOMPLETE");
    cmek_text_field(text, label, cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

static void write_finding(struct cmek_text *text, const struct cmek_changed_finding *finding)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "%-8s  %s", cmek_severity_name(finding->severity), finding->rule_id);
    if (finding->enforcement != CMEK_ENFORCED)
        cmek_strbuf_printf(&line, " (%s)", cmek_enforcement_name(finding->enforcement));
    cmek_strbuf_printf(&line, "  %.*s", ID_LENGTH, finding->finding_id);
    cmek_strbuf_puts(&text->out, "\n  ");
    cmek_terminal_append(&text->out, cmek_strbuf_text(&line));
    cmek_strbuf_printf(&text->out, "\n%*s", INDENT, "");
    cmek_terminal_append(&text->out, finding->resource_name);
    cmek_strbuf_printf(&text->out, "\n%*s", INDENT, "");
    cmek_strbuf_clear(&line);
    cmek_comparison_append_change(&line, finding);
    cmek_strbuf_printf(&line, "%s%s", line.length > 0 ? "; " : "",
                       finding->message ? finding->message : "no message");
    cmek_terminal_append_wrapped(&text->out, cmek_strbuf_text(&line), INDENT, text->columns);
    cmek_strbuf_putc(&text->out, '\n');
    cmek_strbuf_done(&line);
}

void cmek_comparison_write_text(const struct cmek_comparison *comparison, bool colour, int columns,
                                struct cmek_strbuf *out)
{
    struct cmek_text text = {.context.colour = colour, .columns = cmek_text_columns(columns)};
    struct cmek_strbuf counts = {0};
    cmek_text_paint(&text, CMEK_TEXT_BOLD, "CMEK compliance, compared");
    cmek_strbuf_putc(&text.out, '\n');
    write_scan(&text, "Before", comparison->before);
    write_scan(&text, "After", comparison->after);
    cmek_comparison_append_counts(&counts, comparison);
    cmek_text_field(&text, "Findings", cmek_strbuf_text(&counts));
    cmek_strbuf_done(&counts);
    for (size_t part = 0; part < CMEK_COMPARISON_PARTS; part++) {
        const struct cmek_changed_findings *list =
            cmek_comparison_list(comparison, &cmek_comparison_parts[part]);
        if (list->count == 0)
            continue;
        cmek_strbuf_putc(&text.out, '\n');
        cmek_text_paint(&text, styles[part], cmek_comparison_parts[part].title);
        cmek_strbuf_putc(&text.out, '\n');
        for (size_t i = 0; i < list->count; i++)
            write_finding(&text, &list->items[i]);
    }
    cmek_strbuf_append(out, cmek_strbuf_text(&text.out), text.out.length);
    cmek_strbuf_done(&text.out);
}
