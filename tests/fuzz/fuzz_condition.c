/* SPDX-License-Identifier: Apache-2.0 */
/* The condition parser: an input is the text of a condition. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "fuzz.h"
#include "policy/condition.h"

static const char undecided[] = "this tag cannot be decided";

/* How tests are answered: the same test always alike, another one perhaps otherwise. */
struct world {
    unsigned salt;
    bool all_decided; /* what this salt leaves undecided has an answer all the same */
    size_t asked;
};

static unsigned hash(unsigned start, const char *text)
{
    for (; text && *text; text++)
        start = (start ^ (unsigned char)*text) * 16777619U;
    return start ^ start >> 15;
}

static enum cmek_tristate look_up(void *payload, const struct cmek_tag_test *test,
                                  const char **ret_reason)
{
    struct world *world = payload;
    FUZZ_CHECK(test->key);
    world->asked++;
    unsigned mix = hash(hash(world->salt + test->by_id, test->key), test->value);
    if (mix % 3 < 2)
        return mix % 3 == 0 ? CMEK_YES : CMEK_NO;
    if (world->all_decided)
        return mix / 3 % 2 == 0 ? CMEK_YES : CMEK_NO;
    *ret_reason = undecided;
    return CMEK_UNKNOWN;
}

static enum cmek_tristate evaluate(const char *text, struct world *world, struct cmek_arena *arena,
                                   const char **ret_reason)
{
    *ret_reason = NULL;
    world->asked = 0;
    enum cmek_tristate value = cmek_condition_evaluate(text, look_up, world, arena, ret_reason);
    FUZZ_CHECK((value == CMEK_UNKNOWN) == (*ret_reason != NULL));
    return value;
}

static bool is_readable(enum cmek_tristate value, const char *reason)
{
    return value != CMEK_UNKNOWN || reason == undecided;
}

static void check_position(const char *text, const char *reason)
{
    static const char mark[] = " at character ";
    const char *at = strstr(reason, mark);
    if (!at)
        return;
    unsigned long position = strtoul(at + sizeof mark - 1, NULL, 10);
    FUZZ_CHECK(position >= 1 && position <= strlen(text) + 1);
}

static void check_negation(const char *text, enum cmek_tristate value, struct world *world,
                           struct cmek_arena *arena)
{
    const char *reason;
    const char *negated = cmek_arena_printf(arena, "!(%s)", text);
    enum cmek_tristate opposite = evaluate(negated, world, arena, &reason);
    /* One pair of parentheses, or three bytes, may be what the limits do not allow any more. */
    if (!is_readable(opposite, reason))
        return;
    FUZZ_CHECK((value == CMEK_YES) == (opposite == CMEK_NO));
    FUZZ_CHECK((value == CMEK_NO) == (opposite == CMEK_YES));
}

static void check_world(const char *text, unsigned salt, struct cmek_arena *arena)
{
    struct world world = {.salt = salt};
    const char *reason, *again;
    enum cmek_tristate value = evaluate(text, &world, arena, &reason);
    size_t asked = world.asked;
    FUZZ_CHECK(evaluate(text, &world, arena, &again) == value);
    FUZZ_CHECK(world.asked == asked);
    FUZZ_CHECK(cmek_str_eq(reason, again));
    if (!is_readable(value, reason)) {
        check_position(text, reason);
        return;
    }
    check_negation(text, value, &world, arena);
    struct world decided = {.salt = salt, .all_decided = true};
    enum cmek_tristate certain = evaluate(text, &decided, arena, &again);
    FUZZ_CHECK(certain != CMEK_UNKNOWN);
    FUZZ_CHECK(value == CMEK_UNKNOWN || value == certain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_append(&text, (const char *)data, size);
    for (unsigned salt = 0; salt < 4; salt++) {
        struct cmek_arena arena = {0};
        check_world(cmek_strbuf_text(&text), salt, &arena);
        cmek_arena_done(&arena);
    }
    cmek_strbuf_done(&text);
    return 0;
}
