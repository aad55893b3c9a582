/* SPDX-License-Identifier: Apache-2.0 */
#include "report/finding_json.h"

#include <check.h>

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
        "\"resource_role\":\"container-registry-bucket\",\"created_at\":\"2019-05-01T10:00:00Z\","
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
        ck_assert_uint_eq(cmek_json_count(json), 34);
        for (size_t at = 0; at < out.length; at++)
            ck_assert((unsigned char)out.data[at] >= 0x20);
        ck_assert_uint_eq(occurrences(out.data, "##"), 0);
        cmek_json_free(json);
        cmek_strbuf_done(&out);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("finding_json");
    tcase_add_test(tests, a_finding_is_one_flat_record_in_the_order_of_the_schema);
    tcase_add_loop_test(tests, policy_inherited_has_three_values, 0, 3);
    tcase_add_test(tests, hostile_members_are_one_line_of_valid_json);
    return run_case("report/finding_json", tests);
}
