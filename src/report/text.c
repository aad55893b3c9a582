/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strings.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "report/terminal.h"

#define FIELD_INDENT   4
#define VALUE_INDENT   15
#define COLUMNS_MIN    60
#define COLUMNS_MAX    120 /* prose reads badly in longer lines */
#define FINDING_ID_LEN 12  /* enough for `cmekscan explain` */

static const char *const styles[CMEK_TEXT_STYLES] = {
    [CMEK_TEXT_BOLD] = "\x1b[1m",     [CMEK_TEXT_DIM] = "\x1b[2m",
    [CMEK_TEXT_ALARM] = "\x1b[1;31m", [CMEK_TEXT_WARN] = "\x1b[1;33m",
    [CMEK_TEXT_GOOD] = "\x1b[32m",
};

static const enum cmek_text_style severity_styles[CMEK_SEVERITY_COUNT_] = {
    [CMEK_SEVERITY_CRITICAL] = CMEK_TEXT_ALARM, [CMEK_SEVERITY_HIGH] = CMEK_TEXT_ALARM,
    [CMEK_SEVERITY_MEDIUM] = CMEK_TEXT_WARN,    [CMEK_SEVERITY_LOW] = CMEK_TEXT_BOLD,
    [CMEK_SEVERITY_INFO] = CMEK_TEXT_DIM,
};

/* What people call a role; others are shown as they are. */
static const char *const roles[][2] = {
    {"container-registry-bucket", "Container Registry bucket"},
    {"gcr-topic", "Container Registry topic"},
    {"gcr-repository", "gcr.io repository"},
};

void cmek_text_paint(struct cmek_text *text, enum cmek_text_style style, const char *value)
{
    if (text->context.colour)
        cmek_strbuf_puts(&text->out, styles[style]);
    cmek_terminal_append(&text->out, value);
    if (text->context.colour)
        cmek_strbuf_puts(&text->out, "\x1b[0m");
}

size_t cmek_text_columns(int columns)
{
    return (size_t)(columns < COLUMNS_MIN   ? COLUMNS_MIN
                    : columns > COLUMNS_MAX ? COLUMNS_MAX
                                            : columns);
}

static void begin_field(struct cmek_text *text, const char *label)
{
    cmek_strbuf_printf(&text->out, "%*s%-*s", FIELD_INDENT, "", VALUE_INDENT - FIELD_INDENT, label);
}

void cmek_text_field(struct cmek_text *text, const char *label, const char *value)
{
    if (!value)
        return;
    begin_field(text, label);
    cmek_terminal_append_wrapped(&text->out, value, VALUE_INDENT, text->columns);
    cmek_strbuf_putc(&text->out, '\n');
}

static void text_abandon(void *state)
{
    struct cmek_text *text = state;
    cmek_strbuf_done(&text->out);
    free(text->place);
    free(text);
}

static enum cmek_status text_open(const struct cmek_report_context *context, void **ret_state,
                                  struct cmek_error *err)
{
    (void)err;
    struct cmek_text *text = cmek_calloc(1, sizeof *text);
    text->context = *context;
    text->columns = cmek_text_columns(context->columns);
    cmek_text_write_head(text);
    cmek_sink_flush(&context->sink, &text->out);
    *ret_state = text;
    return CMEK_OK;
}

/* What a finding is listed under: its project, or the folder or organization that it is on. */
static const char *place_of(const struct cmek_finding *finding, const char **ret_kind)
{
    static const char *const nodes[][2] = {
        {"cloudresourcemanager.googleapis.com/Organization", "Organization"},
        {"cloudresourcemanager.googleapis.com/Folder", "Folder"},
    };
    const char *project = finding->project_id ? finding->project_id : finding->project_number;
    const char *slash = finding->resource_name ? strrchr(finding->resource_name, '/') : NULL;
    *ret_kind = "Project";
    if (project)
        return project;
    for (size_t i = 0; slash && i < sizeof nodes / sizeof *nodes; i++)
        if (cmek_str_eq(finding->resource_type, nodes[i][0])) {
            *ret_kind = nodes[i][1];
            return slash + 1;
        }
    return "(unknown)";
}

static void write_place(struct cmek_text *text, const struct cmek_finding *finding)
{
    const char *kind;
    const char *place = place_of(finding, &kind);
    if (text->place && text->place_kind == kind && strcmp(text->place, place) == 0)
        return;
    free(text->place);
    text->place = cmek_strdup(place);
    text->place_kind = kind;
    cmek_strbuf_printf(&text->out, "\n%s ", kind);
    cmek_text_paint(text, CMEK_TEXT_BOLD, place);
    if (finding->project_id && finding->project_number) {
        cmek_strbuf_puts(&text->out, " (");
        cmek_terminal_append(&text->out, finding->project_number);
        cmek_strbuf_putc(&text->out, ')');
    }
    cmek_strbuf_putc(&text->out, '\n');
}

void cmek_text_write_title(struct cmek_text *text, const struct cmek_finding *finding)
{
    static const struct {
        const char *name;
        enum cmek_text_style style;
    } titles[CMEK_STATUS_COUNT_] = {
        [CMEK_STATUS_FAIL] = {"FAIL", CMEK_TEXT_ALARM},
        [CMEK_STATUS_UNKNOWN] = {"UNKNOWN", CMEK_TEXT_WARN},
        [CMEK_STATUS_PASS] = {"PASS", CMEK_TEXT_GOOD},
        [CMEK_STATUS_WAIVED] = {"WAIVED", CMEK_TEXT_DIM},
    };
    bool fails = finding->status == CMEK_STATUS_FAIL;
    cmek_strbuf_puts(&text->out, "\n  ");
    cmek_text_paint(text,
                    fails ? severity_styles[finding->severity] : titles[finding->status].style,
                    titles[finding->status].name);
    cmek_strbuf_printf(&text->out, "  %s  ", cmek_severity_name(finding->severity));
    cmek_text_paint(text, CMEK_TEXT_BOLD, finding->rule_id ? finding->rule_id : "(no rule)");
    const char *const notes[] = {
        finding->enforcement == CMEK_ENFORCED ? NULL : cmek_enforcement_name(finding->enforcement),
        finding->baseline_state,
    };
    const char *before = "  (";
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i]) {
            cmek_strbuf_printf(&text->out, "%s%s", before, notes[i]);
            before = ", ";
        }
    cmek_strbuf_puts(&text->out, *before == ',' ? ")" : "");
    cmek_strbuf_putc(&text->out, '\n');
}

void cmek_text_write_resource(struct cmek_text *text, const struct cmek_finding *finding)
{
    const char *role = finding->resource_role;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (cmek_str_eq(role, roles[i][0]))
            role = roles[i][1];
    const char *const facts[] = {role ? role : finding->resource_type, finding->location};
    begin_field(text, "Resource"); /* unwrapped, to be copied */
    cmek_terminal_append(&text->out, finding->resource_name ? finding->resource_name : "(no name)");
    cmek_strbuf_putc(&text->out, '\n');
    struct cmek_strbuf line = {0};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (facts[i])
            cmek_strbuf_printf(&line, "%s%s", line.length > 0 ? ", " : "", facts[i]);
    if (line.length > 0)
        cmek_text_field(text, "", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

static void write_policy(struct cmek_text *text, const struct cmek_finding *finding)
{
    if (!finding->policy_set_at && !finding->policy_value && !finding->constraint)
        return;
    struct cmek_strbuf line = {0};
    if (finding->constraint)
        cmek_strbuf_puts(&line, finding->constraint);
    if (finding->policy_set_at)
        cmek_strbuf_printf(&line, " set at %s", finding->policy_set_at);
    if (finding->policy_inherited == CMEK_YES)
        cmek_strbuf_puts(&line, " (inherited)");
    if (finding->policy_value)
        cmek_strbuf_printf(&line, ", entry %s", finding->policy_value);
    cmek_text_field(text, "Policy", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

/* How far the first command of a POSIX shell script reaches: a line end inside quotes is part of a
 * name, and must not look like a command of its own. */
static size_t command_length(const char *script)
{
    char quote = '\0';
    size_t at = 0;
    for (; script[at] && (quote || script[at] != '\n'); at++) {
        if (script[at] == '\\' && quote != '\'' && script[at + 1])
            at++;
        else if (quote == script[at])
            quote = '\0';
        else if (!quote && (script[at] == '\'' || script[at] == '"'))
            quote = script[at];
    }
    return at;
}

void cmek_text_write_commands(struct cmek_text *text, const char *script, int indent)
{
    struct cmek_strbuf line = {0};
    while (script && *script) {
        size_t length = command_length(script);
        cmek_strbuf_clear(&line);
        cmek_strbuf_append(&line, script, length);
        cmek_strbuf_printf(&text->out, "%*s$ ", indent, "");
        cmek_terminal_append(&text->out, cmek_strbuf_text(&line));
        cmek_strbuf_putc(&text->out, '\n');
        script += length + (script[length] == '\n');
        text->has_commands = true;
    }
    cmek_strbuf_done(&line);
}

static void write_waiver(struct cmek_text *text, const struct cmek_finding *finding)
{
    if (!finding->waiver_id)
        return;
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, finding->waiver_id);
    if (finding->waiver_expires)
        cmek_strbuf_printf(&line, ", expires %s", finding->waiver_expires);
    cmek_text_field(text, "Waiver", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

static enum cmek_status text_finding(void *state, const struct cmek_finding *finding,
                                     struct cmek_error *err)
{
    (void)err;
    struct cmek_text *text = state;
    bool to_mend = finding->status == CMEK_STATUS_FAIL || finding->status == CMEK_STATUS_UNKNOWN;
    write_place(text, finding);
    cmek_text_write_title(text, finding);
    cmek_text_write_resource(text, finding);
    cmek_text_field(text, "Finding", finding->message);
    cmek_text_field(text, "Reason", finding->reason);
    write_policy(text, finding);
    cmek_text_field(text, "Key", finding->kms_key);
    if (to_mend) {
        cmek_text_field(text, "Mend", finding->remediation);
        cmek_text_write_commands(text, finding->remediation_command, VALUE_INDENT);
    }
    write_waiver(text, finding);
    if (finding->finding_id) {
        struct cmek_strbuf id = {0};
        cmek_strbuf_printf(&id, "%.*s", FINDING_ID_LEN, finding->finding_id);
        cmek_text_field(text, "Id", cmek_strbuf_text(&id));
        cmek_strbuf_done(&id);
    }
    text->listed++;
    text->dry_run_fails +=
        finding->status == CMEK_STATUS_FAIL && finding->enforcement == CMEK_DRY_RUN;
    cmek_sink_flush(&text->context.sink, &text->out);
    return CMEK_OK;
}

static enum cmek_status text_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct cmek_text *text = state;
    cmek_text_write_summary(text);
    cmek_sink_flush(&text->context.sink, &text->out);
    text_abandon(text);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_text = {
    .abi = CMEK_REPORTER_ABI,
    .name = "text",
    .description = "for people: findings by project, how to mend each, and a summary",
    .media_type = "text/plain",
    .open = text_open,
    .finding = text_finding,
    .close = text_close,
    .abandon = text_abandon,
};
