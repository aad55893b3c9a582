/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "suite.h"

static const struct {
    const char *text, *words; /* each in <>; NULL: refused */
} cases[] = {
    {"", ""},
    {" \t\n ", ""},
    {"a", "<a>"},
    {"  /bin/a  --b=c\td\n", "</bin/a><--b=c><d>"},
    {"'a b' c", "<a b><c>"},
    {"a'b c'd\"e f\"g", "<ab cde fg>"},
    {"'' \"\" x", "<><><x>"},
    {"'a\\'", "<a\\>"},
    {"'a\"b' \"a'b\"", "<a\"b><a'b>"},
    {"\"a\\\"b\\\\c\\n$d`e\"", "<a\"b\\c\\n$d`e>"},
    {"a\\ b \\'c \\\\", "<a b><'c><\\>"},
    {"$HOME *.txt ; rm -rf / && `x` | > y #z",
     "<$HOME><*.txt><;><rm><-rf></><&&><`x`><|><>><y><#z>"},
    {"\xc3\xa4 b", "<\xc3\xa4><b>"},
    {"'a", NULL},
    {"a \"b", NULL},
    {"\"a\\\"", NULL},
    {"a \\", NULL},
    {"'", NULL},
};

START_TEST(text_splits_as_the_shell_would_quote)
{
    struct cmek_arena arena = {0};
    struct cmek_strings words = {0};
    struct cmek_strbuf text = {0};
    struct cmek_error err = {0};
    enum cmek_status status = cmek_words_split(cases[_i].text, &arena, &words, &err);
    if (cases[_i].words) {
        ck_assert_int_eq(status, CMEK_OK);
        for (size_t i = 0; i < words.count; i++)
            cmek_strbuf_printf(&text, "<%s>", words.items[i]);
        ck_assert_str_eq(cmek_strbuf_text(&text), cases[_i].words);
        ck_assert_ptr_null(words.items[words.count]);
    } else {
        ck_assert_msg(status == CMEK_E_INVALID && err.message[0] != '\0', "%s", cases[_i].text);
    }
    cmek_strbuf_done(&text);
    cmek_arena_done(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/words");
    TCase *tests = tcase_create("words");
    tcase_add_loop_test(tests, text_splits_as_the_shell_would_quote, 0, COUNT(cases));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
