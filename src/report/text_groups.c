/* SPDX-License-Identifier: Apache-2.0 */
/* The findings of the text report: the worst in a line each, then all under their places. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/strings.h"
#include "report/sink.h"
#include "report/terminal.h"
#include "report/text.h"

/* What findings are listed under, in this order where one is as bad as another. */
enum kind { KIND_ORGANIZATION, KIND_FOLDER, KIND_PROJECT };

static const struct {
    const char *type, *heading;
} kinds[] = {
    [KIND_ORGANIZATION] = {"cloudresourcemanager.googleapis.com/Organization", "Organization"},
    [KIND_FOLDER] = {"cloudresourcemanager.googleapis.com/Folder", "Folder"},
    [KIND_PROJECT] = {NULL, "Project"},
};

struct place {
    enum kind kind;
    const char *name;
};

struct placed {
    struct place place;
    const struct cmek_kept_finding *kept;
};

/* The findings of one place: neighbours in the list of all. */
struct group {
    const struct placed *items;
    size_t count;
};

static struct place place_of(const struct cmek_finding *finding)
{
    const char *project = finding->project_id ? finding->project_id : finding->project_number;
    const char *slash = finding->resource_name ? strrchr(finding->resource_name, '/') : NULL;
    if (project)
        return (struct place){KIND_PROJECT, project};
    for (enum kind kind = 0; slash && kind < KIND_PROJECT; kind++)
        if (cmek_str_eq(finding->resource_type, kinds[kind].type))
            return (struct place){kind, slash + 1};
    return (struct place){KIND_PROJECT, "(unknown)"};
}

static int compare_places(struct place a, struct place b)
{
    return a.kind != b.kind ? (a.kind < b.kind ? -1 : 1) : strcmp(a.name, b.name);
}

static int compare_ranks(const struct cmek_kept_finding *a, const struct cmek_kept_finding *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int compare_placed(const void *a, const void *b)
{
    const struct placed *left = a, *right = b;
    int order = compare_places(left->place, right->place);
    return order != 0 ? order : compare_ranks(left->kept, right->kept);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *left = a, *right = b;
    unsigned left_rank = left->items[0].kept->rank, right_rank = right->items[0].kept->rank;
    if (left_rank != right_rank)
        return left_rank < right_rank ? -1 : 1;
    return compare_places(left->items[0].place, right->items[0].place);
}

static void write_heading(struct cmek_text *text, const struct placed *placed)
{
    const struct cmek_finding *finding = &placed->kept->finding;
    const char *aside = placed->place.kind != KIND_PROJECT ? finding->resource_display_name
                        : finding->project_id              ? finding->project_number
                                                           : NULL;
    cmek_strbuf_printf(&text->out, "\n%s ", kinds[placed->place.kind].heading);
    cmek_text_paint(text, CMEK_TEXT_BOLD, placed->place.name);
    if (aside) {
        cmek_strbuf_puts(&text->out, " (");
        cmek_terminal_append(&text->out, aside);
        cmek_strbuf_putc(&text->out, ')');
    }
    cmek_strbuf_putc(&text->out, '\n');
}

static void write_group(struct cmek_text *text, const struct group *group)
{
    struct cmek_map mends = {0};
    write_heading(text, &group->items[0]);
    for (size_t i = 0; i < group->count; i++) {
        cmek_text_write_finding(text, &group->items[i].kept->finding, &mends);
        cmek_sink_flush(&text->context.sink, &text->out);
    }
    cmek_map_done(&mends);
}

static size_t make_groups(const struct placed *items, size_t count, struct group *groups)
{
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_places(items[i - 1].place, items[i].place) != 0)
            groups[made++].items = &items[i];
        groups[made - 1].count++;
    }
    return made;
}

void cmek_text_write_groups(struct cmek_text *text)
{
    const struct cmek_kept *kept = &text->kept;
    uint64_t left_out = cmek_kept_total(kept) - kept->count;
    struct placed *items = cmek_calloc(kept->count + 1, sizeof *items);
    struct group *groups = cmek_calloc(kept->count + 1, sizeof *groups);
    size_t count = 0;
    for (unsigned rank = 0; rank < CMEK_KEPT_RANKS; rank++)
        for (size_t i = 0; i < kept->ranks[rank].count; i++) {
            const struct cmek_kept_finding *finding = kept->ranks[rank].items[i];
            items[count++] = (struct placed){place_of(&finding->finding), finding};
        }
    qsort(items, count, sizeof *items, compare_placed);
    size_t made = make_groups(items, count, groups);
    qsort(groups, made, sizeof *groups, compare_groups);
    for (size_t i = 0; i < made; i++)
        write_group(text, &groups[i]);
    if (left_out > 0)
        cmek_strbuf_printf(&text->out,
                           "\n%" PRIu64 " more findings, none worse than these, are not shown "
                           "here;\nthe json report lists them.\n",
                           left_out);
    free(groups);
    free(items);
}

static void write_worst_line(struct cmek_text *text, const struct cmek_finding *finding)
{
    struct cmek_strbuf line = {0};
    const char *name = finding->resource_name ? finding->resource_name : "(no name)";
    const char *bare = cmek_str_after(name, "//");
    cmek_strbuf_printf(&line, "%-8s  %-*.*s  %-20s  %s", cmek_severity_name(finding->severity),
                       CMEK_TEXT_ID_LENGTH, CMEK_TEXT_ID_LENGTH,
                       finding->finding_id ? finding->finding_id : "",
                       finding->rule_id ? finding->rule_id : "(no rule)",
                       finding->source_address ? finding->source_address
                       : bare                  ? bare
                                               : name);
    if (finding->baseline_state)
        cmek_strbuf_printf(&line, "  (%s)", finding->baseline_state);
    cmek_strbuf_puts(&text->out, "    ");
    cmek_terminal_append(&text->out, cmek_strbuf_text(&line));
    cmek_strbuf_putc(&text->out, '\n');
    cmek_strbuf_done(&line);
}

void cmek_text_write_worst(struct cmek_text *text)
{
    const struct cmek_kept *kept = &text->kept;
    uint64_t failures = 0, known = 0, shown = 0;
    for (unsigned rank = 0; rank < CMEK_KEPT_UNKNOWN; rank++) {
        failures += kept->offered[rank];
        known += rank >= CMEK_KEPT_FAILS ? kept->offered[rank] : 0;
    }
    if (failures == 0)
        return;
    cmek_strbuf_puts(&text->out, "\n");
    if (failures > CMEK_TEXT_TOP)
        cmek_strbuf_printf(&text->out, "    Worst %d of %" PRIu64 " failures", CMEK_TEXT_TOP,
                           failures);
    else
        cmek_strbuf_puts(&text->out, "    Worst failures");
    cmek_strbuf_puts(&text->out, known > 0 && known < failures ? ", new ones first\n" : "\n");
    for (unsigned rank = 0; rank < CMEK_KEPT_UNKNOWN; rank++)
        for (size_t i = 0; i < kept->ranks[rank].count && shown < CMEK_TEXT_TOP; i++, shown++)
            write_worst_line(text, &kept->ranks[rank].items[i]->finding);
}
