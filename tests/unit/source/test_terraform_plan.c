/* SPDX-License-Identifier: Apache-2.0 */
/* Plans in, records out: the cases are those of cases/terraform.json, a list of {"name", "plan",
 * "records": lines} or {"name", "text" (of a plan that is none), "error": a part of the message}. A
 * plan without format_version has 1.2. */
#include "source/terraform_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "inventory_fixture.h"
#include "suite.h"
#include "json/json.h"

#define CASES 106

static struct cmek_json *cases;
static char path[] = "/tmp/test_terraform_plan.XXXXXX";

static void read_cases(void)
{
    struct cmek_strbuf text = {0};
    struct cmek_error err = {0};
    ck_assert_msg(cmek_file_read(CASES_FOLDER "/terraform.json", 1 << 20, &text, &err) == CMEK_OK,
                  "%s", err.message);
    ck_assert_msg(cmek_json_parse(text.data, text.length, &cases, &err) == CMEK_OK, "%s",
                  err.message);
    cmek_strbuf_done(&text);
}

static void forget_cases(void)
{
    cmek_json_free(cases);
}

static void write_file(const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_plan(const struct cmek_json *plan)
{
    struct cmek_strbuf text = {0};
    cmek_json_print(plan, &text);
    struct cmek_strbuf whole = {0};
    bool has_format = cmek_json_has(plan, "format_version");
    cmek_strbuf_puts(&whole, has_format ? "{" : "{\"format_version\":\"1.2\",");
    cmek_strbuf_puts(&whole, cmek_strbuf_text(&text) + 1);
    write_file(cmek_strbuf_text(&whole), whole.length);
    cmek_strbuf_done(&whole);
    cmek_strbuf_done(&text);
}

static void put(struct cmek_strbuf *line, const char *name, const char *value)
{
    if (value)
        cmek_strbuf_printf(line, " %s=%s", name, value);
}

static void put_strings(struct cmek_strbuf *line, const char *sign, struct cmek_strings strings)
{
    for (size_t i = 0; i < strings.count; i++)
        cmek_strbuf_printf(line, " %s%s", sign, strings.items[i]);
}

static void put_spec(struct cmek_strbuf *line, const char *name,
                     const struct cmek_policy_spec *spec)
{
    if (spec->state == CMEK_SPEC_ABSENT)
        return;
    cmek_strbuf_printf(line, " %s", name);
    if (spec->state == CMEK_SPEC_UNREADABLE)
        cmek_strbuf_printf(line, " unreadable (%s)", spec->unreadable_reason);
    cmek_strbuf_puts(line, spec->reset ? " reset" : "");
    cmek_strbuf_puts(line, spec->inherit_from_parent ? " inherits" : "");
    for (size_t i = 0; i < spec->rule_count; i++) {
        const struct cmek_policy_rule *rule = &spec->rules[i];
        cmek_strbuf_puts(line, rule->allow_all ? " +all" : "");
        cmek_strbuf_puts(line, rule->deny_all ? " -all" : "");
        put_strings(line, "+", rule->allowed);
        put_strings(line, "-", rule->denied);
        put(line, "if", rule->condition);
    }
}

static void put_resource(struct cmek_strbuf *line, const struct cmek_record *record)
{
    const struct cmek_resource_data *resource = &record->data.resource;
    cmek_strbuf_puts(line, record->name);
    if (record->is_deleted)
        return;
    put(line, "in", record->parent);
    put(line, "key", resource->kms_key);
    put_strings(line, "also=", resource->more_keys);
    put(line, "lacks", resource->keyless_place);
    put(line, "instead", resource->other_key ? resource->other_key->reason : NULL);
    cmek_strbuf_puts(line, resource->is_excepted ? " excepted" : "");
    put(line, "location", resource->location);
    cmek_strbuf_puts(line, resource->key_unreadable ? " unreadable" : "");
    for (size_t i = 0; i < resource->label_count; i++)
        cmek_strbuf_printf(line, " %s:%s", resource->labels[i].name, resource->labels[i].value);
    put(line, "reason", record->planned->unknown_reason);
    put(line, "detail", record->planned->unknown_detail);
}

static void put_record(void *payload, const struct cmek_record *record)
{
    struct cmek_strbuf *line = payload;
    if (record->kind == CMEK_ASSET_RESOURCE) {
        put_resource(line, record);
    } else if (record->kind == CMEK_ASSET_POLICY) {
        cmek_strbuf_puts(line, record->name);
        put_spec(line, "live", &record->data.policy.policy.live);
        put_spec(line, "dry-run", &record->data.policy.policy.dry_run);
    } else if (record->kind == CMEK_ASSET_COVERAGE_GAP) {
        cmek_strbuf_printf(line, "gap %s %s", record->data.gap.scope, record->data.gap.error);
    } else if (record->kind == CMEK_ASSET_CRYPTO_KEY) {
        cmek_strbuf_puts(line, record->name);
        put(line, "purpose", record->data.key.purpose);
        put(line, "state", record->data.key.primary_state);
    } else {
        cmek_strbuf_puts(line, record->name);
        put(line, "number", record->data.node.number);
        put(line, "id", record->data.node.id);
        put(line, "parent", record->data.node.parent);
    }
    if (record->planned && !record->is_deleted)
        cmek_strbuf_puts(line, record->planned->is_change ? "" : " (kept)");
    cmek_strbuf_puts(line, record->is_deleted ? " (deleted)" : "");
    cmek_strbuf_puts(line, record->is_created ? " (created)" : "");
    cmek_strbuf_puts(line, record->context ? " (context)" : "");
    cmek_strbuf_putc(line, '\n');
}

static void check_records(const struct cmek_json *test, const char *name)
{
    struct cmek_strbuf found = {0}, expected = {0};
    struct cmek_error err = {0};
    write_plan(cmek_json_get(test, "plan"));
    struct cmek_record_sink sink = {put_record, &found};
    ck_assert_msg(cmek_terraform_plan_read(fixture_catalogue(), path, NULL, &sink, NULL, &err) ==
                      CMEK_OK,
                  "%s: %s", name, err.message);
    const struct cmek_json *records = cmek_json_get(test, "records");
    for (size_t i = 0; i < cmek_json_count(records); i++)
        cmek_strbuf_printf(&expected, "%s\n", cmek_json_peek(cmek_json_item(records, i)));
    ck_assert_msg(strcmp(cmek_strbuf_text(&found), cmek_strbuf_text(&expected)) == 0,
                  "%s: found\n%sexpected\n%s", name, cmek_strbuf_text(&found),
                  cmek_strbuf_text(&expected));
    cmek_strbuf_done(&found);
    cmek_strbuf_done(&expected);
}

static void expect_error(const char *name, const char *part)
{
    struct cmek_strbuf found = {0};
    struct cmek_error err = {0};
    struct cmek_record_sink sink = {put_record, &found};
    ck_assert_msg(cmek_terraform_plan_read(fixture_catalogue(), path, NULL, &sink, NULL, &err) ==
                      CMEK_E_INVALID,
                  "%s", name);
    ck_assert_msg(strstr(err.message, part), "%s: %s", name, err.message);
    ck_assert_msg(found.length == 0, "%s: %s", name, cmek_strbuf_text(&found));
    cmek_strbuf_done(&found);
}

START_TEST(plans_give_records)
{
    const struct cmek_json *test = cmek_json_item(cases, (size_t)_i);
    const char *name = cmek_json_peek(cmek_json_get(test, "name"));
    const char *text = cmek_json_peek(cmek_json_get(test, "text"));
    ck_assert_uint_eq(cmek_json_count(cases), CASES);
    if (!text) {
        check_records(test, name);
        return;
    }
    write_file(text, strlen(text));
    expect_error(name, cmek_json_peek(cmek_json_get(test, "error")));
}
END_TEST

/* Cut anywhere, a plan is refused, and nothing of it counts. */
START_TEST(a_plan_that_is_cut_off_is_refused)
{
    static const char text[] =
        "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"google_storage_bucket."
        "b\","
        "\"mode\":\"managed\",\"type\":\"google_storage_bucket\",\"name\":\"b\",\"change\":{"
        "\"actions\":[\"create\"],\"after\":{\"name\":\"b\"}}}]}";
    for (size_t length = 1; length < sizeof text - 1; length++) {
        write_file(text, length);
        expect_error(text, "cut off");
    }
}
END_TEST

START_TEST(other_encodings)
{
    static const char bytes[] = "\xFF\xFE{\0\"\0f\0o\0r\0m\0a\0t\0_\0v\0e\0r\0s\0i\0o\0n\0\"\0:\0"
                                "\"\0002\0.\0000\0\"\0}\0";
    write_file(bytes, sizeof bytes - 1);
    expect_error("UTF-16 is understood", "format_version 2.0");
    static const char marked[] = "\xEF\xBB\xBF{\"format_version\":\"2.0\"}";
    write_file(marked, sizeof marked - 1);
    expect_error("so is a mark of UTF-8", "format_version 2.0");
    write_file("PK\x03\x04", 4);
    expect_error("a plan of Terraform's own", "terraform show -json");
    write_file("", 0);
    expect_error("nothing", "empty");
}
END_TEST

int main(void)
{
    int file = mkstemp(path);
    if (file < 0)
        return 1;
    close(file);
    Suite *suite = suite_create("source/terraform_plan");
    TCase *tests = tcase_create("terraform_plan");
    tcase_add_unchecked_fixture(tests, read_cases, forget_cases);
    tcase_add_loop_test(tests, plans_give_records, 0, CASES);
    tcase_add_test(tests, a_plan_that_is_cut_off_is_refused);
    tcase_add_test(tests, other_encodings);
    suite_add_tcase(suite, tests);
    int failed = run_suite(suite);
    unlink(path);
    return failed;
}
