/* SPDX-License-Identifier: Apache-2.0 */
#include "report/xml.h"

#include <check.h>

#include "base/strbuf.h"
#include "render.h"

static const struct {
    const char *label, *text, *want;
} cases[] = {
    {"nothing", "", ""},
    {"no text at all", NULL, ""},
    {"plain text", "a bucket", "a bucket"},
    {"markup", "<a href=\"x\">&'</a>", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;"},
    {"the end of a CDATA section", "]]>", "]]&gt;"},
    {"white space that attributes would lose", "a\tb\nc\rd", "a&#9;b&#10;c&#13;d"},
    {"control characters", "\x01\x08\x1b[0m\x7f",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd[0m\xef\xbf\xbd"},
    {"C1 control characters", "\xc2\x9b", "\xef\xbf\xbd"},
    {"forbidden U+FFFE", "\xef\xbf\xbe", "\xef\xbf\xbd"},
    {"a surrogate in UTF-8", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"bytes that are not UTF-8", "\xff", "\xef\xbf\xbd"},
    {"UTF-8 stays", "\xc3\xa4 \xf0\x9f\x98\x80", "\xc3\xa4 \xf0\x9f\x98\x80"},
    {"a command to Azure Pipelines", "##vso[x]", "#&#35;vso[x]"},
    {"one hash", "a#b", "a#b"},
};

START_TEST(text_is_escaped)
{
    struct cmek_strbuf xml = {0};
    cmek_xml_append(&xml, cases[_i].text);
    ck_assert_msg(strcmp(cmek_strbuf_text(&xml), cases[_i].want) == 0, "%s: got '%s'",
                  cases[_i].label, cmek_strbuf_text(&xml));
    cmek_strbuf_done(&xml);
}
END_TEST

START_TEST(an_attribute_is_quoted)
{
    struct cmek_strbuf xml = {0};
    cmek_xml_attribute(&xml, "name", "a\" b=\"");
    cmek_xml_attribute(&xml, "type", NULL);
    ck_assert_str_eq(cmek_strbuf_text(&xml), " name=\"a&quot; b=&quot;\" type=\"\"");
    cmek_strbuf_done(&xml);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("xml");
    tcase_add_loop_test(tests, text_is_escaped, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tests, an_attribute_is_quoted);
    return run_case("report/xml", tests);
}
