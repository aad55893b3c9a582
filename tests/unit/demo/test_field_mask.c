/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/field_mask.h"

#include <string.h>

#include "suite.h"

#define BODY                                                                                       \
    "{\"kind\":\"list\",\"items\":[{\"name\":\"a\\\"}\",\"size\":1,\"key\":{\"id\":null,\"v\":["   \
    "1,2]}},{\"name\":\"b\"}],\"next\":\"t\"}"

static const struct {
    const char *mask, *want;
} masks[] = {
    {"kind", "{\"kind\":\"list\"}"},
    {"*", BODY},
    {"kind,next", "{\"kind\":\"list\",\"next\":\"t\"}"},
    {"next,kind", "{\"kind\":\"list\",\"next\":\"t\"}"},
    {"items/name", "{\"items\":[{\"name\":\"a\\\"}\"},{\"name\":\"b\"}]}"},
    {"items(name)", "{\"items\":[{\"name\":\"a\\\"}\"},{\"name\":\"b\"}]}"},
    {"items(size,key/v)", "{\"items\":[{\"size\":1,\"key\":{\"v\":[1,2]}},{}]}"},
    {"items(key(id))", "{\"items\":[{\"key\":{\"id\":null}},{}]}"},
    {"items/key/nothing", "{\"items\":[{\"key\":{}},{}]}"},
    {"items/*,kind", "{\"kind\":\"list\",\"items\":[{\"name\":\"a\\\"}\",\"size\":1,\"key\":{"
                     "\"id\":null,\"v\":[1,2]}},{\"name\":\"b\"}]}"},
    {"items/name,items/size", "{\"items\":[{\"name\":\"a\\\"}\",\"size\":1},{\"name\":\"b\"}]}"},
    {"items,items/name", "{\"items\":[{\"name\":\"a\\\"}\",\"size\":1,\"key\":{\"id\":null,"
                         "\"v\":[1,2]}},{\"name\":\"b\"}]}"},
    {"kind/name", "{}"},
    {"nothing", "{}"},
    {"item", "{}"},
    {"itemss", "{}"},
};

START_TEST(a_mask_keeps_what_it_names)
{
    struct cmek_arena arena = {0};
    const struct cmek_demo_mask *mask = cmek_demo_mask_parse(masks[_i].mask, &arena);
    ck_assert_msg(mask != NULL, "%s", masks[_i].mask);
    struct cmek_strbuf kept = {0};
    cmek_demo_mask_apply(mask, BODY, &kept);
    ck_assert_msg(strcmp(cmek_strbuf_text(&kept), masks[_i].want) == 0, "%s: %s", masks[_i].mask,
                  cmek_strbuf_text(&kept));
    cmek_strbuf_done(&kept);
    cmek_arena_done(&arena);
}
END_TEST

static const char *const bad_masks[] = {"",   ",",   "a,",   ",a",    "a,,b",   "a(",
                                        "a)", "a()", "a(b",  "a(b))", "a//b",   "/a",
                                        "a/", "a b", "a(,)", "(a)",   "a/(b)c", "a(b)c"};

START_TEST(what_is_no_mask_is_refused)
{
    struct cmek_arena arena = {0};
    ck_assert_msg(cmek_demo_mask_parse(bad_masks[_i], &arena) == NULL, "'%s'", bad_masks[_i]);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(a_bottomless_mask_is_refused)
{
    static const char *const steps[] = {"a(", "a/"};
    for (size_t s = 0; s < 2; s++) {
        struct cmek_arena arena = {0};
        struct cmek_strbuf text = {0};
        for (int i = 0; i < 10000; i++)
            cmek_strbuf_puts(&text, steps[s]);
        ck_assert_ptr_null(cmek_demo_mask_parse(cmek_strbuf_text(&text), &arena));
        cmek_strbuf_done(&text);
        cmek_arena_done(&arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/field_mask");
    TCase *tests = tcase_create("field_mask");
    tcase_add_loop_test(tests, a_mask_keeps_what_it_names, 0, COUNT(masks));
    tcase_add_loop_test(tests, what_is_no_mask_is_refused, 0, COUNT(bad_masks));
    tcase_add_test(tests, a_bottomless_mask_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
