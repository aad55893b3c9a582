/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/condition.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "suite.h"

/* Calls whose answer the lookup below knows: true, false, undecided. */
#define T "resource.hasTagKey('T')"
#define F "resource.hasTagKey('F')"
#define U "resource.hasTagKey('U')"

static struct cmek_arena arena;
static struct cmek_strbuf asked;

static void clean_up(void)
{
    cmek_arena_done(&arena);
    cmek_strbuf_done(&asked);
}

static enum cmek_tristate look_up(void *payload, const struct cmek_tag_test *test,
                                  const char **ret_reason)
{
    cmek_strbuf_printf(payload, "%s|%s|%s;", test->by_id ? "id" : "name", test->key,
                       test->value ? test->value : "-");
    if (strcmp(test->key, "T") == 0)
        return CMEK_YES;
    if (strcmp(test->key, "F") == 0)
        return CMEK_NO;
    *ret_reason = "nobody knows";
    return CMEK_UNKNOWN;
}

static enum cmek_tristate evaluate(const char *text, const char **ret_reason)
{
    *ret_reason = NULL;
    cmek_strbuf_clear(&asked);
    return cmek_condition_evaluate(text, look_up, &asked, &arena, ret_reason);
}

static const struct {
    const char *text;
    enum cmek_tristate want;
} readable[] = {
    {T, CMEK_YES},
    {F, CMEK_NO},
    {U, CMEK_UNKNOWN},
    {"(" T ")", CMEK_YES},
    {"((" F "))", CMEK_NO},
    {"!" T, CMEK_NO},
    {"!(" T ")", CMEK_NO},
    {"!!" T, CMEK_YES},
    {"! ! !" T, CMEK_NO},
    {"!" U, CMEK_UNKNOWN},
    {T " && " T, CMEK_YES},
    {T "&&" F, CMEK_NO},
    {F "||" T, CMEK_YES},
    {F " && " U, CMEK_NO},
    {U " && " F, CMEK_NO},
    {T " && " U, CMEK_UNKNOWN},
    {T " || " U, CMEK_YES},
    {U " || " T, CMEK_YES},
    {F " || " U, CMEK_UNKNOWN},
    {T " || " F " && " F, CMEK_YES},
    {F " && " F " || " T, CMEK_YES},
    {"(" T " || " F ") && " F, CMEK_NO},
    {"!" F " && " F, CMEK_NO},
    {"!(" F " && " F ")", CMEK_YES},
    {"!" F " || " T, CMEK_YES},
    {"!(" F " || " T ")", CMEK_NO},
    {" \t\r\n" T " \t\r\n", CMEK_YES},
    {"resource . hasTagKey ( 'T' )", CMEK_YES},
    {"resource\n.\nhasTagKey\n(\n'T'\n)", CMEK_YES},
    {T "\n&&\n!\n(\n" F "\n)", CMEK_YES},
    {"resource.hasTagKey(\"T\")", CMEK_YES},
    {"resource.matchTag('T', \"it's\")", CMEK_YES},
    {"resource.matchTag(\"T\",'say \"x\"')", CMEK_YES},
    {"resource.matchTagId('T','T')&&resource.hasTagKeyId('T')", CMEK_YES},
    {"resource.matchTag('T', '\xC5\xBE')", CMEK_YES},
};

START_TEST(readable_conditions_have_a_value)
{
    const char *reason;
    ck_assert_msg(evaluate(readable[_i].text, &reason) == readable[_i].want, "%s (%s)",
                  readable[_i].text, reason ? reason : "no reason");
    if (readable[_i].want == CMEK_UNKNOWN)
        ck_assert_str_eq(reason, "nobody knows");
}
END_TEST

/* What is wrong, and the character (from 1) where it shows. */
static const struct {
    const char *label, *text;
    size_t position;
} unreadable[] = {
    {"nothing", "", 1},
    {"blanks", "  \n", 4},
    {"a literal", "true", 1},
    {"true || junk", T " || junk", sizeof T + 4},
    {"false && junk", F " && junk", sizeof F + 4},
    {"junk in front", "junk || " T, 1},
    {"something after the end", T " x", sizeof T + 1},
    {"a second expression", T T, sizeof T},
    {"half an operator", T " & " T, sizeof T + 1},
    {"half an or", T " | " T, sizeof T + 1},
    {"an operator at the end", T " &&", sizeof T + 3},
    {"an operator in front", "&& " T, 1},
    {"the word and", T " and " T, sizeof T + 1},
    {"a bang at the end", T " && !", sizeof T + 5},
    {"bang equals", T " != " T, sizeof T + 1},
    {"an open parenthesis", "(" T, sizeof T + 1},
    {"a closing one", T ")", sizeof T},
    {"nothing in parentheses", "()", 2},
    {"another object", "request.hasTagKey('T')", 1},
    {"an object that begins alike", "resources.hasTagKey('T')", 1},
    {"no object", "hasTagKey('T')", 1},
    {"another function", "resource.matchLabel('T', 'v')", 10},
    {"another case", "resource.hastagkey('T')", 10},
    {"a longer name", "resource.hasTagKeyIds('T')", 10},
    {"a split name", "resource.hasTag Key('T')", 10},
    {"no parenthesis", "resource.hasTagKey 'T'", 20},
    {"no argument", "resource.hasTagKey()", 20},
    {"too few arguments", "resource.matchTag('T')", 22},
    {"too many arguments", "resource.hasTagKey('T', 'v')", 23},
    {"a third argument", "resource.matchTag('T', 'v', 'w')", 27},
    {"a comma at the end", "resource.matchTag('T',)", 23},
    {"no comma", "resource.matchTag('T' 'v')", 23},
    {"a number", "resource.hasTagKey(5)", 20},
    {"no end quote", "resource.hasTagKey('T)", 20},
    {"the other end quote", "resource.hasTagKey('T\")", 20},
    {"an escape", "resource.hasTagKey('\\u0054')", 20},
    {"an escaped quote", "resource.matchTag('T', 'it\\'s')", 24},
    {"a line break in a string", "resource.hasTagKey('T\n')", 20},
    {"a comment", T " // x", sizeof T + 1},
    {"a field alone", "resource.hasTagKey", 19},
    {"a dot alone", "resource.", 10},
    {"raw strings", "resource.hasTagKey(r'T')", 20},
    {"a conditional", T " ? " T " : " T, sizeof T + 1},
    {"a comparison", T " == true", sizeof T + 1},
    {"a vertical tab", T "\v", sizeof T},
};

START_TEST(anything_else_is_undecided_and_says_where)
{
    const char *reason;
    ck_assert_msg(evaluate(unreadable[_i].text, &reason) == CMEK_UNKNOWN, "%s",
                  unreadable[_i].label);
    char want[64];
    snprintf(want, sizeof want, "at character %zu", unreadable[_i].position);
    ck_assert_msg(reason && cmek_str_ends(reason, want), "%s: wanted '%s', got '%s'",
                  unreadable[_i].label, want, reason ? reason : "nothing");
}
END_TEST

static enum cmek_tristate not_(enum cmek_tristate value)
{
    static const enum cmek_tristate table[] = {
        [CMEK_NO] = CMEK_YES, [CMEK_YES] = CMEK_NO, [CMEK_UNKNOWN] = CMEK_UNKNOWN};
    return table[value];
}

static enum cmek_tristate and_(enum cmek_tristate left, enum cmek_tristate right)
{
    if (left == CMEK_NO || right == CMEK_NO)
        return CMEK_NO;
    return left == CMEK_YES && right == CMEK_YES ? CMEK_YES : CMEK_UNKNOWN;
}

static enum cmek_tristate or_(enum cmek_tristate left, enum cmek_tristate right)
{
    return not_(and_(not_(left), not_(right)));
}

/* a OP b OP c with any operators, values and negations: && binds first. */
START_TEST(every_combination_of_three_calls_is_right)
{
    static const char *const calls[] = {[CMEK_NO] = F, [CMEK_YES] = T, [CMEK_UNKNOWN] = U};
    unsigned operators = (unsigned)_i & 3, negations = (unsigned)_i >> 2;
    for (unsigned values = 0; values < 27; values++) {
        enum cmek_tristate value[3];
        char text[256] = "";
        unsigned rest = values;
        size_t length = 0;
        for (unsigned i = 0; i < 3; i++, rest /= 3) {
            bool negated = negations >> i & 1;
            const char *sign = i == 0 ? "" : operators >> (i - 1) & 1 ? " && " : " || ";
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s%s", sign,
                                       negated ? "!" : "", calls[rest % 3]);
            value[i] = negated ? not_(rest % 3) : rest % 3;
        }
        enum cmek_tristate want;
        if (operators == 0)
            want = or_(or_(value[0], value[1]), value[2]);
        else if (operators == 1)
            want = or_(and_(value[0], value[1]), value[2]);
        else if (operators == 2)
            want = or_(value[0], and_(value[1], value[2]));
        else
            want = and_(and_(value[0], value[1]), value[2]);
        const char *reason;
        ck_assert_msg(evaluate(text, &reason) == want, "%s", text);
    }
}
END_TEST

START_TEST(calls_are_handed_on_as_written)
{
    const char *reason;
    evaluate("resource.matchTag('12/env', \" a b \") || resource.matchTagId('tagKeys/1', "
             "'tagValues/2') || resource.hasTagKey('') || resource.hasTagKeyId('tagKeys/3')",
             &reason);
    ck_assert_str_eq(cmek_strbuf_text(&asked),
                     "name|12/env| a b ;id|tagKeys/1|tagValues/2;name||-;id|tagKeys/3|-;");
}
END_TEST

static const char *nested(int depth, bool balanced)
{
    struct cmek_strbuf text = {0};
    for (int i = 0; i < depth; i++)
        cmek_strbuf_putc(&text, '(');
    cmek_strbuf_puts(&text, T);
    for (int i = 0; balanced && i < depth; i++)
        cmek_strbuf_putc(&text, ')');
    const char *copy = cmek_arena_strdup(&arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return copy;
}

START_TEST(parentheses_nest_up_to_the_limit)
{
    const char *reason;
    ck_assert_int_eq(evaluate(nested(CMEK_LIMIT_CONDITION_DEPTH, true), &reason), CMEK_YES);
    ck_assert_int_eq(evaluate(nested(CMEK_LIMIT_CONDITION_DEPTH + 1, true), &reason), CMEK_UNKNOWN);
    ck_assert_int_eq(evaluate(nested(8000, false), &reason), CMEK_UNKNOWN);
    /* One after the other they do not nest. */
    struct cmek_strbuf text = {0};
    for (int i = 0; i < 2 * CMEK_LIMIT_CONDITION_DEPTH; i++)
        cmek_strbuf_puts(&text, "(" F ")||");
    cmek_strbuf_puts(&text, T);
    ck_assert_int_eq(evaluate(cmek_strbuf_text(&text), &reason), CMEK_YES);
    cmek_strbuf_done(&text);
}
END_TEST

START_TEST(a_condition_may_be_as_long_as_the_limit)
{
    struct cmek_strbuf text = {0};
    const char *reason;
    while (text.length < CMEK_LIMIT_CONDITION_BYTES - strlen(T))
        cmek_strbuf_putc(&text, '!');
    cmek_strbuf_puts(&text, T);
    ck_assert_uint_eq(text.length, CMEK_LIMIT_CONDITION_BYTES);
    ck_assert_int_ne(evaluate(cmek_strbuf_text(&text), &reason), CMEK_UNKNOWN);
    cmek_strbuf_putc(&text, ' ');
    ck_assert_int_eq(evaluate(cmek_strbuf_text(&text), &reason), CMEK_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(reason, "too long"));
    cmek_strbuf_done(&text);
}
END_TEST

START_TEST(no_part_of_a_call_is_a_condition)
{
    static const char text[] = "!(!resource.matchTag('T', 'v'))";
    for (size_t length = 0; length < sizeof text - 1; length++) {
        const char *reason;
        const char *part = cmek_arena_strndup(&arena, text, length);
        ck_assert_msg(evaluate(part, &reason) == CMEK_UNKNOWN, "%s", part);
        ck_assert_ptr_nonnull(reason);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/condition");
    TCase *tests = tcase_create("condition");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, readable_conditions_have_a_value, 0, COUNT(readable));
    tcase_add_loop_test(tests, anything_else_is_undecided_and_says_where, 0, COUNT(unreadable));
    tcase_add_loop_test(tests, every_combination_of_three_calls_is_right, 0, 32);
    tcase_add_test(tests, calls_are_handed_on_as_written);
    tcase_add_test(tests, parentheses_nest_up_to_the_limit);
    tcase_add_test(tests, a_condition_may_be_as_long_as_the_limit);
    tcase_add_test(tests, no_part_of_a_call_is_a_condition);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
