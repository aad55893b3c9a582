/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "report/finding_json.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "json/writer.h"

struct jsonl {
    struct cmek_report_sink sink;
    struct cmek_strbuf line;
};

static void jsonl_abandon(void *state)
{
    struct jsonl *jsonl = state;
    cmek_strbuf_done(&jsonl->line);
    free(jsonl);
}

static enum cmek_status jsonl_open(const struct cmek_report_context *context, void **ret_state,
                                   struct cmek_error *err)
{
    (void)err;
    struct jsonl *jsonl = cmek_calloc(1, sizeof *jsonl);
    jsonl->sink = context->sink;
    *ret_state = jsonl;
    return CMEK_OK;
}

static enum cmek_status jsonl_finding(void *state, const struct cmek_finding *finding,
                                      struct cmek_error *err)
{
    (void)err;
    struct jsonl *jsonl = state;
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &jsonl->line, 0);
    cmek_finding_write_json(&writer, finding);
    cmek_strbuf_putc(&jsonl->line, '\n');
    cmek_sink_flush(&jsonl->sink, &jsonl->line);
    return CMEK_OK;
}

static enum cmek_status jsonl_close(void *state, struct cmek_error *err)
{
    (void)err;
    jsonl_abandon(state);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_jsonl = {
    .abi = CMEK_REPORTER_ABI,
    .name = "jsonl",
    .description = "one finding a line, the record of `json`: for jq, BigQuery, Loki, Elastic",
    .media_type = "application/x-ndjson",
    .open = jsonl_open,
    .finding = jsonl_finding,
    .close = jsonl_close,
    .abandon = jsonl_abandon,
};
