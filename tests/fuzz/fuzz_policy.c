/* SPDX-License-Identifier: Apache-2.0 */
/* The policy decoder: an input is a v2 Policy object, or the array of an asset's org_policy (v1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "fuzz.h"
#include "record_text.h"
#include "source/asset.h"
#include "source/asset_policy.h"
#include "json/json.h"

#define POLICY_TYPE "orgpolicy.googleapis.com/Policy"
#define POLICY_NAME "//orgpolicy.googleapis.com/projects/1/policies/gcp.restrictNonCmekServices"

static void check_same(const struct cmek_record *a, const struct cmek_record *b)
{
    struct cmek_strbuf left = {0}, right = {0};
    record_text(a, &left);
    record_text(b, &right);
    FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&left), cmek_strbuf_text(&right)));
    cmek_strbuf_done(&left);
    cmek_strbuf_done(&right);
}

/* What an evaluation relies on. */
static void check_spec(const struct cmek_policy_spec *spec)
{
    FUZZ_CHECK((spec->state == CMEK_SPEC_UNREADABLE) == (spec->unreadable_reason != NULL));
    FUZZ_CHECK(spec->state == CMEK_SPEC_PRESENT || spec->rule_count == 0);
    FUZZ_CHECK(spec->rule_count <= CMEK_LIMIT_POLICY_RULES);
    size_t values = 0, condition_bytes = 0;
    for (size_t i = 0; i < spec->rule_count; i++) {
        const struct cmek_policy_rule *rule = &spec->rules[i];
        const struct cmek_strings lists[] = {rule->allowed, rule->denied};
        for (size_t j = 0; j < 2; j++)
            for (size_t k = 0; k < lists[j].count; k++)
                FUZZ_CHECK(lists[j].items[k]);
        values += rule->allowed.count + rule->denied.count;
        condition_bytes += rule->condition ? strlen(rule->condition) : 0;
    }
    FUZZ_CHECK(values <= CMEK_LIMIT_POLICY_VALUES);
    FUZZ_CHECK(condition_bytes <= CMEK_LIMIT_POLICY_CONDITION_BYTES);
}

/* A line read back says what was written; a document at the limit of nesting has no room for the
 * asset around it. */
static void check_printed(const struct cmek_record *record, struct cmek_arena *arena)
{
    struct cmek_strbuf line = {0};
    struct cmek_json *asset = NULL;
    struct cmek_error err = {0};
    cmek_asset_print(record, &line);
    if (cmek_json_parse(cmek_strbuf_text(&line), line.length, &asset, &err) == CMEK_OK) {
        struct cmek_record again;
        FUZZ_CHECK(cmek_asset_decode(/* catalogue= */ NULL, asset, arena, &again, &err) == CMEK_OK);
        check_same(record, &again);
    } else {
        FUZZ_CHECK(strstr(err.message, "nesting too deep"));
    }
    cmek_json_free(asset);
    cmek_strbuf_done(&line);
}

/* Whatever the dry run is like, the live spec reads as it does alone. */
static void check_alone(const struct cmek_json *data, const struct cmek_policy *policy,
                        struct cmek_arena *arena)
{
    struct cmek_strbuf text = {0}, expected = {0}, found = {0};
    struct cmek_json *json = NULL;
    cmek_strbuf_puts(&text, "{\"spec\":");
    cmek_json_print(cmek_json_get(data, "spec"), &text);
    cmek_strbuf_puts(&text, "}");
    FUZZ_CHECK(cmek_json_parse(cmek_strbuf_text(&text), text.length, &json, NULL) == CMEK_OK);
    struct cmek_policy alone;
    cmek_policy_decode(json, arena, &alone);
    policy_text(&(struct cmek_policy){.live = policy->live}, &expected);
    policy_text(&alone, &found);
    FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&expected), cmek_strbuf_text(&found)));
    cmek_json_free(json);
    cmek_strbuf_done(&text);
    cmek_strbuf_done(&expected);
    cmek_strbuf_done(&found);
}

static void check_v2(const struct cmek_json *data, struct cmek_arena *arena)
{
    struct cmek_record record =
        cmek_asset_record(/* catalogue= */ NULL, POLICY_TYPE, POLICY_NAME, data, arena);
    const struct cmek_policy *policy = &record.data.policy.policy;
    FUZZ_CHECK(record.kind == CMEK_ASSET_POLICY && record.data.policy.node);
    check_spec(&policy->live);
    check_spec(&policy->dry_run);
    check_printed(&record, arena);
    if (cmek_json_kind(data) == CMEK_JSON_OBJECT)
        check_alone(data, policy, arena);
}

static struct cmek_record decode_v1(const struct cmek_json *list, struct cmek_arena *arena)
{
    struct cmek_record record = {.name = POLICY_NAME, .asset_type = "x.googleapis.com/Y"};
    FUZZ_CHECK(cmek_v1_policies_decode(list, arena, &record));
    FUZZ_CHECK(record.v1_policy_count <= cmek_json_count(list) + CMEK_CONSTRAINT_COUNT_);
    for (size_t i = 0; i < record.v1_policy_count; i++) {
        FUZZ_CHECK(record.v1_policies[i].constraint < CMEK_CONSTRAINT_COUNT_);
        check_spec(&record.v1_policies[i].spec);
    }
    return record;
}

static void check_v1(const struct cmek_json *list, struct cmek_arena *arena)
{
    struct cmek_record record = decode_v1(list, arena);
    struct cmek_strbuf text = {0};
    struct cmek_json *json = NULL;
    cmek_json_print(list, &text);
    FUZZ_CHECK(cmek_json_parse(cmek_strbuf_text(&text), text.length, &json, NULL) == CMEK_OK);
    struct cmek_record again = decode_v1(json, arena);
    check_same(&record, &again);
    cmek_json_free(json);
    cmek_strbuf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cmek_json *json = NULL;
    if (cmek_json_parse((const char *)data, size, &json, NULL) != CMEK_OK)
        return 0;
    struct cmek_arena arena = {0};
    if (cmek_json_kind(json) == CMEK_JSON_ARRAY)
        check_v1(json, &arena);
    else
        check_v2(json, &arena);
    cmek_arena_done(&arena);
    cmek_json_free(json);
    return 0;
}
