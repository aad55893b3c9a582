/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "report/comparison.h"
#include "report/gfm.h"

#define BYTES_OF_PART 15000 /* GitHub takes 65,536 characters in a comment */

static void append_row(struct cmek_strbuf *row, const struct cmek_changed_finding *finding)
{
    struct cmek_strbuf words = {0};
    cmek_strbuf_printf(row, "| %s | ", cmek_severity_name(finding->severity));
    cmek_gfm_append_code(row, finding->rule_id);
    cmek_strbuf_puts(row, " | ");
    cmek_gfm_append_code(row, finding->resource_name);
    cmek_strbuf_puts(row, " | ");
    cmek_comparison_append_change(&words, finding);
    cmek_strbuf_printf(&words, "%s%s", words.length > 0 ? "; " : "",
                       finding->message ? finding->message : "no message");
    cmek_gfm_append_text(row, cmek_strbuf_text(&words));
    cmek_strbuf_puts(row, " |\n");
    cmek_strbuf_done(&words);
}

static void append_part(struct cmek_strbuf *out, const struct cmek_comparison_part *part,
                        const struct cmek_changed_findings *list)
{
    struct cmek_strbuf row = {0};
    size_t start = out->length, written = 0;
    cmek_strbuf_printf(out,
                       "### %s: %zu\n\n| Severity | Rule | Resource | Finding |\n"
                       "| --- | --- | --- | --- |\n",
                       part->title, list->count);
    for (size_t i = 0; i < list->count; i++) {
        cmek_strbuf_clear(&row);
        append_row(&row, &list->items[i]);
        if (out->length - start + row.length > BYTES_OF_PART)
            continue; /* a shorter one may fit */
        cmek_strbuf_append(out, cmek_strbuf_text(&row), row.length);
        written++;
    }
    cmek_strbuf_putc(out, '\n');
    if (written < list->count)
        cmek_strbuf_printf(out, "%zu more are not shown here; `--format json` lists them.\n\n",
                           list->count - written);
    cmek_strbuf_done(&row);
}

void cmek_comparison_write_markdown(const struct cmek_comparison *comparison,
                                    struct cmek_strbuf *out)
{
    /* The marker lets a bot find its own comment again. */
    cmek_strbuf_puts(out, "<!-- cmekscan diff -->\n## CMEK compliance: ");
    cmek_comparison_append_counts(out, comparison);
    cmek_strbuf_puts(out, "\n\n");
    if (!comparison->after->complete)
        cmek_strbuf_puts(out, "> **The newer scan is incomplete:** what it could not look at is "
                              "undecided, not mended.\n\n");
    for (size_t i = 0; i < CMEK_COMPARISON_PARTS; i++) {
        const struct cmek_changed_findings *list =
            cmek_comparison_list(comparison, &cmek_comparison_parts[i]);
        if (list->count > 0)
            append_part(out, &cmek_comparison_parts[i], list);
    }
}
