/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/reading.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "policy/list.h"
#include "policy/values.h"
#include "suite.h"

#define SERVICE CMEK_CONSTRAINT_SERVICE
#define KEYS    CMEK_CONSTRAINT_KEY_PROJECT
#define MOST    8
#define ALLOW   false /* the constraint's default */
#define DENY    true

/* Rules from a short form: "+a -b | +*": one rule allows a and denies b, one is allowAll. */
struct rules {
    struct cmek_arena arena;
    struct cmek_policy_rule rules[MOST];
    const struct cmek_policy_rule *all[MOST];
    size_t count;
};

static void add_entry(struct rules *rules, struct cmek_strings *entries, const char *entry,
                      size_t length)
{
    const char **items = cmek_arena_array(&rules->arena, entries->count + 1, sizeof *items);
    for (size_t i = 0; i < entries->count; i++)
        items[i] = entries->items[i];
    items[entries->count] = cmek_arena_strndup(&rules->arena, entry, length);
    *entries = (struct cmek_strings){items, entries->count + 1};
}

static void parse(const char *text, struct rules *rules)
{
    *rules = (struct rules){0};
    for (const char *at = text; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (rules->count == 0 || *at == '|')
            rules->all[rules->count] = &rules->rules[rules->count], rules->count++;
        struct cmek_policy_rule *rule = &rules->rules[rules->count - 1];
        if (strncmp(at, "+*", length) == 0)
            rule->allow_all = true;
        else if (strncmp(at, "-*", length) == 0)
            rule->deny_all = true;
        else if (*at == '+' || *at == '-')
            add_entry(rules, *at == '+' ? &rule->allowed : &rule->denied, at + 1, length - 1);
        at += length;
    }
}

/* Organization 1 over folder 2 with project four (4) and folder 3 with project five (5). */
static struct cmek_inventory *small_inventory(bool default_deny)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    fixture_add_project(inventory, "four", "4",
                        "\"projects/4\", \"folders/2\", \"organizations/1\"");
    fixture_add_project(inventory, "five", "5",
                        "\"projects/5\", \"folders/3\", \"organizations/1\"");
    cmek_inventory_finish(inventory);
    inventory->default_deny[SERVICE] = inventory->default_deny[KEYS] = default_deny;
    return inventory;
}

static const struct {
    const char *label;
    enum cmek_constraint constraint;
    const char *one, *relation, *other;
    bool default_deny;
} rows[] = {
    {"the order of entries", SERVICE, "-a -b", "==", "-b -a", ALLOW},
    {"an entry twice", SERVICE, "-a -b -a", "==", "-a -b", ALLOW},
    {"rules merged", SERVICE, "-a | -b", "==", "-a -b", ALLOW},
    {"another entry", SERVICE, "-a", "!=", "-b", ALLOW},
    {"an entry more", SERVICE, "-a", "!=", "-a -b", ALLOW},
    {"allowed is not denied", SERVICE, "+a", "!=", "-a", ALLOW},
    {"case counts", SERVICE, "-a", "!=", "-A", ALLOW},
    {"is:", SERVICE, "-is:a", "==", "-a", ALLOW},
    {"is: and the same without", SERVICE, "-is:a -a", "==", "-a", ALLOW},
    {"is: twice is another value", SERVICE, "-is:is:a", "!=", "-is:a", ALLOW},
    {"is:under: is no subtree", KEYS, "+is:under:folders/2", "!=", "+under:folders/2", ALLOW},
    {"no rule is allowAll by default", SERVICE, "", "==", "+*", ALLOW},
    {"… or denyAll, as the default is", SERVICE, "", "==", "-*", DENY},
    {"… not allowAll then", SERVICE, "", "!=", "+*", DENY},
    {"the default is not merged", SERVICE, "-a", "!=", "-a | -*", DENY},
    {"an empty rule says nothing", SERVICE, "|", "==", "", ALLOW},
    {"denials only allow the rest", SERVICE, "-a", "==", "-a | +*", ALLOW},
    {"allowAll takes an allow list up", SERVICE, "+a | +*", "==", "+*", ALLOW},
    {"denyAll takes all up", SERVICE, "+a -b | +* | -*", "==", "-*", ALLOW},
    {"H1: a child adds", SERVICE, "+blue | +red +green", "==", "+blue +green +red", ALLOW},
    {"H2: a child takes away", SERVICE, "-green | +red +green", "==", "+red", ALLOW},
    {"H2: not nothing", SERVICE, "-green | +red +green", "!=", "+red +green", ALLOW},
    {"H5: denials add up", KEYS, "-projects/456 | -projects/123",
     "==", "-projects/123 -projects/456", ALLOW},
    {"H6: a denial wins", KEYS, "+projects/123 | -projects/123", "==", "-*", ALLOW},
    {"V3: a denial beside an allow list", SERVICE, "-E1 | +E1 +E2", "==", "+E2", ALLOW},
    {"a denial beyond the allow list stays", SERVICE, "+a -b", "!=", "+a", ALLOW},
    {"V10: a subtree denied in a subtree allowed", KEYS,
     "+under:projects/5 -under:folders/3 | +under:organizations/1",
     "!=", "+under:organizations/1 +under:projects/5", ALLOW},
    {"a denied subtree may hold what is allowed", KEYS,
     "+under:folders/2 +projects/4 -under:folders/2", "!=", "+projects/4", ALLOW},
    {"an allowed subtree may hold what is denied", KEYS, "+under:folders/2 +projects/4 -projects/4",
     "!=", "+under:folders/2", ALLOW},
    {"a project by id and by number", KEYS, "+projects/four", "==", "+projects/4", ALLOW},
    {"a project as a subtree", KEYS, "+under:projects/4", "==", "+is:projects/four", ALLOW},
    {"another project", KEYS, "+projects/four", "!=", "+projects/5", ALLOW},
    {"a project that nobody knows", KEYS, "+is:projects/nine", "==", "+projects/nine", ALLOW},
    {"projects are no services", SERVICE, "+projects/four", "!=", "+projects/4", ALLOW},
    {"a folder without under:", KEYS, "+folders/2", "!=", "+under:folders/2", ALLOW},
};

START_TEST(spellings_compare)
{
    struct cmek_inventory *inventory = small_inventory(rows[_i].default_deny);
    bool equal = strcmp(rows[_i].relation, "==") == 0;
    struct rules one, other;
    parse(rows[_i].one, &one);
    parse(rows[_i].other, &other);
    struct cmek_reading a =
        cmek_reading_of(inventory, rows[_i].constraint, one.all, one.count, &one.arena);
    struct cmek_reading b =
        cmek_reading_of(inventory, rows[_i].constraint, other.all, other.count, &other.arena);
    ck_assert_msg(cmek_reading_equal(&a, &b) == equal, "%s", rows[_i].label);
    ck_assert_msg(cmek_reading_equal(&b, &a) == equal, "%s, the other way", rows[_i].label);
    cmek_arena_done(&one.arena);
    cmek_arena_done(&other.arena);
    cmek_inventory_free(inventory);
}
END_TEST

static const struct {
    const char *rules, *want;
} sentences[] = {
    {"", "allows everything"},
    {"-*", "denies everything"},
    {"-is:b -a", "denies a, b"},
    {"+a", "allows only a"},
    {"+a -b", "allows only a and denies b"},
    {"-a -b -c -d -e -f -g -h -i -j -k -l", "denies a, b, c, d, e, f, g, h, i, j and 2 more"},
};

START_TEST(readings_are_put_into_words)
{
    struct cmek_inventory *inventory = small_inventory(false);
    struct rules rules;
    parse(sentences[_i].rules, &rules);
    struct cmek_reading reading =
        cmek_reading_of(inventory, SERVICE, rules.all, rules.count, &rules.arena);
    struct cmek_strbuf text = {0};
    cmek_reading_describe(&reading, &text);
    ck_assert_str_eq(cmek_strbuf_text(&text), sentences[_i].want);
    cmek_strbuf_done(&text);
    cmek_arena_done(&rules.arena);
    cmek_inventory_free(inventory);
}
END_TEST

START_TEST(what_one_side_has_alone_is_put_into_words)
{
    struct cmek_inventory *inventory = small_inventory(false);
    struct rules one, other;
    parse("+a +b -x", &one);
    parse("+b +c -x", &other);
    struct cmek_reading a = cmek_reading_of(inventory, SERVICE, one.all, one.count, &one.arena);
    struct cmek_reading b =
        cmek_reading_of(inventory, SERVICE, other.all, other.count, &other.arena);
    struct cmek_strbuf text = {0};
    ck_assert(cmek_reading_describe_surplus(&a, &b, &text));
    ck_assert_str_eq(cmek_strbuf_text(&text), "allowed a");
    ck_assert(!cmek_reading_describe_surplus(&a, &a, &text));
    cmek_strbuf_done(&text);
    cmek_arena_done(&one.arena);
    cmek_arena_done(&other.arena);
    cmek_inventory_free(inventory);
}
END_TEST

/* Readings that are equal let the same values through: else a difference would be hidden. */

static uint64_t random_state;

static size_t pick(size_t count)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % count;
}

static void random_rules(enum cmek_constraint constraint, struct rules *rules)
{
    static const char *const entries[][7] = {
        [SERVICE] = {"*", "a", "is:a", "b", "is:b", "under:a", "is:is:a"},
        [KEYS] = {"*", "projects/4", "under:projects/four", "is:projects/5", "under:folders/2",
                  "under:organizations/1", "folders/3"},
    };
    struct cmek_strbuf text = {0};
    for (size_t i = pick(5); i > 0; i--)
        cmek_strbuf_printf(&text, "%s%s%s ", pick(3) ? "" : "| ", pick(2) ? "+" : "-",
                           entries[constraint][pick(8) ? 1 + pick(6) : 0]);
    parse(cmek_strbuf_text(&text), rules);
    cmek_strbuf_done(&text);
}

struct question {
    const struct cmek_inventory *inventory;
    enum cmek_constraint constraint;
    const char *value;
};

static enum cmek_tristate covers(void *payload, const char *entry)
{
    const struct question *question = payload;
    if (question->constraint == KEYS)
        return cmek_value_covers_project(question->inventory, entry, question->value);
    return cmek_value_is_service(entry, question->value) ? CMEK_YES : CMEK_NO;
}

/* Which of some values are denied, as bits. */
static unsigned denied_values(const struct cmek_inventory *inventory,
                              enum cmek_constraint constraint, const struct rules *rules)
{
    static const char *const values[][4] = {
        [SERVICE] = {"a", "b", "c", "is:a"}, [KEYS] = {"4", "five", "6", "five"}};
    struct cmek_effective_rule in_force[MOST];
    struct cmek_effective effective = {.rules = in_force};
    for (size_t i = 0; i < rules->count; i++)
        if (rules->all[i]->allow_all || rules->all[i]->deny_all || rules->all[i]->allowed.count ||
            rules->all[i]->denied.count)
            in_force[effective.rule_count++] = (struct cmek_effective_rule){rules->all[i], NULL, 0};
    unsigned denied = 0;
    for (size_t i = 0; i < COUNT(values[0]); i++) {
        struct question question = {inventory, constraint, values[constraint][i]};
        if (cmek_list_ask(&effective, covers, &question) & CMEK_DENIED)
            denied |= 1U << i;
    }
    return denied;
}

START_TEST(equal_readings_let_the_same_values_through)
{
    struct cmek_inventory *inventory = small_inventory(false);
    size_t equal = 0, different = 0;
    random_state = (uint64_t)_i;
    for (int i = 0; i < 2000; i++) {
        enum cmek_constraint constraint = (enum cmek_constraint)pick(2);
        struct rules one, other;
        random_rules(constraint, &one);
        random_rules(constraint, &other);
        struct cmek_reading a =
            cmek_reading_of(inventory, constraint, one.all, one.count, &one.arena);
        struct cmek_reading b =
            cmek_reading_of(inventory, constraint, other.all, other.count, &other.arena);
        bool is_equal = cmek_reading_equal(&a, &b);
        if (is_equal)
            ck_assert_uint_eq(denied_values(inventory, constraint, &one),
                              denied_values(inventory, constraint, &other));
        equal += is_equal;
        different += !is_equal;
        cmek_arena_done(&one.arena);
        cmek_arena_done(&other.arena);
    }
    ck_assert_uint_gt(equal, 100);
    ck_assert_uint_gt(different, 100);
    cmek_inventory_free(inventory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/reading");
    TCase *tests = tcase_create("reading");
    tcase_add_loop_test(tests, spellings_compare, 0, COUNT(rows));
    tcase_add_loop_test(tests, readings_are_put_into_words, 0, COUNT(sentences));
    tcase_add_test(tests, what_one_side_has_alone_is_put_into_words);
    tcase_add_loop_test(tests, equal_readings_let_the_same_values_through, 0, 10);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
