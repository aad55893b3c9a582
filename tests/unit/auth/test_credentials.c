/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "auth/folder.h"
#include "auth/keys.h"
#include "suite.h"

#define USER_FILE                                                                                  \
    "{\"type\":\"authorized_user\",\"client_id\":\"id\",\"client_secret\":\"s3cret\","             \
    "\"refresh_token\":\"1//refresh\",\"quota_project_id\":\"billing-file\"}"
#define PEM_START "-----BEGIN PRIVATE KEY-----"

static const char *put(const char *name, const char *text)
{
    return folder_write(name, text, strlen(text));
}

static struct cmek_credentials *find(const struct cmek_auth_settings *settings)
{
    struct cmek_credentials *credentials = NULL;
    struct cmek_error err = {0};
    enum cmek_status status = cmek_credentials_find(settings, &credentials, &err);
    ck_assert_msg(status == CMEK_OK && credentials, "%s", err.message);
    return credentials;
}

static void assert_described(const struct cmek_auth_settings *settings, const char *part)
{
    struct cmek_credentials *credentials = find(settings);
    const char *text = cmek_credentials_describe(credentials);
    ck_assert_msg(strstr(text, part), "%s instead of %s", text, part);
    cmek_credentials_free(credentials);
}

static void assert_refused(const struct cmek_auth_settings *settings, const char *label,
                           const char *part)
{
    struct cmek_credentials *credentials = NULL;
    struct cmek_error err = {0};
    ck_assert_msg(cmek_credentials_find(settings, &credentials, &err) == CMEK_E_AUTH, "%s", label);
    ck_assert_ptr_null(credentials);
    ck_assert_msg(strstr(err.message, part), "%s: %s", label, err.message);
    ck_assert_msg(!strstr(err.message, "s3cret") && !strstr(err.message, "1//refresh"), "%s: %s",
                  label, err.message);
}

/* Bad files */

static const struct {
    const char *label, *text, *message;
} bad_files[] = {
    {"empty", "", "credential file"},
    {"not JSON", "hello", "credential file"},
    {"an array", "[1]", "credential file"},
    {"cut short", "{\"type\":\"authorized_user\",\"client_secret\":\"s3cret", "credential file"},
    {"no type", "{\"client_id\":\"a\"}", "type"},
    {"type is a number", "{\"type\":5}", "type"},
    {"unknown type", "{\"type\":\"magic\\u001b[31m\"}", "not one that Google's tools write"},
    {"gdch", "{\"type\":\"gdch_service_account\"}", "are not supported"},
    {"user without token",
     "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"s3cret\"}",
     "refresh_token"},
    {"user with an empty token",
     "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"s3cret\","
     "\"refresh_token\":\"\"}",
     "refresh_token is empty"},
    {"user with a number", "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":5}",
     "client_secret"},
    {"user with a foreign token_uri",
     "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"s3cret\","
     "\"refresh_token\":\"1//refresh\",\"token_uri\":\"https://evil.example/token\"}",
     "https://evil.example"},
    {"quota project with a line end",
     "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"s3cret\","
     "\"refresh_token\":\"1//refresh\",\"quota_project_id\":\"a\\r\\nX: y\"}",
     "quota_project_id"},
    {"account without key", "{\"type\":\"service_account\",\"client_email\":\"a@b\"}",
     "private_key"},
    {"account with a broken key",
     "{\"type\":\"service_account\",\"client_email\":\"a@b\",\"private_key\":\"" PEM_START
     "\\ns3cret\\n\"}",
     "the private key does not parse"},
    {"account with an empty name",
     "{\"type\":\"service_account\",\"client_email\":\"\",\"private_key\":\"s3cret\"}",
     "client_email"},
    {"account of another universe",
     "{\"type\":\"service_account\",\"client_email\":\"a@b\",\"private_key\":\"s3cret\","
     "\"universe_domain\":\"example.org\"}",
     "set GOOGLE_CLOUD_UNIVERSE_DOMAIN to example.org"},
};

START_TEST(bad_file_is_refused_and_named)
{
    folder_make();
    const char *path = put("key.json", bad_files[_i].text);
    const struct cmek_auth_settings settings = {.credentials_file = path};
    assert_refused(&settings, bad_files[_i].label, bad_files[_i].message);
    assert_refused(&settings, bad_files[_i].label, path);
    folder_remove();
}
END_TEST

START_TEST(oversized_file_is_refused)
{
    folder_make();
    size_t size = 70000;
    char *text = malloc(size);
    memset(text, ' ', size);
    const char *path = folder_write("key.json", text, size);
    assert_refused(&(struct cmek_auth_settings){.credentials_file = path}, "size", "larger");
    free(text);
    folder_remove();
}
END_TEST

static const struct {
    const char *uri;
    bool is_allowed;
} endpoints[] = {
    {"https://oauth2.googleapis.com/token", true},
    {"https://www.googleapis.com/oauth2/v4/token", true},
    {"http://127.0.0.1:8085/token", true},
    {"https://localhost/token", true},
    {"http://oauth2.googleapis.com/token", false},
    {"https://googleapis.com/token", false},
    {"https://oauth2.googleapis.com.evil.example/token", false},
    {"https://evilgoogleapis.com/token", false},
    {"https://user@oauth2.googleapis.com/", false},
    {"http://127.0.0.1.evil.example/token", false},
    {"http://169.254.169.254/token", false},
    {"file:///etc/passwd", false},
    {"", false},
};

START_TEST(credential_goes_only_where_it_may)
{
    folder_make();
    EVP_PKEY *key = make_rsa_key();
    char *pem = pem_of(key, NULL);
    const char *path = put("key.json", service_account_json(pem, endpoints[_i].uri));
    const struct cmek_auth_settings settings = {.credentials_file = path};
    if (endpoints[_i].is_allowed)
        assert_described(&settings, "service account scanner@demo.iam.gserviceaccount.com from '");
    else
        assert_refused(&settings, endpoints[_i].uri, "token_uri");
    free(pem);
    EVP_PKEY_free(key);
    folder_remove();
}
END_TEST

/* The order */

START_TEST(order_is_googles)
{
    folder_make();
    const char *token_file = put("token", "ya29.file\r\n"),
               *user_file = put("user.json", USER_FILE);
    put("application_default_credentials.json", USER_FILE);
    struct cmek_auth_settings settings = {.access_token_file = token_file,
                                          .access_token = "ya29.env",
                                          .credentials_file = user_file,
                                          .cloudsdk_config = folder_path(),
                                          .home = "/nonexistent"};
    assert_described(&settings, "access token from '");
    settings.access_token_file = NULL;
    assert_described(&settings, "CLOUDSDK_AUTH_ACCESS_TOKEN");
    settings.access_token = "";
    assert_described(&settings, "user.json");
    settings.credentials_file = NULL;
    assert_described(&settings, "application_default_credentials.json");
    settings.cloudsdk_config = NULL;
    assert_described(&settings, "metadata server metadata.google.internal");
    settings.metadata_host = "127.0.0.1:99";
    assert_described(&settings, "metadata server 127.0.0.1:99");
    settings.no_gce_check = true;
    assert_refused(&settings, "nothing", "/nonexistent/.config/gcloud/application_default");
    assert_refused(&settings, "nothing", "gcloud auth application-default login");
    assert_refused(&settings, "nothing", "GOOGLE_APPLICATION_CREDENTIALS");
    settings.home = NULL;
    assert_refused(&settings, "nothing", "neither CLOUDSDK_CONFIG nor HOME");
    folder_remove();
}
END_TEST

START_TEST(named_file_that_is_missing_does_not_fall_through)
{
    folder_make();
    put("application_default_credentials.json", USER_FILE);
    assert_refused(&(struct cmek_auth_settings){.credentials_file = "/nonexistent/key.json",
                                                .cloudsdk_config = folder_path()},
                   "missing", "/nonexistent/key.json");
    assert_refused(&(struct cmek_auth_settings){.credentials_file = folder_path()}, "folder",
                   "is a directory");
    folder_remove();
}
END_TEST

START_TEST(quota_project_of_the_environment_beats_the_files)
{
    folder_make();
    struct cmek_auth_settings settings = {.credentials_file = put("user.json", USER_FILE)};
    struct cmek_credentials *credentials = find(&settings);
    ck_assert_str_eq(cmek_credentials_quota_project(credentials), "billing-file");
    cmek_credentials_free(credentials);
    settings.quota_project = "billing-env";
    credentials = find(&settings);
    ck_assert_str_eq(cmek_credentials_quota_project(credentials), "billing-env");
    cmek_credentials_free(credentials);
    settings.quota_project = "a\nb";
    assert_refused(&settings, "quota project", "control characters");
    folder_remove();
}
END_TEST

static const struct {
    const char *label, *bytes;
    size_t length;
    const char *message; /* NULL: good */
} token_files[] = {
    {"plain", "ya29.a", 6, NULL},
    {"line end", "ya29.a\n", 7, NULL},
    {"two of them", "ya29.a\r\n\n", 9, NULL},
    {"empty", "", 0, "is empty"},
    {"only a line end", "\n", 1, "is empty"},
    {"a line end inside", "a\nb", 3, "characters"},
    {"a blank", "a b", 3, "characters"},
    {"a NUL", "a\0b", 3, "NUL"},
    {"binary", "\xff\xfe", 2, "characters"},
};

START_TEST(token_file_is_trimmed_and_checked)
{
    folder_make();
    const char *path = folder_write("token", token_files[_i].bytes, token_files[_i].length);
    const struct cmek_auth_settings settings = {.access_token_file = path};
    if (token_files[_i].message)
        assert_refused(&settings, token_files[_i].label, token_files[_i].message);
    else
        assert_described(&settings, path);
    folder_remove();
}
END_TEST

START_TEST(bad_token_of_the_environment_is_refused)
{
    assert_refused(&(struct cmek_auth_settings){.access_token = "a\r\nX: y"}, "token",
                   "CLOUDSDK_AUTH_ACCESS_TOKEN");
    assert_refused(&(struct cmek_auth_settings){.access_token_file = "/nonexistent/token"}, "file",
                   "/nonexistent/token");
}
END_TEST

static const struct {
    const char *host, *described; /* NULL: refused */
} metadata_hosts[] = {
    {"metadata", "metadata server metadata"},
    {"http://127.0.0.1:8086", "metadata server 127.0.0.1:8086"},
    {"http://127.0.0.1:8086/", "metadata server 127.0.0.1:8086"},
    {"https://127.0.0.1", NULL},
    {"127.0.0.1/path", NULL},
    {"user@host", NULL},
    {"a b", NULL},
    {"host:port", NULL},
};

START_TEST(metadata_host_is_a_host)
{
    const struct cmek_auth_settings settings = {.metadata_host = metadata_hosts[_i].host};
    if (metadata_hosts[_i].described)
        assert_described(&settings, metadata_hosts[_i].described);
    else
        assert_refused(&settings, metadata_hosts[_i].host, "GCE_METADATA_HOST");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/credentials");
    TCase *tests = tcase_create("credentials");
    tcase_add_loop_test(tests, bad_file_is_refused_and_named, 0, COUNT(bad_files));
    tcase_add_test(tests, oversized_file_is_refused);
    tcase_add_loop_test(tests, credential_goes_only_where_it_may, 0, COUNT(endpoints));
    tcase_add_test(tests, order_is_googles);
    tcase_add_test(tests, named_file_that_is_missing_does_not_fall_through);
    tcase_add_test(tests, quota_project_of_the_environment_beats_the_files);
    tcase_add_loop_test(tests, token_file_is_trimmed_and_checked, 0, COUNT(token_files));
    tcase_add_test(tests, bad_token_of_the_environment_is_refused);
    tcase_add_loop_test(tests, metadata_host_is_a_host, 0, COUNT(metadata_hosts));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
