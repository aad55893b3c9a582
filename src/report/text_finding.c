/* SPDX-License-Identifier: Apache-2.0 */
/* One finding of the text report. */
#include "base/map.h"
#include "base/strings.h"
#include "report/terminal.h"
#include "report/text.h"

#define VALUE_INDENT CMEK_TEXT_VALUE_INDENT

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
    cmek_text_begin_field(text, "Resource"); /* unwrapped, to be copied */
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

/* Where the plan's configuration makes it. */
static void write_source(struct cmek_text *text, const struct cmek_finding *finding)
{
    if (!finding->source_address && !finding->source_file)
        return;
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, finding->source_address ? finding->source_address : "");
    if (finding->source_file)
        cmek_strbuf_printf(&line, "%s%s", line.length > 0 ? ", " : "", finding->source_file);
    if (finding->source_file && finding->source_line > 0)
        cmek_strbuf_printf(&line, ":%u", finding->source_line);
    cmek_text_begin_field(text, "Plan"); /* unwrapped, to be copied */
    cmek_terminal_append(&text->out, cmek_strbuf_text(&line));
    cmek_strbuf_putc(&text->out, '\n');
    cmek_strbuf_done(&line);
}

/* What was said of another finding under the same heading is not said again. */
static void write_mend(struct cmek_text *text, const struct cmek_finding *finding,
                       struct cmek_map *mends)
{
    const struct cmek_finding *same =
        finding->remediation ? cmek_map_get(mends, finding->remediation) : NULL;
    if (finding->remediation && !same)
        cmek_map_put_borrowed(mends, finding->remediation, (void *)(uintptr_t)finding);
    cmek_text_field(text, "Mend", same ? "as above" : finding->remediation);
    if (!same || !cmek_str_eq(same->remediation_command, finding->remediation_command))
        cmek_text_write_commands(text, finding->remediation_command, VALUE_INDENT);
}

void cmek_text_write_finding(struct cmek_text *text, const struct cmek_finding *finding,
                             struct cmek_map *mends)
{
    bool to_mend = finding->status == CMEK_STATUS_FAIL || finding->status == CMEK_STATUS_UNKNOWN;
    cmek_text_write_title(text, finding);
    cmek_text_write_resource(text, finding);
    write_source(text, finding);
    cmek_text_field(text, "Finding", finding->message);
    cmek_text_field(text, "Reason", finding->reason);
    write_policy(text, finding);
    cmek_text_field(text, "Key", finding->kms_key);
    if (to_mend)
        write_mend(text, finding, mends);
    write_waiver(text, finding);
    if (finding->finding_id) {
        struct cmek_strbuf id = {0};
        cmek_strbuf_printf(&id, "%.*s", CMEK_TEXT_ID_LENGTH, finding->finding_id);
        cmek_text_field(text, "Id", cmek_strbuf_text(&id));
        cmek_strbuf_done(&id);
    }
}
