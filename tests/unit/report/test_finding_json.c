/* SPDX-License-Identifier: Apache-2.0 */
#include "report/finding_json.h"

#include <check.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "render.h"
#include "samples.h"
#include "json/json.h"
#include "json/writer.h"

static void print(const struct cmek_finding *finding, struct cmek_strbuf *out)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, out, 0);
    cmek_finding_write_json(&writer, finding);
}

START_TEST(a_finding_is_one_flat_record_in_the_order_of_the_schema)
{
    struct cmek_strbuf out = {0};
    print(&sample_failure, &out);
    ck_assert_str_eq(
        cmek_strbuf_text(&out),
        "{\"finding_id\":\"aaaa0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab\","
        "\"rule_id\":\"cmek-required\",\"constraint\":\"constraints/gcp.restrictNonCmekServices\","
        "\"enforcement\":\"enforced\",\"status\":\"fail\",\"severity\":\"high\","
        "\"message\":\"The bucket has no default key, but storage.googleapis.com must use CMEK.\","
        "\"reason\":null,\"provider\":\"gcp\",\"organization\":\"organizations/1\","
        "\"project_id\":\"shop-prod\",\"project_number\":\"123\","
        "\"ancestors\":[\"projects/123\",\"folders/2\",\"organizations/1\"],\"location\":\"us\","
        "\"service\":\"storage.googleapis.com\",\"resource_type\":\"storage.googleapis.com/"
        "Bucket\","
        "\"resource_name\":\"//storage.googleapis.com/artifacts.shop-prod.appspot.com\","
        "\"resource_display_name\":null,\"resource_role\":\"container-registry-bucket\",\"created_"
        "at\":\"2019-05-01T10:00:00Z\","
        "\"kms_key\":null,\"kms_key_project\":null,\"policy_set_at\":\"folders/2\","
        "\"policy_value\":\"is:storage.googleapis.com\",\"policy_inherited\":true,"
        "\"remediation\":\"Give the bucket a default key.\","
        "\"remediation_command\":\"gcloud storage buckets update "
        "gs://artifacts.shop-prod.appspot.com --default-encryption-key=KEY\\n"
        "gsutil rewrite -k -r gs://b\","
        "\"references\":[\"https://cloud.google.com/kms/docs/cmek-org-policy\"],"
        "\"controls\":[\"NIST-800-53:SC-12\",\"NIST-800-53:SC-28\"],\"waiver_id\":null,"
        "\"waiver_expires\":null,\"baseline_state\":null,"
        "\"source_address\":null,\"source_file\":null,\"source_line\":null}");
    cmek_strbuf_done(&out);
}
END_TEST

START_TEST(policy_inherited_has_three_values)
{
    static const char *const want[] = {"false", "true", "null"};
    struct cmek_finding finding = {.policy_inherited = (enum cmek_tristate)_i};
    struct cmek_strbuf out = {0}, part = {0};
    print(&finding, &out);
    cmek_strbuf_printf(&part, "\"policy_inherited\":%s,", want[_i]);
    ck_assert_ptr_nonnull(strstr(cmek_strbuf_text(&out), cmek_strbuf_text(&part)));
    cmek_strbuf_done(&part);
    cmek_strbuf_done(&out);
}
END_TEST

START_TEST(hostile_members_are_one_line_of_valid_json)
{
    for (size_t i = 0; i < sample_hostile.count; i++) {
        struct cmek_strbuf out = {0};
        print(&sample_hostile.findings[i], &out);
        struct cmek_error err = {0};
        struct cmek_json *json = NULL;
        ck_assert_msg(cmek_json_parse(out.data, out.length, &json, &err) == CMEK_OK, "%s",
                      err.message);
        ck_assert_uint_eq(cmek_json_count(json), 35);
        for (size_t at = 0; at < out.length; at++)
            ck_assert((unsigned char)out.data[at] >= 0x20);
        ck_assert_uint_eq(occurrences(out.data, "##"), 0);
        cmek_json_free(json);
        cmek_strbuf_done(&out);
    }
}
END_TEST

static struct cmek_json *written(const struct cmek_finding *finding, struct cmek_strbuf *out)
{
    struct cmek_json_writer writer;
    struct cmek_json *json = NULL;
    cmek_strbuf_clear(out);
    cmek_json_writer_init(&writer, out, 0);
    cmek_finding_write_json(&writer, finding);
    ck_assert_int_eq(cmek_json_parse(out->data, out->length, &json, NULL), CMEK_OK);
    return json;
}

/* Also those that hold what no format can show: what was written is read. */
START_TEST(a_finding_is_read_and_copied_as_it_was_written)
{
    struct cmek_strbuf first = {0}, again = {0}, copied = {0};
    for (const struct sample *const *at = samples; *at; at++) {
        for (size_t i = 0; i < (*at)->count; i++) {
            struct cmek_arena arena = {0}, kept = {0};
            struct cmek_error err = {0};
            struct cmek_finding finding, copy;
            if (!(*at)->findings[i].finding_id || !(*at)->findings[i].rule_id ||
                !(*at)->findings[i].resource_name)
                continue;
            struct cmek_json *json = written(&(*at)->findings[i], &first);
            ck_assert_msg(cmek_finding_read_json(json, &arena, &finding, &err) == CMEK_OK, "%s: %s",
                          (*at)->name, err.message);
            cmek_json_free(json);
            cmek_json_free(written(&finding, &again));
            ck_assert_str_eq(first.data, again.data);
            cmek_finding_copy(&finding, &kept, &copy);
            cmek_arena_done(&arena);
            cmek_json_free(written(&copy, &copied));
            ck_assert_str_eq(first.data, copied.data);
            cmek_arena_done(&kept);
        }
    }
    cmek_strbuf_done(&first);
    cmek_strbuf_done(&again);
    cmek_strbuf_done(&copied);
}
END_TEST

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NEEDED                                                                                     \
    "\"finding_id\":\"" ID                                                                         \
    "\",\"rule_id\":\"r-1\",\"enforcement\":\"enforced\",\"status\":\"fail\","                     \
    "\"severity\":\"low\",\"resource_name\":\"//x\""

static const struct {
    const char *json, *problem; /* NULL: it is taken */
} texts[] = {
    {"{" NEEDED "}", NULL},
    {"{" NEEDED ",\"later\":[1]}", NULL},
    {"{" NEEDED ",\"message\":null,\"ancestors\":null,\"source_line\":null}", NULL},
    {"[]", "it is no object"},
    {"{}", "its finding_id is not a text"},
    {"{" NEEDED ",\"finding_id\":\"" ID "0\"}", "its finding_id is not made of 64 hex digits"},
    {"{" NEEDED ",\"rule_id\":\"a b\"}", "its rule_id is not a kebab-case word"},
    {"{" NEEDED ",\"rule_id\":\"\"}", "its rule_id is not a kebab-case word"},
    {"{" NEEDED ",\"status\":\"failed\"}", "its status is not fail, unknown, pass or waived"},
    {"{" NEEDED ",\"severity\":1}", "its severity is not critical, high, medium, low or info"},
    {"{" NEEDED ",\"enforcement\":null}", "its enforcement is not one that there is"},
    {"{" NEEDED ",\"message\":{}}", "its message is not a text"},
    {"{" NEEDED ",\"ancestors\":[null]}", "its ancestors is not a list of texts"},
    {"{" NEEDED ",\"controls\":{}}", "its controls is not a list of texts"},
    {"{" NEEDED ",\"policy_inherited\":\"yes\"}",
     "its policy_inherited is not true, false or null"},
    {"{" NEEDED ",\"source_line\":0}", "its source_line is not a line number"},
    {"{" NEEDED ",\"source_line\":99999999999}", "its source_line is not a line number"},
    {"{" NEEDED ",\"baseline_state\":\"absent\"}",
     "its baseline_state is not new, unchanged, resolved or null"},
};

START_TEST(what_is_no_finding_is_refused)
{
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_json *json = NULL;
    struct cmek_finding finding;
    ck_assert_int_eq(cmek_json_parse(texts[_i].json, strlen(texts[_i].json), &json, NULL), CMEK_OK);
    enum cmek_status status = cmek_finding_read_json(json, &arena, &finding, &err);
    ck_assert_msg((status == CMEK_OK) == !texts[_i].problem, "%s: %s", texts[_i].json, err.message);
    if (texts[_i].problem)
        ck_assert_str_eq(err.message, texts[_i].problem);
    cmek_json_free(json);
    cmek_arena_done(&arena);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("finding_json");
    tcase_add_test(tests, a_finding_is_one_flat_record_in_the_order_of_the_schema);
    tcase_add_loop_test(tests, policy_inherited_has_three_values, 0, 3);
    tcase_add_test(tests, hostile_members_are_one_line_of_valid_json);
    tcase_add_test(tests, a_finding_is_read_and_copied_as_it_was_written);
    tcase_add_loop_test(tests, what_is_no_finding_is_refused, 0,
                        (int)(sizeof texts / sizeof *texts));
    return run_case("report/finding_json", tests);
}
