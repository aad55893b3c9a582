/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "report/junit_case.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "report/xml.h"

/* The dialect is what Ant's and Jenkins' schemas have in common: every attribute that Ant wants,
 * none on <testsuites>, system-out only in a suite. */

struct suite {
    char *name;
    struct cmek_strbuf cases, output;
    struct cmek_map names; /* taken by a case: GitLab and Jenkins fold cases of one name */
    uint64_t tests;
    uint64_t outcomes[CMEK_JUNIT_OUTCOMES];
};

struct junit {
    struct cmek_report_context context;
    CMEK_VEC(struct suite *) suites;
    struct cmek_map by_name;
    uint64_t undecided;
};

static void suite_free(struct suite *suite)
{
    cmek_strbuf_done(&suite->cases);
    cmek_strbuf_done(&suite->output);
    cmek_map_done(&suite->names);
    free(suite->name);
    free(suite);
}

static struct suite *suite_of(struct junit *junit, const char *name)
{
    struct suite *suite = cmek_map_get(&junit->by_name, name);
    if (suite)
        return suite;
    suite = cmek_calloc(1, sizeof *suite);
    suite->name = cmek_strdup(name);
    cmek_map_put_borrowed(&junit->by_name, suite->name, suite);
    *CMEK_VEC_ADD(&junit->suites) = suite;
    return suite;
}

static void junit_abandon(void *state)
{
    struct junit *junit = state;
    cmek_map_done(&junit->by_name);
    for (size_t i = 0; i < junit->suites.count; i++)
        suite_free(junit->suites.items[i]);
    CMEK_VEC_DONE(&junit->suites);
    free(junit);
}

static enum cmek_status junit_open(const struct cmek_report_context *context, void **ret_state,
                                   struct cmek_error *err)
{
    (void)err;
    struct junit *junit = cmek_calloc(1, sizeof *junit);
    junit->context = *context;
    *ret_state = junit;
    return CMEK_OK;
}

/* Appends to @p name what makes it unique in its suite: the finding's id, then a number. */
static void make_unique(struct suite *suite, struct cmek_strbuf *name, const char *finding_id)
{
    if (cmek_map_get(&suite->names, cmek_strbuf_text(name)) && finding_id) {
        cmek_strbuf_puts(name, " [");
        struct cmek_strbuf id = {0};
        cmek_strbuf_printf(&id, "%.12s", finding_id);
        cmek_xml_append(name, cmek_strbuf_text(&id));
        cmek_strbuf_done(&id);
        cmek_strbuf_putc(name, ']');
    }
    size_t length = name->length;
    for (uint64_t n = 2; cmek_map_get(&suite->names, cmek_strbuf_text(name)); n++) {
        name->length = length;
        cmek_strbuf_printf(name, " #%" PRIu64, n);
    }
    cmek_map_put(&suite->names, cmek_strbuf_text(name), suite);
}

static enum cmek_status junit_finding(void *state, const struct cmek_finding *finding,
                                      struct cmek_error *err)
{
    (void)err;
    struct junit *junit = state;
    struct suite *suite = suite_of(junit, finding->rule_id ? finding->rule_id : "(no rule)");
    enum cmek_junit_outcome outcome = cmek_junit_outcome_of(junit->context.summary, finding);
    struct cmek_strbuf name = {0};
    cmek_junit_append_name(&name, finding);
    make_unique(suite, &name, finding->finding_id);
    cmek_junit_append_case(&suite->cases, cmek_strbuf_text(&name), finding, outcome);
    if (finding->status == CMEK_STATUS_FAIL && outcome == CMEK_JUNIT_PASSED) {
        cmek_junit_append_body(&suite->output, finding);
        cmek_strbuf_putc(&suite->output, '\n');
    }
    suite->tests++;
    suite->outcomes[outcome]++;
    junit->undecided += finding->status == CMEK_STATUS_UNKNOWN;
    cmek_strbuf_done(&name);
    return CMEK_OK;
}

static void add_coverage_case(struct suite *suite, const struct cmek_coverage_gap *gap)
{
    struct cmek_strbuf name = {0};
    cmek_xml_append(&name, gap->scope ? gap->scope : "(no scope)");
    cmek_strbuf_putc(&name, ' ');
    cmek_xml_append(&name, gap->operation);
    make_unique(suite, &name, NULL);
    cmek_junit_append_gap(&suite->cases, cmek_strbuf_text(&name), gap);
    suite->tests++;
    suite->outcomes[CMEK_JUNIT_ERRORED]++;
    cmek_strbuf_done(&name);
}

static void add_coverage_count(struct suite *suite, uint64_t count, const char *scope,
                               const char *error, const char *what)
{
    if (count == 0)
        return;
    struct cmek_strbuf message = {0};
    cmek_strbuf_printf(&message, "%" PRIu64 " %s", count, what);
    struct cmek_coverage_gap gap = {.scope = scope,
                                    .operation = "",
                                    .error = error,
                                    .message = cmek_strbuf_text(&message)};
    add_coverage_case(suite, &gap);
    cmek_strbuf_done(&message);
}

/* Always a suite with a case: without one, Jenkins calls a clean report empty and fails the build,
 * and an incomplete scan whose unknown findings are not listed would be green. */
static void add_coverage(struct junit *junit)
{
    const struct cmek_scan_summary *summary = junit->context.summary;
    struct suite *suite = suite_of(junit, "coverage");
    for (size_t i = 0; i < summary->gap_count; i++)
        add_coverage_case(suite, &summary->gaps[i]);
    add_coverage_count(suite, summary->gaps_not_listed, "further gaps", "not-listed",
                       "more coverage gaps are not listed");
    uint64_t unknown = summary->total.by_status[CMEK_STATUS_UNKNOWN];
    if (unknown > junit->undecided)
        add_coverage_count(suite, unknown - junit->undecided, "undecided findings", "undecided",
                           "findings could not be decided and are not listed");
    if (suite->tests == 0 && !summary->complete && junit->undecided == 0)
        add_coverage_count(suite, 1, "scan", "incomplete", "scan that is not complete");
    if (suite->tests > 0)
        return;
    cmek_strbuf_puts(&suite->cases, "<testcase name=\"everything in scope was read\" "
                                    "classname=\"cmekscan.coverage\" time=\"0\"/>\n");
    suite->tests = 1;
}

/* Ant's pattern has neither fraction nor zone. */
static void append_timestamp(struct cmek_strbuf *out, const char *time)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    size_t i = 0;
    while (time && i < sizeof shape - 1 &&
           (shape[i] == 'd' ? isdigit((unsigned char)time[i]) != 0 : time[i] == shape[i]))
        i++;
    if (i < sizeof shape - 1)
        time = "1970-01-01T00:00:00";
    cmek_strbuf_puts(out, " timestamp=\"");
    cmek_strbuf_append(out, time, sizeof shape - 1);
    cmek_strbuf_putc(out, '"');
}

static void append_property(struct cmek_strbuf *out, const char *name, const char *value)
{
    cmek_strbuf_puts(out, "<property");
    cmek_xml_attribute(out, "name", name);
    cmek_xml_attribute(out, "value", value);
    cmek_strbuf_puts(out, "/>");
}

static void write_suite(const struct junit *junit, size_t index, struct cmek_strbuf *out)
{
    const struct cmek_scan_summary *summary = junit->context.summary;
    struct suite *suite = junit->suites.items[index];
    cmek_strbuf_puts(out, "<testsuite");
    cmek_xml_attribute(out, "name", suite->name);
    cmek_strbuf_printf(out,
                       " tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64
                       "\" skipped=\"%" PRIu64 "\" time=\"0\"",
                       suite->tests, suite->outcomes[CMEK_JUNIT_FAILED],
                       suite->outcomes[CMEK_JUNIT_ERRORED], suite->outcomes[CMEK_JUNIT_SKIPPED]);
    append_timestamp(out, summary->started_at);
    cmek_strbuf_printf(out, " hostname=\"localhost\" id=\"%zu\" package=\"cmekscan\">\n", index);
    cmek_strbuf_puts(out, "<properties>");
    append_property(out, "cmekscan.version", summary->tool_version ? summary->tool_version : "");
    append_property(out, "cmekscan.scan_id", summary->scan_id ? summary->scan_id : "");
    cmek_strbuf_puts(out, "</properties>\n");
    cmek_sink_flush(&junit->context.sink, out);
    cmek_sink_flush(&junit->context.sink, &suite->cases);
    cmek_strbuf_puts(out, "<system-out>");
    cmek_strbuf_puts(out, cmek_strbuf_text(&suite->output));
    cmek_strbuf_puts(out, "</system-out>\n<system-err/>\n</testsuite>\n");
    cmek_sink_flush(&junit->context.sink, out);
}

static enum cmek_status junit_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct junit *junit = state;
    add_coverage(junit);
    struct cmek_strbuf out = {0};
    cmek_strbuf_puts(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (size_t i = 0; i < junit->suites.count; i++)
        write_suite(junit, i, &out);
    cmek_strbuf_puts(&out, "</testsuites>\n");
    cmek_sink_flush(&junit->context.sink, &out);
    cmek_strbuf_done(&out);
    junit_abandon(junit);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_junit = {
    .abi = CMEK_REPORTER_ABI,
    .name = "junit",
    .description = "JUnit XML for Jenkins, GitLab and other CI: a suite for each rule",
    .media_type = "application/xml",
    .open = junit_open,
    .finding = junit_finding,
    .close = junit_close,
    .abandon = junit_abandon,
};
