/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/faults.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "demo/api.h"

enum fault_kind {
    FAULT_COUNT,
    FAULT_DURATION,
    FAULT_SECONDS,
    FAULT_FLAG,
    FAULT_DENY,
    FAULT_DISABLE,
    FAULT_QUOTA,
};

struct fault_row {
    const char *name;
    enum fault_kind kind;
    size_t offset;
};

static const struct fault_row rows[] = {
    {"latency", FAULT_DURATION, offsetof(struct cmek_demo_faults, latency_ms)},
    {"401-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_401)},
    {"429-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_429)},
    {"500-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_500)},
    {"503-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_503)},
    {"retry-after", FAULT_SECONDS, offsetof(struct cmek_demo_faults, retry_after_s)},
    {"reset-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_reset)},
    {"truncate-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_truncated)},
    {"slow-body", FAULT_DURATION, offsetof(struct cmek_demo_faults, slow_body_ms)},
    {"slow-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_slow)},
    {"page-size", FAULT_COUNT, offsetof(struct cmek_demo_faults, page_size)},
    {"expire-page-every", FAULT_COUNT, offsetof(struct cmek_demo_faults, every_expired_page)},
    {"token-ttl", FAULT_SECONDS, offsetof(struct cmek_demo_faults, token_ttl_s)},
    {"export-polls", FAULT_COUNT, offsetof(struct cmek_demo_faults, export_polls)},
    {"anonymous", FAULT_FLAG, offsetof(struct cmek_demo_faults, anonymous)},
    {"few-locations", FAULT_FLAG, offsetof(struct cmek_demo_faults, few_locations)},
    {"no-policy-assets", FAULT_FLAG, offsetof(struct cmek_demo_faults, no_policy_assets)},
    {"quota", FAULT_QUOTA, 0},
    {"deny", FAULT_DENY, 0},
    {"disable", FAULT_DISABLE, 0},
};

#define MAX_NUMBER INT64_C(86400000) /* a day in milliseconds */

static enum cmek_status bad_value(const char *name, const char *value, const char *expected,
                                  struct cmek_error *err)
{
    return cmek_fail(err, CMEK_E_USAGE, "fault '%s' is '%s', expected %s", name, value, expected);
}

/* @p units: what may follow the digits, with its factor. */
struct unit {
    const char *suffix;
    int64_t factor;
};

static bool parse_number(const char *text, const struct unit *units, int64_t *ret_value)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (text[i] - '0');
    for (const struct unit *unit = units; unit->suffix; unit++) {
        if (!cmek_str_eq(text + digits, unit->suffix))
            continue;
        *ret_value = value * unit->factor;
        return *ret_value <= MAX_NUMBER;
    }
    return false;
}

static enum cmek_status parse_block(const struct fault_row *row, const char *value,
                                    struct cmek_demo_faults *faults, struct cmek_error *err)
{
    static const char expected[] = "projects/ID, folders/N or organizations/N, with :API or "
                                   ":API.COLLECTION.METHOD behind it if not everything is meant";
    if (!cmek_str_starts(value, "projects/") && !cmek_str_starts(value, "folders/") &&
        !cmek_str_starts(value, "organizations/"))
        return bad_value(row->name, value, expected, err);
    struct cmek_demo_block *block = CMEK_VEC_ADD(&faults->blocks);
    char *scope = cmek_arena_strdup(&faults->arena, value);
    block->scope = scope;
    block->is_disabled = row->kind == FAULT_DISABLE;
    /* A domain-scoped project id holds a colon itself: what follows counts only if it names an API.
     */
    char *colon = strrchr(scope, ':');
    if (!colon)
        return CMEK_OK;
    if (!cmek_demo_api_of_operation(colon + 1))
        return strchr(scope, '.') && strchr(scope, '.') < colon
                   ? CMEK_OK
                   : bad_value(row->name, value, expected, err);
    *colon = '\0';
    block->operation = colon + 1;
    return CMEK_OK;
}

static const struct unit durations[] = {{"ms", 1}, {"s", 1000}, {NULL, 0}};
static const struct unit counts[] = {{"", 1}, {NULL, 0}};

/* cloud.google.com/asset-inventory/docs/quota, cloud.google.com/resource-manager/docs/limits,
 * cloud.google.com/kms/quotas: calls in a minute from one project. */
static const struct {
    const char *operation;
    int64_t per_minute;
} published[] = {
    {"cloudasset.assets.list", 100},
    {"cloudasset.searchAllResources", 400},
    {"cloudresourcemanager.folders.list", 600},
    {"cloudresourcemanager.projects.list", 600},
    {"cloudresourcemanager.effectiveTags.list", 600},
    {"cloudkms", 300},
};

static void add_quota(struct cmek_demo_faults *faults, const char *operation, int64_t count,
                      int64_t window_ms)
{
    *CMEK_VEC_ADD(&faults->quotas) = (struct cmek_demo_quota){operation, count, window_ms};
}

static enum cmek_status parse_quota(const struct fault_row *row, const char *value,
                                    struct cmek_demo_faults *faults, struct cmek_error *err)
{
    if (cmek_str_eq(value, "published")) {
        for (size_t i = 0; i < sizeof published / sizeof *published; i++)
            add_quota(faults, published[i].operation, published[i].per_minute, 60000);
        return CMEK_OK;
    }
    char *operation = cmek_arena_strdup(&faults->arena, value);
    char *colon = strchr(operation, ':'), *slash = colon ? strchr(colon, '/') : NULL;
    int64_t count = 0, window_ms = 0;
    if (slash) {
        *colon = *slash = '\0';
        if (cmek_demo_api_of_operation(operation) && parse_number(colon + 1, counts, &count) &&
            parse_number(slash + 1, durations, &window_ms) && window_ms > 0) {
            add_quota(faults, operation, count, window_ms);
            return CMEK_OK;
        }
    }
    return bad_value(row->name, value,
                     "published, or an API or method with a number of calls and a time, e.g. "
                     "cloudasset.assets.list:100/60s",
                     err);
}

static enum cmek_status apply_row(const struct fault_row *row, const char *value,
                                  struct cmek_demo_faults *faults, struct cmek_error *err)
{
    static const struct unit seconds[] = {{"", 1}, {"s", 1}, {NULL, 0}};
    void *member = (char *)faults + row->offset;
    switch (row->kind) {
    case FAULT_COUNT:
        return parse_number(value, counts, member) ? CMEK_OK
                                                   : bad_value(row->name, value, "a number", err);
    case FAULT_DURATION:
        return parse_number(value, durations, member)
                   ? CMEK_OK
                   : bad_value(row->name, value, "a duration such as 30ms or 2s", err);
    case FAULT_SECONDS:
        return parse_number(value, seconds, member)
                   ? CMEK_OK
                   : bad_value(row->name, value, "a number of seconds", err);
    case FAULT_FLAG:
        if (value[0] != '\0')
            return bad_value(row->name, value, "no value", err);
        *(bool *)member = true;
        return CMEK_OK;
    case FAULT_DENY:
    case FAULT_DISABLE:
        return parse_block(row, value, faults, err);
    case FAULT_QUOTA:
        return parse_quota(row, value, faults, err);
    }
    return CMEK_OK;
}

static enum cmek_status unknown_fault(const char *piece, struct cmek_error *err)
{
    struct cmek_strbuf known = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cmek_strbuf_printf(&known, "%s%s", i > 0 ? ", " : "", rows[i].name);
    cmek_fail(err, CMEK_E_USAGE, "unknown fault '%s'; known are %s", piece,
              cmek_strbuf_text(&known));
    cmek_strbuf_done(&known);
    return CMEK_E_USAGE;
}

static enum cmek_status parse_piece(char *piece, struct cmek_demo_faults *faults,
                                    struct cmek_error *err)
{
    char *equals = strchr(piece, '=');
    const char *value = equals ? equals + 1 : "";
    if (equals)
        *equals = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (cmek_str_eq(rows[i].name, piece))
            return apply_row(&rows[i], value, faults, err);
    return unknown_fault(piece, err);
}

enum cmek_status cmek_demo_faults_parse(const char *text, struct cmek_demo_faults *ret_faults,
                                        struct cmek_error *err)
{
    struct cmek_demo_faults faults = {0};
    enum cmek_status status = CMEK_OK;
    while (status == CMEK_OK && text[0] != '\0') {
        size_t length = strcspn(text, ",");
        char *piece = cmek_arena_strndup(&faults.arena, text, length);
        if (length > 0)
            status = parse_piece(piece, &faults, err);
        text += length + (text[length] == ',');
    }
    if (status != CMEK_OK)
        cmek_demo_faults_done(&faults);
    *ret_faults = faults;
    return status;
}

void cmek_demo_faults_done(struct cmek_demo_faults *faults)
{
    CMEK_VEC_DONE(&faults->quotas);
    CMEK_VEC_DONE(&faults->blocks);
    cmek_arena_done(&faults->arena);
    *faults = (struct cmek_demo_faults){0};
}
