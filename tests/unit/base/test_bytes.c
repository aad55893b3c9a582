/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include "suite.h"

#define ROUNDS 20000

static uint32_t random_state = 1;

/* Bytes around the ones that are looked for, so that there is something to find. */
static char next_byte(void)
{
    static const unsigned char around[] = {0,   1,    0x1f, 0x20, 0x21, '"',  '#',
                                           'x', 0x7f, 0x80, 0x81, 0xa0, 0xfe, 0xff};
    random_state = random_state * 1664525 + 1013904223;
    return (char)around[(random_state >> 16) % sizeof around];
}

static uint64_t below_blank(uint64_t word)
{
    return cmek_bytes_below(word, 0x20);
}

static uint64_t below_0x80(uint64_t word)
{
    return cmek_bytes_below(word, 0x80);
}

static uint64_t quote(uint64_t word)
{
    return cmek_bytes_equal(word, '"');
}

static uint64_t nul(uint64_t word)
{
    return cmek_bytes_equal(word, 0);
}

static uint64_t either(uint64_t word)
{
    return cmek_bytes_equal(word, '#') | cmek_bytes_below(word, 0x20) | cmek_bytes_from_0x80(word);
}

static const struct {
    const char *label;
    uint64_t (*find)(uint64_t word);
    int low, high, also, from; /* what it finds: low … high, one more, and all from there on */
} tests[] = {
    {"below a blank", below_blank, 0, 0x1f, 0, 0x100},
    {"below 0x80", below_0x80, 0, 0x7f, 0, 0x100},
    {"a quote", quote, '"', '"', '"', 0x100},
    {"a NUL", nul, 0, 0, 0, 0x100},
    {"several", either, 0, 0x1f, '#', 0x80},
};

START_TEST(the_first_mark_is_right)
{
    int found = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char bytes[8];
        size_t first = sizeof bytes;
        for (size_t i = sizeof bytes; i > 0; i--) {
            bytes[i - 1] = next_byte();
            int byte = (unsigned char)bytes[i - 1];
            if ((byte >= tests[_i].low && byte <= tests[_i].high) || byte == tests[_i].also ||
                byte >= tests[_i].from)
                first = i - 1;
        }
        uint64_t marks = tests[_i].find(cmek_bytes_load(bytes));
        ck_assert_msg((marks != 0) == (first < sizeof bytes), "%s", tests[_i].label);
        if (marks == 0)
            continue;
        found++;
        ck_assert_msg(cmek_bytes_first(marks) == first, "%s", tests[_i].label);
    }
    ck_assert_int_gt(found, 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/bytes");
    TCase *cases = tcase_create("bytes");
    tcase_add_loop_test(cases, the_first_mark_is_right, 0, COUNT(tests));
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
