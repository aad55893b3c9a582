/* SPDX-License-Identifier: Apache-2.0 */
#include "json/members.h"

#include <string.h>

#include "suite.h"

#define LIMIT 12

static struct cmek_strbuf taken;

static void clean_up(void)
{
    cmek_strbuf_done(&taken);
}

/* "whole" is wanted whole, "list" by its elements; of the rest nothing. */
static enum cmek_json_use use(void *payload, const char *name)
{
    (void)payload;
    return strcmp(name, "whole") == 0  ? CMEK_JSON_WHOLE
           : strcmp(name, "list") == 0 ? CMEK_JSON_ELEMENTS
                                       : CMEK_JSON_SKIP;
}

static enum cmek_status take(void *payload, const char *name, const char *text, size_t length,
                             struct cmek_error *err)
{
    (void)payload;
    ck_assert_uint_eq(strlen(text), length);
    if (strcmp(text, "\"stop\"") == 0)
        return cmek_fail(err, CMEK_E_IO, "stopped");
    cmek_strbuf_printf(&taken, "%s:%s ", name, text);
    return CMEK_OK;
}

/* Feeds the text in pieces of @p size bytes. */
static enum cmek_status read_text(const char *text, size_t size, struct cmek_error *err)
{
    const struct cmek_json_members_handler handler = {use, take, NULL};
    struct cmek_json_members members;
    enum cmek_status status = CMEK_OK;
    cmek_strbuf_clear(&taken);
    cmek_json_members_init(&members, &handler, LIMIT);
    for (size_t at = 0, length = strlen(text); at < length && status == CMEK_OK; at += size)
        status = cmek_json_members_feed(&members, text + at,
                                        length - at < size ? length - at : size, err);
    if (status == CMEK_OK)
        status = cmek_json_members_finish(&members, err);
    cmek_json_members_done(&members);
    return status;
}

static const struct {
    const char *label, *text, *taken;
} objects[] = {
    {"an empty object", "{}", ""},
    {"blanks around it", " \r\n\t{ } \n", ""},
    {"a text", "{\"whole\":\"a b\"}", "whole:\"a b\" "},
    {"a number before the end", "{\"whole\":-1.5}", "whole:-1.5 "},
    {"a word and a blank", "{\"whole\" : null , \"x\":1}", "whole:null "},
    {"an object", "{\"whole\":{\"list\":[]}}", "whole:{\"list\":[]} "},
    {"an array wanted whole", "{\"whole\":[1,2]}", "whole:[1,2] "},
    {"no elements", "{\"list\":[ ]}", ""},
    {"no array at all", "{\"list\":null,\"whole\":1}", "whole:1 "},
    {"elements of each kind", "{\"list\":[{\"a\":1}, [2],3 ,\"d\",true]}",
     "list:{\"a\":1} list:[2] list:3 list:\"d\" list:true "},
    {"brackets and quotes in texts", "{\"list\":[\"]}\\\"\",\"\\\\\"],\"whole\":1}",
     "list:\"]}\\\"\" list:\"\\\\\" whole:1 "},
    {"what is not wanted is passed over",
     "{\"x\":{\"whole\":1},\"y\":[[]],\"z\":\"}\",\"whole\":2}", "whole:2 "},
    {"what is not wanted may be long", "{\"x\":\"0123456789012345678901234567890\",\"whole\":2}",
     "whole:2 "},
    {"a name with an escape is another name", "{\"wh\\u006fle\":1,\"whole\":2}", "whole:2 "},
    {"a member twice", "{\"whole\":1,\"whole\":2}", "whole:1 whole:2 "},
};

START_TEST(hands_over_what_is_wanted)
{
    struct cmek_error err = {0};
    for (size_t size = 1; size <= strlen(objects[_i].text); size++) {
        ck_assert_msg(read_text(objects[_i].text, size, &err) == CMEK_OK, "%s: %s",
                      objects[_i].label, err.message);
        ck_assert_msg(strcmp(cmek_strbuf_text(&taken), objects[_i].taken) == 0,
                      "%s, %zu bytes at a time: %s", objects[_i].label, size,
                      cmek_strbuf_text(&taken));
    }
}
END_TEST

static const struct {
    const char *label, *text;
    enum cmek_status status;
    const char *message;
} refused[] = {
    {"nothing", "", CMEK_E_INVALID, "breaks off"},
    {"an array", "[]", CMEK_E_INVALID, "expected an object"},
    {"a text", "\"{}\"", CMEK_E_INVALID, "expected an object"},
    {"no end", "{\"whole\":1", CMEK_E_INVALID, "breaks off"},
    {"no end of a text", "{\"whole\":\"1", CMEK_E_INVALID, "breaks off"},
    {"no end of elements", "{\"list\":[1", CMEK_E_INVALID, "breaks off"},
    {"no value", "{\"whole\":}", CMEK_E_INVALID, "expected a value at or after the member whole"},
    {"no colon", "{\"whole\" 1}", CMEK_E_INVALID, "expected a colon"},
    {"no name", "{1:2}", CMEK_E_INVALID, "expected a name in quotes"},
    {"a comma too many", "{\"whole\":1,}", CMEK_E_INVALID, "expected a name in quotes"},
    {"a comma too many in elements", "{\"list\":[1,]}", CMEK_E_INVALID, "expected a value"},
    {"a comma alone in elements", "{\"list\":[,]}", CMEK_E_INVALID, "expected a value"},
    {"no comma", "{\"whole\":\"1\" \"x\":2}", CMEK_E_INVALID, "expected a comma"},
    {"the wrong bracket after elements", "{\"list\":[1}", CMEK_E_INVALID, "expected a comma"},
    {"more than one", "{}{}", CMEK_E_INVALID, "expected nothing after the object"},
    {"elements of what is no array", "{\"list\":{}}", CMEK_E_INVALID,
     "the member list is no array"},
    {"a value that is too long", "{\"whole\":\"0123456789012345\"}", CMEK_E_LIMIT,
     "longer than 12 bytes"},
    {"an element that is too long", "{\"list\":[1,[0,1,2,3,4,5,6,7]]}", CMEK_E_LIMIT,
     "longer than 12 bytes"},
    {"the taker stops it", "{\"list\":[\"stop\",2]}", CMEK_E_IO, "stopped"},
};

START_TEST(refuses_what_is_no_object)
{
    struct cmek_error err = {0};
    for (size_t size = 1; size <= strlen(refused[_i].text) + 1; size++) {
        enum cmek_status status = read_text(refused[_i].text, size, &err);
        ck_assert_msg(status == refused[_i].status, "%s: %d", refused[_i].label, (int)status);
        ck_assert_msg(strstr(err.message, refused[_i].message), "%s: %s", refused[_i].label,
                      err.message);
    }
}
END_TEST

START_TEST(what_is_deep_is_passed_over_without_a_stack)
{
    struct cmek_strbuf text = {0};
    struct cmek_error err = {0};
    cmek_strbuf_puts(&text, "{\"x\":");
    for (int i = 0; i < 200000; i++)
        cmek_strbuf_putc(&text, '[');
    for (int i = 0; i < 200000; i++)
        cmek_strbuf_putc(&text, ']');
    cmek_strbuf_puts(&text, ",\"whole\":7}");
    ck_assert_msg(read_text(cmek_strbuf_text(&text), 4096, &err) == CMEK_OK, "%s", err.message);
    ck_assert_str_eq(cmek_strbuf_text(&taken), "whole:7 ");
    cmek_strbuf_done(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json/members");
    TCase *tests = tcase_create("members");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, hands_over_what_is_wanted, 0, COUNT(objects));
    tcase_add_loop_test(tests, refuses_what_is_no_object, 0, COUNT(refused));
    tcase_add_test(tests, what_is_deep_is_passed_over_without_a_stack);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
