/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "report/terminal.h"

#define FIELD_INDENT 4
#define VALUE_INDENT CMEK_TEXT_VALUE_INDENT
#define COLUMNS_MIN  60
#define COLUMNS_MAX  120 /* prose reads badly in longer lines */

static const char *const styles[CMEK_TEXT_STYLES] = {
    [CMEK_TEXT_BOLD] = "\x1b[1m",     [CMEK_TEXT_DIM] = "\x1b[2m",
    [CMEK_TEXT_ALARM] = "\x1b[1;31m", [CMEK_TEXT_WARN] = "\x1b[1;33m",
    [CMEK_TEXT_GOOD] = "\x1b[32m",
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

void cmek_text_begin_field(struct cmek_text *text, const char *label)
{
    cmek_strbuf_printf(&text->out, "%*s%-*s", FIELD_INDENT, "", VALUE_INDENT - FIELD_INDENT, label);
}

void cmek_text_field(struct cmek_text *text, const char *label, const char *value)
{
    if (!value)
        return;
    cmek_text_begin_field(text, label);
    cmek_terminal_append_wrapped(&text->out, value, VALUE_INDENT, text->columns);
    cmek_strbuf_putc(&text->out, '\n');
}

static void text_abandon(void *state)
{
    struct cmek_text *text = state;
    cmek_strbuf_done(&text->out);
    cmek_kept_done(&text->kept);
    free(text);
}

static enum cmek_status text_open(const struct cmek_report_context *context, void **ret_state,
                                  struct cmek_error *err)
{
    (void)err;
    struct cmek_text *text = cmek_calloc(1, sizeof *text);
    text->context = *context;
    text->columns = cmek_text_columns(context->columns);
    cmek_kept_init(&text->kept, CMEK_TEXT_FINDINGS);
    cmek_text_write_head(text);
    cmek_sink_flush(&context->sink, &text->out);
    *ret_state = text;
    return CMEK_OK;
}

static enum cmek_status text_finding(void *state, const struct cmek_finding *finding,
                                     struct cmek_error *err)
{
    (void)err;
    struct cmek_text *text = state;
    cmek_kept_offer(&text->kept, text->context.summary, finding);
    return CMEK_OK;
}

static enum cmek_status text_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct cmek_text *text = state;
    cmek_text_write_found(text);
    cmek_text_write_worst(text);
    cmek_text_write_gaps(text);
    cmek_sink_flush(&text->context.sink, &text->out);
    cmek_text_write_groups(text);
    cmek_text_write_summary(text);
    cmek_sink_flush(&text->context.sink, &text->out);
    text_abandon(text);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_text = {
    .abi = CMEK_REPORTER_ABI,
    .name = "text",
    .description = "for people: the worst findings, all of them by project with how to mend each, "
                   "and a summary",
    .media_type = "text/plain",
    .open = text_open,
    .finding = text_finding,
    .close = text_close,
    .abandon = text_abandon,
};
