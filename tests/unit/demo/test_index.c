/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/index.h"

#include <string.h>

#include "base/strbuf.h"

#include "suite.h"

#define CRM "cloudresourcemanager.googleapis.com/"
#define PROJECT                                                                                    \
    "{\"name\":\"//" CRM "projects/11\",\"asset_type\":\"" CRM "Project\",\"ancestors\":["         \
    "\"projects/11\",\"folders/2\",\"organizations/1\"],\"resource\":{\"data\":{"                  \
    "\"projectNumber\":11,\"projectId\":\"p-eleven\",\"name\":\"Eleven\",\"lifecycleState\":"      \
    "\"ACTIVE\",\"parent\":{\"type\":\"folder\",\"id\":\"2\"}}}}\n"
#define TOPIC(time, key)                                                                           \
    "{\"name\":\"//pubsub.googleapis.com/projects/p-eleven/topics/t\",\"assetType\":"              \
    "\"pubsub.googleapis.com/Topic\",\"ancestors\":[\"projects/11\"],\"updateTime\":\"" time       \
    "\",\"resource\":{\"data\":{\"name\":\"projects/p-eleven/topics/t\",\"kmsKeyName\":\"" key     \
    "\"}}}\n"

static struct cmek_demo_index *index_of(const char *text)
{
    struct cmek_demo_loader *loader = cmek_demo_loader_new((struct cmek_strings){0});
    struct cmek_demo_index *index = NULL;
    struct cmek_error err = {0};
    cmek_demo_loader_bytes(loader, text, strlen(text));
    ck_assert_msg(cmek_demo_loader_finish(loader, &index, &err) == CMEK_OK, "%s", err.message);
    cmek_demo_loader_free(loader);
    return index;
}

START_TEST(a_project_is_known_by_id_and_number_whatever_the_order_of_lines)
{
    static const char *const texts[] = {
        PROJECT TOPIC("2026-01-01T00:00:00Z", "k"),
        TOPIC("2026-01-01T00:00:00Z", "k") PROJECT,
    };
    struct cmek_demo_index *index = index_of(texts[_i]);
    struct cmek_demo_node *node = cmek_demo_index_node(index, "projects/p-eleven");
    ck_assert_ptr_nonnull(node);
    ck_assert_ptr_eq(node, cmek_demo_index_node(index, "projects/11"));
    ck_assert_str_eq(node->name, "projects/11");
    ck_assert_str_eq(
        node->item.json,
        "{\"name\":\"projects/11\",\"parent\":\"folders/2\",\"projectId\":\"p-eleven\","
        "\"displayName\":\"Eleven\",\"state\":\"ACTIVE\"}");
    ck_assert_uint_eq(node->lists[CMEK_DEMO_TOPICS].count, 1);
    ck_assert_ptr_nonnull(cmek_demo_node_item(node, "topics/t"));
    ck_assert_ptr_null(cmek_demo_node_item(node, "topics/u"));
    ck_assert_str_eq(node->parent->name, "folders/2");
    ck_assert_str_eq(node->parent->parent->name, "organizations/1");
    cmek_demo_index_free(index);
}
END_TEST

START_TEST(the_newest_line_of_a_name_wins)
{
    static const char *const texts[] = {
        PROJECT TOPIC("2026-01-02T00:00:00Z", "new") TOPIC("2026-01-01T00:00:00Z", "old"),
        PROJECT TOPIC("2026-01-01T00:00:00Z", "old") TOPIC("2026-01-02T00:00:00Z", "new"),
        PROJECT TOPIC("2026-01-02T00:00:00Z", "old") TOPIC("2026-01-02T00:00:00Z", "new"),
    };
    struct cmek_demo_index *index = index_of(texts[_i]);
    struct cmek_demo_node *node = cmek_demo_index_node(index, "projects/11");
    ck_assert_uint_eq(node->lists[CMEK_DEMO_TOPICS].count, 1);
    ck_assert_str_eq(node->lists[CMEK_DEMO_TOPICS].items[0]->json,
                     "{\"name\":\"projects/p-eleven/topics/t\",\"kmsKeyName\":\"new\"}");
    cmek_demo_index_free(index);
}
END_TEST

START_TEST(folders_that_are_their_own_ancestors_end_somewhere)
{
#define FOLDER(id, parent)                                                                         \
    "{\"name\":\"//" CRM "folders/" id "\",\"asset_type\":\"" CRM                                  \
    "Folder\",\"resource\":{\"data\":{\"name\":\"folders/" id "\",\"parent\":\"folders/" parent    \
    "\"}}}\n"
    struct cmek_demo_index *index =
        index_of(FOLDER("1", "1") FOLDER("2", "3") FOLDER("3", "4") FOLDER("4", "2"));
    for (size_t i = 0; i < index->all_nodes.count; i++) {
        const struct cmek_demo_node *node = index->all_nodes.items[i];
        int steps = 0;
        for (; node; node = node->parent)
            ck_assert_int_lt(steps++, 10);
    }
    cmek_demo_index_free(index);
}
END_TEST

static const char *const useless[] = {
    "",
    "\n\n",
    "not json\n",
    "[]\n{}\nnull\n1\n\"x\"\n",
    "{\"name\":\"//x/y\",\"asset_type\":\"compute.googleapis.com/"
    "Disk\",\"resource\":{\"data\":{}}}",
    "{\"name\":\"//x/y\",\"asset_type\":\"pubsub.googleapis.com/Topic\"}",
    "{\"name\":\"//x/y\",\"asset_type\":\"pubsub.googleapis.com/Topic\",\"resource\":{\"data\":7}}",
    "{\"name\":7,\"asset_type\":\"pubsub.googleapis.com/Topic\",\"resource\":{\"data\":{}}}",
};

START_TEST(without_a_usable_asset_there_is_no_index)
{
    struct cmek_demo_loader *loader = cmek_demo_loader_new((struct cmek_strings){0});
    struct cmek_demo_index *index = NULL;
    struct cmek_error err = {0};
    cmek_demo_loader_bytes(loader, useless[_i], strlen(useless[_i]));
    ck_assert_int_eq(cmek_demo_loader_finish(loader, &index, &err), CMEK_E_INVALID);
    ck_assert_ptr_null(index);
    cmek_demo_loader_free(loader);
}
END_TEST

static const char *const types[] = {
    CRM "Organization",
    CRM "Folder",
    CRM "Project",
    CRM "TagKey",
    CRM "TagValue",
    CRM "TagBinding",
    "storage.googleapis.com/Bucket",
    "storage.googleapis.com/Object",
    "pubsub.googleapis.com/Topic",
    "artifactregistry.googleapis.com/Repository",
    "artifactregistry.googleapis.com/ProjectSettings",
    "cloudkms.googleapis.com/CryptoKey",
    "cloudkms.googleapis.com/CryptoKeyVersion",
    "orgpolicy.googleapis.com/Policy",
    "orgpolicy.googleapis.com/Constraint",
    "serviceusage.googleapis.com/Service",
    "cmekscan.dev/CoverageGap",
};

static const char *const datas[] = {
    "{}",
    "{\"name\":\"\"}",
    "{\"name\":\"projects\"}",
    "{\"name\":\"projects/\"}",
    "{\"name\":\"projects//x\"}",
    "{\"name\":\"/\"}",
    "{\"name\":7,\"parent\":[],\"scope\":{},\"tagValue\":1,\"projectNumber\":1e400}",
    "{\"name\":\"projects/1/topics/\\u0000\",\"parent\":\"projects/1\",\"tagValue\":\"\"}",
    "{\"name\":\"projects/1\",\"projectNumber\":-1,\"parent\":{\"type\":1,\"id\":[]}}",
};

/* Every type with data that no API would send: no crash, and whatever is indexed can be freed. */
START_TEST(strange_data_does_no_harm)
{
    static const char *const names[] = {"//x/projects/1", "//", "", "/", "projects/1/topics/t"};
    for (int d = 0; d < COUNT(datas); d++)
        for (int n = 0; n < COUNT(names); n++) {
            struct cmek_strbuf text = {0};
            cmek_strbuf_printf(&text,
                               "{\"name\":\"%s\",\"asset_type\":\"%s\",\"resource\":{\"data\":%s}}",
                               names[n], types[_i], datas[d]);
            cmek_demo_index_free(index_of(cmek_strbuf_text(&text)));
            cmek_strbuf_done(&text);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/index");
    TCase *tests = tcase_create("index");
    tcase_add_loop_test(tests, a_project_is_known_by_id_and_number_whatever_the_order_of_lines, 0,
                        2);
    tcase_add_loop_test(tests, the_newest_line_of_a_name_wins, 0, 3);
    tcase_add_test(tests, folders_that_are_their_own_ancestors_end_somewhere);
    tcase_add_loop_test(tests, without_a_usable_asset_there_is_no_index, 0, COUNT(useless));
    tcase_add_loop_test(tests, strange_data_does_no_harm, 0, COUNT(types));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
