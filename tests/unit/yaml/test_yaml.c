/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/yaml.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "suite.h"

static struct cmek_arena arena;
static struct cmek_error err;
static const struct cmek_yaml *root;

static void clean_up(void)
{
    cmek_arena_done(&arena);
}

static enum cmek_status parse(const char *text)
{
    return cmek_yaml_parse("f.yaml", text, strlen(text), &arena, &root, &err);
}

START_TEST(mappings_lists_and_texts_are_kept_in_order)
{
    ck_assert_msg(parse("# a comment\n"
                        "b: 1\n"
                        "a:\n"
                        "  - x\n"
                        "  - {k: v}\n"
                        "c: |\n"
                        "  two\n"
                        "  lines\n") == CMEK_OK,
                  "%s", err.message);
    ck_assert_int_eq(root->kind, CMEK_YAML_MAPPING);
    ck_assert_uint_eq(root->count, 3);
    ck_assert_str_eq(root->first->key, "b");
    const struct cmek_yaml *a = cmek_yaml_get(root, "a");
    ck_assert_ptr_eq(root->first->next, a);
    ck_assert_uint_eq(a->count, 2);
    ck_assert_str_eq(a->first->text, "x");
    ck_assert_ptr_null(a->first->key);
    ck_assert_str_eq(cmek_yaml_get(a->first->next, "k")->text, "v");
    ck_assert_str_eq(cmek_yaml_get(root, "c")->text, "two\nlines\n");
    ck_assert_ptr_null(cmek_yaml_get(root, "d"));
    ck_assert_ptr_null(cmek_yaml_get(a, "x"));
    ck_assert_ptr_null(cmek_yaml_get(NULL, "x"));
}
END_TEST

START_TEST(places_are_counted_from_one)
{
    ck_assert_int_eq(parse("a: 1\nlist:\n  - x\n  -  y\n"), CMEK_OK);
    const struct cmek_yaml *list = cmek_yaml_get(root, "list");
    ck_assert_uint_eq(list->line, 2);
    ck_assert_uint_eq(list->column, 1);
    ck_assert_uint_eq(list->first->next->line, 4);
    ck_assert_uint_eq(list->first->next->column, 6);
    ck_assert_int_eq(cmek_yaml_fail(list, &err, "no %s", "good"), CMEK_E_USAGE);
    ck_assert_str_eq(err.message, "f.yaml:2:1: no good");
}
END_TEST

START_TEST(nothing_is_anything_but_text)
{
    static const char *const texts[] = {"no", "1.0",        "0o7",  "null",
                                        "~",  "2026-01-01", "0x1F", ".inf"};
    for (int i = 0; i < COUNT(texts); i++) {
        ck_assert_int_eq(parse(texts[i]), CMEK_OK);
        ck_assert_int_eq(root->kind, CMEK_YAML_TEXT);
        ck_assert_str_eq(root->text, texts[i]);
        ck_assert(!root->quoted);
    }
    ck_assert_int_eq(parse("'no'"), CMEK_OK);
    ck_assert(root->quoted);
    ck_assert_int_eq(parse("a:\n"), CMEK_OK);
    ck_assert_str_eq(root->first->text, "");
}
END_TEST

static const struct {
    const char *text, *message;
} wrong[] = {
    {"", "f.yaml: nothing in it"},
    {"# only a comment\n", "f.yaml: nothing in it"},
    {"---\n...\n", NULL},
    {"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document ('---'); one file holds one"},
    {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: 'a' is here a second time"},
    {"{a: 1, a: 2}", "f.yaml:1:8: 'a' is here a second time"},
    {"x: {k: 1, 'k': 2}", "f.yaml:1:11: 'k' is here a second time"},
    {"a: &x 1\n",
     "f.yaml:1:4: anchors and aliases ('&', '*') are not supported; quote the text if it begins "
     "with one of these"},
    {"a: *x\n",
     "f.yaml:1:4: anchors and aliases ('&', '*') are not supported; quote the text if it begins "
     "with one of these"},
    {"&x [1]", NULL},
    {"&x {a: 1}", NULL},
    {"a: !!str 1\n",
     "f.yaml:1:4: tags ('!') are not supported; quote the text if it begins with one"},
    {"!x {a: 1}", NULL},
    {"! [1]", NULL},
    {"a: !important\n", NULL},
    {"<<: {a: 1}\n", "f.yaml:1:1: merge keys ('<<') are not supported"},
    {"? [a]\n: 1\n", "f.yaml:1:3: a key must be text"},
    {"? {a: b}\n: 1\n", NULL},
    {"a: \"\\0\"\n", "f.yaml:1:4: a control character (0x00) in a text"},
    {"a: \"\\e[31m\"\n", "f.yaml:1:4: a control character (0x1b) in a text"},
    {"\"a\\n\": 1\n", "f.yaml:1:1: a control character (0x0a) in a text"},
    {"a: [1, 2\n", NULL},
    {"a: 'x\n", NULL},
    {"a: b: c\n", "f.yaml:1:5: not valid YAML: mapping values are not allowed in this context"},
    {"a:\n\t- x\n", NULL},
    {"a: 1\n b: 2\n", NULL},
    {"- a\nb: 1\n", NULL},
    {"a: \xff\n", NULL},
    {"a: \x01\n", NULL},
    {"\xff\xfe"
     "a",
     NULL},
    {"%YAML 9.9\n---\na: 1\n", NULL},
    {"}", NULL},
    {"@a", NULL},
};

START_TEST(mistakes_are_named_with_their_place)
{
    root = NULL;
    enum cmek_status status = parse(wrong[_i].text);
    if (!wrong[_i].message && status == CMEK_OK) /* the one row that is fine: an empty document */
        ck_assert_msg(strcmp(wrong[_i].text, "---\n...\n") == 0 && root->text[0] == '\0', "%s",
                      wrong[_i].text);
    else
        ck_assert_msg(status == CMEK_E_USAGE, "'%s' was taken", wrong[_i].text);
    if (wrong[_i].message)
        ck_assert_str_eq(err.message, wrong[_i].message);
    if (status != CMEK_OK)
        ck_assert_ptr_null(root);
}
END_TEST

START_TEST(depth_has_a_limit)
{
    struct cmek_strbuf text = {0};
    for (int depth = 1; depth <= CMEK_LIMIT_YAML_DEPTH + 1; depth++) {
        cmek_strbuf_clear(&text);
        for (int i = 0; i < depth; i++)
            cmek_strbuf_puts(&text, i % 2 ? "{a: " : "[");
        for (int i = depth; i-- > 0;)
            cmek_strbuf_puts(&text, i % 2 ? "}" : "]");
        enum cmek_status want = depth <= CMEK_LIMIT_YAML_DEPTH ? CMEK_OK : CMEK_E_USAGE;
        ck_assert_int_eq(parse(cmek_strbuf_text(&text)), want);
    }
    ck_assert_ptr_nonnull(strstr(err.message, "nested deeper than 32 levels"));
    cmek_strbuf_clear(&text);
    for (int i = 0; i < 100000; i++)
        cmek_strbuf_putc(&text, '[');
    ck_assert_int_eq(parse(cmek_strbuf_text(&text)), CMEK_E_USAGE);
    cmek_strbuf_done(&text);
}
END_TEST

START_TEST(many_keys_take_no_time_to_speak_of)
{
    struct cmek_strbuf text = {0};
    for (int i = 0; i < 100000; i++)
        cmek_strbuf_printf(&text, "key%d: x\n", i);
    ck_assert_int_eq(parse(cmek_strbuf_text(&text)), CMEK_OK);
    ck_assert_uint_eq(root->count, 100000);
    cmek_strbuf_done(&text);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_read_or_refused)
{
    static const char text[] =
        "a: [1, {b: 'c d'}]\nlist:\n  - \"x\\u00e9\"\n  - >-\n    folded\n    text\n# end\n";
    for (size_t length = 0; length < sizeof text; length++) {
        enum cmek_status status = cmek_yaml_parse("f", text, length, &arena, &root, &err);
        ck_assert(status == CMEK_OK || status == CMEK_E_USAGE);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml/yaml");
    TCase *tests = tcase_create("yaml");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_test(tests, mappings_lists_and_texts_are_kept_in_order);
    tcase_add_test(tests, places_are_counted_from_one);
    tcase_add_test(tests, nothing_is_anything_but_text);
    tcase_add_loop_test(tests, mistakes_are_named_with_their_place, 0, COUNT(wrong));
    tcase_add_test(tests, depth_has_a_limit);
    tcase_add_test(tests, many_keys_take_no_time_to_speak_of);
    tcase_add_test(tests, a_file_cut_anywhere_is_read_or_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
