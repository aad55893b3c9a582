/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/catalogue_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "model/catalogue.h"
#include "suite.h"

static char path[64];
static struct cmek_catalogue *catalogue;
static struct cmek_error err;

static void set_up(void)
{
    catalogue = cmek_catalogue_built_in();
}

static void tear_down(void)
{
    cmek_catalogue_free(catalogue);
}

static enum cmek_status load(const char *text)
{
    snprintf(path, sizeof path, "/tmp/cmek-catalogue-XXXXXX");
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    enum cmek_status status = cmek_catalogue_load(catalogue, path, &err);
    unlink(path);
    return status;
}

#define SERVICE  "- service: x.googleapis.com\n  name: X\n"
#define RESOURCE SERVICE "  resources:\n    - asset_type: x.googleapis.com/Y\n      noun: y\n"
#define KEYED    RESOURCE "      keys: k\n"

static const struct {
    const char *label, *text, *place, *message;
} wrong[] = {
    {"a mapping", "service: x\n", ":1:1:", "a catalogue is a list of services"},
    {"a text in the list", "- x\n", ":1:3:", "expected a mapping"},
    {"an unknown member", SERVICE "  colour: red\n", ":3:3:", "unknown key 'colour'"},
    {"no service", "- name: X\n  note: n\n", ":1:3:", "service is missing"},
    {"no name", "- service: x.googleapis.com\n  note: n\n", ":1:3:", "name is missing"},
    {"a short service", "- service: x\n  name: X\n  note: n\n", ":1:3:", "no service such as"},
    {"an upper-case service", "- service: X.com\n  name: X\n  note: n\n", ":1:3:", "no service"},
    {"a page without https", SERVICE "  note: n\n  reference: http://x\n", ":4:3:", "no https://"},
    {"no resources", SERVICE, ":1:3:", "resources are missing"},
    {"resources as text", SERVICE "  resources: y\n", ":3:3:", "resources is text"},
    {"a service twice", SERVICE "  note: n\n" SERVICE "  note: n\n", ":4:3:", "already in line 1"},
    {"no asset type", SERVICE "  resources:\n    - noun: y\n      keys: k\n",
     ":4:7:", "asset_type is missing"},
    {"no noun", SERVICE "  resources:\n    - asset_type: a/B\n      keys: k\n",
     ":4:7:", "noun is missing"},
    {"an asset type without slash", SERVICE "  resources:\n    - asset_type: ab\n      noun: y\n",
     ":4:7:", "no asset type such as"},
    {"an asset type that ends", SERVICE "  resources:\n    - asset_type: a/\n      noun: y\n",
     ":4:7:", "no asset type such as"},
    {"a key as resource",
     SERVICE "  resources:\n    - asset_type: cloudkms.googleapis.com/CryptoKey\n      noun: y\n",
     ":4:7:", "has a meaning of its own"},
    {"a gap as resource",
     SERVICE "  resources:\n    - asset_type: cmekscan.dev/CoverageGap\n      noun: y\n",
     ":4:7:", "has a meaning of its own"},
    {"no keys", RESOURCE, ":4:7:", "keys is missing"},
    {"keys as mapping", RESOURCE "      keys:\n        a: b\n", ":6:7:", "keys must be a list"},
    {"no key in the list", RESOURCE "      keys: []\n", ":6:7:", "keys must be a list of one"},
    {"a list in the list", RESOURCE "      keys:\n        - - a\n", ":7:11:", "expected a path"},
    {"a broken path", RESOURCE "      keys: a..b\n", ":6:7:", "'a..b' is no path"},
    {"a broken alternative", RESOURCE "      keys:\n        - a or b[\n", ":7:11:", "is no path"},
    {"a broken further path", KEYED "      further_keys: .a\n", ":7:7:", "is no path"},
    {"a broken location", KEYED "      location: a b\n", ":7:7:", "is no path"},
    {"two locations", KEYED "      location: a or b\n", ":7:7:", "is no path"},
    {"a broken creation time", KEYED "      created: a.\n", ":7:7:", "is no path"},
    {"another conclusion", KEYED "      without_key: pass\n", ":7:7:", "known: fail, unknown"},
    {"another governor", KEYED "      governed_by: me\n",
     ":7:7:", "known: both, key-project, neither"},
    {"another boolean", KEYED "      verified: yes\n", ":7:7:", "known: false, true"},
    {"fails unverified", KEYED "      without_key: fail\n", ":7:7:", "nothing fails by a row"},
    {"fails explicitly unverified", KEYED "      verified: false\n      without_key: fail\n",
     ":8:7:", "nothing fails by a row"},
    {"exceptions as text", KEYED "      except: x\n", ":7:7:", "except must be a list"},
    {"an empty exception", KEYED "      except:\n        - name: ''\n", ":8:11:", "name is empty"},
    {"half an exception", KEYED "      except:\n        - is: a\n",
     ":8:11:", "an exception is a name, or"},
    {"a double exception", KEYED "      except:\n        - name: a\n          field: a\n",
     ":8:11:", "an exception is a name, or"},
    {"an exception's path", KEYED "      except:\n        - field: a[\n          is: b\n",
     ":8:11:", "is no path"},
    {"half an instead", KEYED "      instead:\n        - field: a\n", ":8:11:", "are needed"},
    {"an instead's reason",
     KEYED "      instead:\n        - field: a\n          reason: A b\n          detail: d\n"
           "          kms_key: true\n",
     ":9:11:", "no word of lower-case"},
    {"an instead's boolean",
     KEYED "      instead:\n        - field: a\n          reason: b\n          detail: d\n"
           "          kms_key: maybe\n",
     ":11:11:", "known: false, true"},
    {"half a Terraform type", KEYED "      terraform:\n        - type: google_x\n",
     ":8:11:", "type and keys are needed"},
    {"a Terraform address",
     KEYED "      terraform:\n        - type: google_x.y\n          keys: a\n",
     ":8:11:", "no Terraform type such as"},
    {"a Terraform path", KEYED "      terraform:\n        - type: google_x\n          keys: a.\n",
     ":9:11:", "is no path"},
    {"a Terraform block",
     KEYED "      terraform:\n        - type: google_x\n          keys: a\n          each: a.b\n",
     ":10:11:", "is no block"},
    {"a Terraform name",
     KEYED "      terraform:\n        - type: google_x\n          keys: a\n          name: x/{y}\n",
     ":10:11:", "is no full resource name"},
    {"a Terraform name that is open",
     KEYED
     "      terraform:\n        - type: google_x\n          keys: a\n          name: //x/{y\n",
     ":10:11:", "is no full resource name"},
    {"a Terraform name within another",
     KEYED "      terraform:\n        - type: google_x\n          keys: a\n          name: "
           "'//x/{a{b}}'\n",
     ":10:11:", "is no full resource name"},
    {"a Terraform exception",
     KEYED "      terraform:\n        - type: google_x\n          keys: a\n          except:\n"
           "            - is: b\n",
     ":11:15:", "an exception is a name, or"},
    {"half a Terraform instead",
     KEYED "      terraform:\n        - type: google_x\n          keys: a\n          instead:\n"
           "            - field: b\n",
     ":11:15:", "are needed"},
    {"a Terraform further path",
     KEYED
     "      terraform:\n        - type: google_x\n          keys: a\n          further_keys: b.\n",
     ":10:11:", "is no path"},
    {"a Terraform type of another",
     KEYED "      terraform:\n        - type: google_storage_bucket\n          keys: a\n",
     ":7:7:", "belongs to storage.googleapis.com/Bucket already"},
    {"a schema without document", KEYED "      discovery:\n        - Bucket\n",
     ":8:11:", "a Discovery document and a schema"},
    {"an asset type twice",
     KEYED "    - asset_type: x.googleapis.com/Y\n      noun: y\n      keys: k\n",
     ":7:7:", "already in line 4"},
};

START_TEST(a_mistake_is_named_with_its_place)
{
    ck_assert_msg(load(wrong[_i].text) == CMEK_E_USAGE, "%s", wrong[_i].label);
    ck_assert_msg(strncmp(err.message, path, strlen(path)) == 0, "%s: %s", wrong[_i].label,
                  err.message);
    ck_assert_msg(strncmp(err.message + strlen(path), wrong[_i].place, strlen(wrong[_i].place)) ==
                      0,
                  "%s: %s", wrong[_i].label, err.message);
    ck_assert_msg(strstr(err.message, wrong[_i].message), "%s: %s", wrong[_i].label, err.message);
}
END_TEST

START_TEST(too_much_is_refused)
{
    struct cmek_strbuf text = {0};
    for (int i = 0; i < 1000; i++)
        cmek_strbuf_printf(&text, "- service: s%d.example.com\n  name: S\n  note: n\n", i);
    ck_assert_int_eq(load(cmek_strbuf_text(&text)), CMEK_E_USAGE);
    ck_assert_msg(strstr(err.message, "more than 1000 services"), "%s", err.message);
    cmek_strbuf_done(&text);
}
END_TEST

START_TEST(a_missing_file_is_wrong_usage)
{
    ck_assert_int_eq(cmek_catalogue_load(catalogue, "/nonexistent/x.yaml", &err), CMEK_E_USAGE);
    ck_assert(strstr(err.message, "/nonexistent/x.yaml"));
}
END_TEST

START_TEST(a_new_service_is_a_row)
{
    size_t services = catalogue->services.count, types = catalogue->types.count;
    ck_assert_msg(load("- service: x.example.com\n"
                       "  name: X\n"
                       "  reference: https://example.com/keys\n"
                       "  resources:\n"
                       "    - asset_type: x.example.com/Y\n"
                       "      noun: y\n"
                       "      keys:\n"
                       "        - a.b or c[].d\n"
                       "        - e\n"
                       "      further_keys: f\n"
                       "      without_key: fail\n"
                       "      verified: true\n"
                       "      governed_by: key-project\n"
                       "      location: l\n"
                       "      except:\n"
                       "        - name: n*\n"
                       "        - field: t\n"
                       "          is: V\n"
                       "      instead:\n"
                       "        - field: o\n"
                       "          reason: other-key\n"
                       "          detail: it has another\n"
                       "          kms_key: true\n"
                       "      discovery:\n"
                       "        - x.v1 Y\n"
                       "      terraform:\n"
                       "        - type: x_y\n"
                       "          keys: k[].l\n"
                       "          further_keys: m\n"
                       "          noun: z\n"
                       "          each: k\n"
                       "          name: //x.example.com/{k[].n}\n"
                       "          except:\n"
                       "            - field: v[]\n"
                       "          instead:\n"
                       "            - field: w\n"
                       "              reason: other-key\n"
                       "              detail: it has another\n"
                       "              kms_key: false\n") == CMEK_OK,
                  "%s", err.message);
    ck_assert_uint_eq(catalogue->services.count, services + 1);
    ck_assert_uint_eq(catalogue->types.count, types + 1);
    const struct cmek_service_type *type = cmek_catalogue_type(catalogue, "x.example.com/Y");
    ck_assert_str_eq(type->service->name, "X");
    ck_assert_str_eq(type->origin, path);
    ck_assert_uint_eq(type->keys.count, 2);
    ck_assert_uint_eq(type->keys.items[0].count, 2);
    ck_assert(type->has_many_keys && type->is_verified);
    ck_assert_uint_eq(type->governed_by, 1U << CMEK_CONSTRAINT_KEY_PROJECT);
    ck_assert_uint_eq(type->exception_count, 2);
    ck_assert(type->other_keys[0].is_kms_key);
    ck_assert_ptr_eq(cmek_catalogue_terraform(catalogue, "x_y", NULL), type);
    const struct cmek_terraform_type *row = &type->terraform[0];
    ck_assert(!row->is_verified);
    ck_assert_str_eq(row->noun, "z");
    ck_assert_str_eq(row->each, "k");
    ck_assert_str_eq(row->name, "//x.example.com/{k[].n}");
    ck_assert_uint_eq(row->further_keys.count, 1);
    ck_assert_uint_eq(row->exception_count, 1);
    ck_assert_ptr_null(row->exceptions[0].value);
    ck_assert_str_eq(row->other_keys[0].field.text, "w");
}
END_TEST

START_TEST(a_known_type_gets_a_new_row_and_its_service_keeps_the_rest)
{
    const struct cmek_service *service =
        cmek_catalogue_service(catalogue, "spanner.googleapis.com");
    const char *name = service->name;
    ck_assert_msg(load("- service: spanner.googleapis.com\n"
                       "  resources:\n"
                       "    - asset_type: spanner.googleapis.com/Database\n"
                       "      noun: data base\n"
                       "      keys: other\n") == CMEK_OK,
                  "%s", err.message);
    const struct cmek_service_type *type =
        cmek_catalogue_type(catalogue, "spanner.googleapis.com/Database");
    ck_assert_ptr_eq(type->service, service);
    ck_assert_str_eq(service->name, name);
    ck_assert_str_eq(type->noun, "data base");
    ck_assert_str_eq(type->keys.items[0].items[0].text, "other");
    ck_assert_int_eq(type->absence, CMEK_ABSENCE_UNKNOWN);
    ck_assert_uint_eq(type->created.count, 0);
}
END_TEST

START_TEST(the_built_in_catalogue_keeps_its_own_rules)
{
    ck_assert_uint_ge(catalogue->services.count, 50);
    ck_assert_uint_ge(catalogue->types.count, 80);
    for (size_t i = 0; i < catalogue->services.count; i++)
        ck_assert_msg(!catalogue->services.items[i]->is_selected, "selected from the start");
    for (size_t i = 0; i < catalogue->types.count; i++) {
        const struct cmek_service_type *type = catalogue->types.items[i];
        ck_assert_uint_eq(type->index, i);
        ck_assert_msg(!type->is_verified || type->discovery.count > 0,
                      "%s is verified by no schema", type->asset_type);
    }
    /* The three that had rules before there was a catalogue come first, in the order of reports. */
    static const char *const first[] = {CMEK_TYPE_BUCKET, CMEK_TYPE_TOPIC, CMEK_TYPE_REPOSITORY};
    for (int i = 0; i < COUNT(first); i++) {
        ck_assert_str_eq(catalogue->types.items[i]->asset_type, first[i]);
        ck_assert_int_eq(catalogue->types.items[i]->absence, CMEK_ABSENCE_FAILS);
        ck_assert(!catalogue->types.items[i]->has_many_keys);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules/catalogue_load");
    TCase *tests = tcase_create("catalogue_load");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_mistake_is_named_with_its_place, 0, COUNT(wrong));
    tcase_add_test(tests, too_much_is_refused);
    tcase_add_test(tests, a_missing_file_is_wrong_usage);
    tcase_add_test(tests, a_new_service_is_a_row);
    tcase_add_test(tests, a_known_type_gets_a_new_row_and_its_service_keeps_the_rest);
    tcase_add_test(tests, the_built_in_catalogue_keeps_its_own_rules);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
