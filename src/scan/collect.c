/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/output.h"
#include "base/strbuf.h"
#include "scan/scan.h"
#include "source/asset.h"

struct collector {
    struct cmek_output *output;
    struct cmek_strbuf line;
    uint64_t records, gaps;
};

static void write_record(void *payload, const struct cmek_record *record)
{
    struct collector *collector = payload;
    collector->records++;
    collector->gaps += record->kind == CMEK_ASSET_COVERAGE_GAP;
    cmek_strbuf_clear(&collector->line);
    cmek_asset_print(record, &collector->line);
    cmek_strbuf_putc(&collector->line, '\n');
    cmek_output_write(collector->output, cmek_strbuf_text(&collector->line),
                      collector->line.length);
}

struct cmek_scan_outcome cmek_collect(const struct cmek_feed_options *options, const char *path)
{
    struct collector collector = {0};
    struct cmek_error err = {0};
    struct cmek_feed *feed = NULL;
    enum cmek_status status = cmek_output_open(path, &collector.output, &err);
    if (status != CMEK_OK)
        return cmek_outcome_failed(&err);
    struct cmek_record_sink sink = {write_record, &collector};
    status = cmek_feed_open(options, &feed, &err);
    if (status == CMEK_OK)
        status = cmek_feed_read(feed, &sink, &err);
    if (status == CMEK_OK)
        status = cmek_output_commit(collector.output, &err);
    else
        cmek_output_discard(collector.output);
    if (status == CMEK_OK)
        cmek_feed_settle(feed);
    cmek_feed_close(feed);
    struct cmek_scan_outcome outcome = {.exit = CMEK_EXIT_OK};
    if (status != CMEK_OK) {
        outcome = cmek_outcome_failed(&err);
    } else {
        outcome.exit = collector.gaps > 0 ? CMEK_EXIT_INCOMPLETE : CMEK_EXIT_OK;
        snprintf(outcome.reason, sizeof outcome.reason,
                 "%" PRIu64 " records collected, %" PRIu64 " coverage gap%s", collector.records,
                 collector.gaps, collector.gaps == 1 ? "" : "s");
    }
    cmek_strbuf_done(&collector.line);
    return outcome;
}
