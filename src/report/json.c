/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "report/finding_json.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "report/summary_json.h"
#include "json/writer.h"

struct json {
    struct cmek_report_context context;
    struct cmek_strbuf buffer;
    struct cmek_json_writer writer;
};

static void json_abandon(void *state)
{
    struct json *json = state;
    cmek_strbuf_done(&json->buffer);
    free(json);
}

static enum cmek_status json_open(const struct cmek_report_context *context, void **ret_state,
                                  struct cmek_error *err)
{
    (void)err;
    struct json *json = cmek_calloc(1, sizeof *json);
    json->context = *context;
    cmek_json_writer_init(&json->writer, &json->buffer, 2);
    cmek_json_begin_object(&json->writer);
    cmek_summary_write_json(&json->writer, &context->sink, context->summary);
    cmek_json_key(&json->writer, "findings");
    cmek_json_begin_array(&json->writer);
    cmek_sink_flush(&context->sink, &json->buffer);
    *ret_state = json;
    return CMEK_OK;
}

/* One finding a line inside the indented document: two reports differ line by line as their
 * findings do. */
static enum cmek_status json_finding(void *state, const struct cmek_finding *finding,
                                     struct cmek_error *err)
{
    (void)err;
    struct json *json = state;
    struct cmek_json_writer line;
    cmek_json_raw(&json->writer, ""); /* what separates it from the one before */
    cmek_json_writer_init(&line, &json->buffer, 0);
    cmek_finding_write_json(&line, finding);
    cmek_sink_flush(&json->context.sink, &json->buffer);
    return CMEK_OK;
}

/* An asset a line, like findings. */
static void json_asset(void *state, const char *asset)
{
    struct json *json = state;
    cmek_json_raw(&json->writer, asset);
    cmek_sink_flush(&json->context.sink, &json->buffer);
}

static void write_evidence(struct json *json)
{
    const struct cmek_evidence *evidence = &json->context.summary->evidence;
    cmek_json_key(&json->writer, "evidence");
    if (!evidence->each) {
        cmek_json_null(&json->writer);
        return;
    }
    cmek_json_begin_array(&json->writer);
    evidence->each(evidence->payload, json_asset, json);
    cmek_json_end_array(&json->writer);
}

static enum cmek_status json_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct json *json = state;
    cmek_json_end_array(&json->writer);
    cmek_coverage_write_json(&json->writer, &json->context.sink, json->context.summary);
    write_evidence(json);
    cmek_json_end_object(&json->writer);
    cmek_strbuf_putc(&json->buffer, '\n');
    cmek_sink_flush(&json->context.sink, &json->buffer);
    json_abandon(json);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_json = {
    .abi = CMEK_REPORTER_ABI,
    .name = "json",
    .description =
        "one JSON document: scan, summary, rules, findings, coverage, evidence (`cmekscan schema`)",
    .media_type = "application/json",
    .open = json_open,
    .finding = json_finding,
    .close = json_close,
    .abandon = json_abandon,
};
