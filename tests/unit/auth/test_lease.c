/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials against a token endpoint, a metadata server and an API on loopback. */
#include "auth/lease.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/credentials.h"
#include "auth/folder.h"
#include "auth/keys.h"
#include "http/fault_server.h"
#include "suite.h"

#define UNIVERSE_PATH "/computeMetadata/v1/universe/universe-domain"
#define METADATA_PATH "/computeMetadata/v1/instance/service-accounts/default/token"

/* What the server does and saw; one test, one process, so plain statics will do. */
static struct {
    const char *status, *answer, *headers;
    const char *first_status, *first_answer;
    const char *good_token; /* of /api; NULL: any */
    char body[8192], head[8192];
    int tokens, api_calls;
} cloud;

static struct fault_server *server;
static struct cmek_http_engine *engine;
static struct cmek_credentials *credentials;
static EVP_PKEY *key;

static bool reply(const struct fault_request *request, const char *status, const char *headers,
                  const char *text)
{
    return fault_reply(request->fd, status, headers, text, strlen(text));
}

static bool serve_api(const struct fault_request *request)
{
    char wanted[128];
    const char *token = fault_header(request, "Authorization");
    cloud.api_calls++;
    snprintf(wanted, sizeof wanted, "Bearer %s", cloud.good_token ? cloud.good_token : "");
    bool is_good = token && (!cloud.good_token || strcmp(token, wanted) == 0);
    return reply(request, is_good ? "200 OK" : "401 Unauthorized", NULL, "{}");
}

static bool serve(void *payload, const struct fault_request *request)
{
    (void)payload;
    if (strcmp(request->path, "/api") == 0)
        return serve_api(request);
    memcpy(cloud.body, request->body, sizeof cloud.body);
    memcpy(cloud.head, request->head, sizeof cloud.head);
    cloud.tokens++;
    if (cloud.tokens == 1 && cloud.first_answer)
        return reply(request, cloud.first_status, cloud.headers, cloud.first_answer);
    bool is_universe = strcmp(request->path, UNIVERSE_PATH) == 0;
    return reply(request, cloud.status, cloud.headers,
                 is_universe ? "googleapis.com" : cloud.answer);
}

static const char *url_of(const char *path)
{
    static char url[128];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", fault_server_port(server), path);
    return url;
}

static void begin(void)
{
    static const struct cmek_http_options options = {.backoff_ms = 2,
                                                     .max_backoff_ms = 10,
                                                     .deadline_ms = 3000,
                                                     .attempt_ms = 1000};
    cloud.status = "200 OK";
    cloud.answer =
        "{\"access_token\":\"ya29.first\",\"expires_in\":3599,\"token_type\":\"Bearer\"}";
    folder_make();
    server = fault_server_start(serve, NULL);
    ck_assert_int_eq(cmek_http_engine_new(&options, &engine, NULL), CMEK_OK);
}

static void end(void)
{
    cmek_http_engine_free(engine);
    cmek_credentials_free(credentials);
    fault_server_stop(server);
    folder_remove();
    EVP_PKEY_free(key);
}

static void find(const struct cmek_auth_settings *settings)
{
    struct cmek_error err = {0};
    enum cmek_status status = cmek_credentials_find(settings, &credentials, &err);
    ck_assert_msg(status == CMEK_OK, "%s", err.message);
}

static void find_user(void)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"authorized_user\",\"client_id\":\"id 1\",\"client_secret\":\"s3&cret\","
             "\"refresh_token\":\"1//refresh\",\"token_uri\":\"%s\"}",
             url_of("/token"));
    const char *path = folder_write("user.json", text, strlen(text));
    find(&(struct cmek_auth_settings){.credentials_file = path});
}

static void find_account(void)
{
    key = make_rsa_key();
    char *pem = pem_of(key, NULL);
    const char *text = service_account_json(pem, url_of("/token"));
    const char *path = folder_write("key.json", text, strlen(text));
    free(pem);
    find(&(struct cmek_auth_settings){.credentials_file = path});
}

static void find_metadata(void)
{
    find(&(struct cmek_auth_settings){.metadata_host = url_of("")});
}

static void attach(void)
{
    struct cmek_error err = {0};
    enum cmek_status status = cmek_credentials_attach(credentials, engine, NULL, NULL, &err);
    ck_assert_msg(status == CMEK_OK, "%s", err.message);
}

static const char *refused_attach(void)
{
    static struct cmek_error err;
    ck_assert_int_eq(cmek_credentials_attach(credentials, engine, NULL, NULL, &err), CMEK_E_AUTH);
    static const char *const secrets[] = {"1//refresh", "s3&cret", "assertion=", "eyJ"};
    for (int i = 0; i < COUNT(secrets); i++)
        ck_assert_msg(!strstr(err.message, secrets[i]), "%s", err.message);
    return err.message;
}

static enum cmek_http_outcome outcome;
static char message[1024];

static void take_result(void *payload, const struct cmek_http_result *result)
{
    (void)payload;
    outcome = result->outcome;
    snprintf(message, sizeof message, "%s", result->message ? result->message : "");
}

static void call_api(int count)
{
    for (int i = 0; i < count; i++)
        cmek_http_submit(engine, &(struct cmek_http_request){.method = "GET",
                                                             .url = url_of("/api"),
                                                             .authorize = true,
                                                             .done = take_result});
    cmek_http_run(engine, NULL, NULL);
}

/* Grants */

START_TEST(service_account_sends_a_signed_assertion)
{
    begin();
    find_account();
    attach();
    const char *grant =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    ck_assert_msg(strncmp(cloud.body, grant, strlen(grant)) == 0, "%s", cloud.body);
    const char *token = cloud.body + strlen(grant);
    ck_assert(is_signed_by(token, key));
    char *header = jwt_part(token, 0), *claims = jwt_part(token, 1);
    ck_assert_ptr_nonnull(strstr(header, "\"kid\":\"kid-7\""));
    ck_assert_ptr_nonnull(strstr(claims, "\"iss\":\"scanner@demo.iam.gserviceaccount.com\""));
    ck_assert_ptr_nonnull(strstr(claims, "\"aud\":\"https://oauth2.googleapis.com/token\""));
    ck_assert_ptr_nonnull(
        strstr(claims, "\"scope\":\"https://www.googleapis.com/auth/cloud-platform\""));
    ck_assert_ptr_nonnull(
        strstr(cloud.head, "Content-Type: application/x-www-form-urlencoded\r\n"));
    free(header);
    free(claims);
    cloud.good_token = "ya29.first";
    call_api(3);
    ck_assert_int_eq(outcome, CMEK_HTTP_OK);
    ck_assert_int_eq(cloud.tokens, 1);
    end();
}
END_TEST

START_TEST(user_sends_the_refresh_token)
{
    begin();
    find_user();
    attach();
    ck_assert_str_eq(cloud.body, "grant_type=refresh_token&client_id=id%201&client_secret=s3%26cret"
                                 "&refresh_token=1%2F%2Frefresh");
    end();
}
END_TEST

START_TEST(metadata_server_is_asked_with_its_header)
{
    begin();
    cloud.headers = "Metadata-Flavor: Google\r\n";
    find_metadata();
    attach();
    ck_assert_ptr_nonnull(strstr(cloud.head, "GET " METADATA_PATH "?scopes=https%3A%2F%2Fwww."
                                             "googleapis.com%2Fauth%2Fcloud-platform HTTP/1.1"));
    ck_assert_ptr_nonnull(strstr(cloud.head, "Metadata-Flavor: Google\r\n"));
    end();
}
END_TEST

START_TEST(server_without_the_flavor_is_no_metadata_server)
{
    begin();
    find_metadata();
    const char *text = refused_attach();
    ck_assert_msg(strstr(text, "Metadata-Flavor"), "%s", text);
    end();
}
END_TEST

START_TEST(missing_metadata_server_tells_what_was_tried_and_what_to_do)
{
    begin();
    find(&(struct cmek_auth_settings){.metadata_host = "127.0.0.1:1", .home = "/nonexistent"});
    const char *text = refused_attach();
    static const char *const parts[] = {"no Google credentials",
                                        "GOOGLE_APPLICATION_CREDENTIALS is not set",
                                        "/nonexistent/.config/gcloud", "127.0.0.1:1",
                                        "gcloud auth application-default login"};
    for (int i = 0; i < COUNT(parts); i++)
        ck_assert_msg(strstr(text, parts[i]), "%s: %s", parts[i], text);
    end();
}
END_TEST

/* Refusals */

static const struct {
    const char *label, *status, *answer, *message;
    void (*find)(void);
} refusals[] = {
    {"expired login", "400 Bad Request",
     "{\"error\":\"invalid_grant\",\"error_description\":\"Token has been expired or revoked.\"}",
     "invalid_grant: Token has been expired or revoked.); log in again", find_user},
    {"deleted key", "400 Bad Request",
     "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid JWT Signature.\"}",
     "Invalid JWT Signature.); check that the key still exists", find_account},
    {"secret repeated", "400 Bad Request",
     "{\"error\":\"invalid_grant\",\"error_description\":\"bad 1//refresh\"}",
     "400 (invalid_grant); log in", find_user},
    {"html", "403 Forbidden", "<html>", "answered 403; log in", find_user},
    {"redirect", "302 Found", "", "answered 302", find_user},
    {"not JSON", "200 OK", "hello", "unusable", find_user},
    {"token that would end its header", "200 OK", "{\"access_token\":\"a\\r\\nX: y\"}",
     "characters that no token has", find_user},
};

START_TEST(refusal_says_why_and_what_to_do)
{
    begin();
    cloud.status = refusals[_i].status;
    cloud.answer = refusals[_i].answer;
    refusals[_i].find();
    const char *text = refused_attach();
    ck_assert_msg(strstr(text, refusals[_i].message), "%s: %s", refusals[_i].label, text);
    ck_assert_msg(strstr(text, ".json"), "%s: %s", refusals[_i].label, text);
    ck_assert_int_eq(cloud.tokens, 1);
    end();
}
END_TEST

static const struct {
    const char *label, *status, *answer;
} passing_troubles[] = {
    {"503", "503 Service Unavailable", ""},
    {"OAuth's own", "400 Bad Request", "{\"error\":\"internal_failure\"}"},
};

START_TEST(passing_trouble_of_the_endpoint_is_retried)
{
    begin();
    cloud.first_status = passing_troubles[_i].status;
    cloud.first_answer = passing_troubles[_i].answer;
    find_user();
    attach();
    ck_assert_int_eq(cloud.tokens, 2);
    end();
}
END_TEST

/* Renewal */

START_TEST(token_is_renewed_before_it_expires_and_shared)
{
    begin();
    cloud.answer = "{\"access_token\":\"ya29.short\",\"expires_in\":1}";
    find_user();
    attach();
    call_api(20);
    ck_assert_int_eq(cloud.tokens, 1);
    struct timespec pause = {.tv_nsec = 600 * 1000 * 1000}; /* half of its life has gone */
    nanosleep(&pause, NULL);
    cloud.answer = "{\"access_token\":\"ya29.next\",\"expires_in\":3600}";
    cloud.good_token = "ya29.next";
    call_api(20);
    ck_assert_int_eq(outcome, CMEK_HTTP_OK);
    ck_assert_int_eq(cloud.tokens, 2);
    end();
}
END_TEST

START_TEST(rejected_token_is_renewed_once_not_in_a_circle)
{
    begin();
    find_user();
    attach();
    cloud.answer = "{\"access_token\":\"ya29.other\",\"expires_in\":3600}";
    cloud.good_token = "none will do";
    for (int i = 0; i < 5; i++)
        call_api(10);
    ck_assert_int_eq(outcome, CMEK_HTTP_STATUS);
    ck_assert_int_eq(cloud.tokens, 2);
    end();
}
END_TEST

START_TEST(rejected_token_of_the_environment_ends_with_advice)
{
    begin();
    find(&(struct cmek_auth_settings){.access_token = "ya29.env"});
    attach();
    cloud.good_token = "another";
    call_api(5);
    ck_assert_int_eq(outcome, CMEK_HTTP_NO_TOKEN);
    ck_assert_msg(strstr(message, "CLOUDSDK_AUTH_ACCESS_TOKEN") && strstr(message, "401") &&
                      strstr(message, "gcloud auth print-access-token"),
                  "%s", message);
    ck_assert_ptr_null(strstr(message, "ya29"));
    end();
}
END_TEST

START_TEST(token_file_that_was_renewed_is_read_again)
{
    begin();
    const char *path = folder_write("token", "ya29.old\n", 9);
    find(&(struct cmek_auth_settings){.access_token_file = path});
    attach();
    cloud.good_token = "ya29.new";
    folder_write("token", "ya29.new\n", 9);
    call_api(5);
    ck_assert_int_eq(outcome, CMEK_HTTP_OK);
    end();
}
END_TEST

START_TEST(failed_renewal_is_not_repeated_for_everyone)
{
    begin();
    cloud.status = "400 Bad Request";
    cloud.first_status = "200 OK";
    cloud.first_answer = "{\"access_token\":\"ya29.first\",\"expires_in\":3600}";
    cloud.answer = "{\"error\":\"invalid_grant\"}";
    cloud.good_token = "another";
    find_user();
    attach();
    for (int i = 0; i < 5; i++)
        call_api(10);
    ck_assert_int_eq(outcome, CMEK_HTTP_NO_TOKEN);
    ck_assert_ptr_nonnull(strstr(message, "invalid_grant"));
    ck_assert_int_eq(cloud.tokens, 2);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/lease");
    TCase *grants = tcase_create("grants");
    tcase_add_test(grants, service_account_sends_a_signed_assertion);
    tcase_add_test(grants, user_sends_the_refresh_token);
    tcase_add_test(grants, metadata_server_is_asked_with_its_header);
    tcase_add_test(grants, server_without_the_flavor_is_no_metadata_server);
    tcase_add_test(grants, missing_metadata_server_tells_what_was_tried_and_what_to_do);
    suite_add_tcase(suite, grants);
    TCase *troubles = tcase_create("refusals");
    tcase_add_loop_test(troubles, refusal_says_why_and_what_to_do, 0, COUNT(refusals));
    tcase_add_loop_test(troubles, passing_trouble_of_the_endpoint_is_retried, 0,
                        COUNT(passing_troubles));
    suite_add_tcase(suite, troubles);
    TCase *renewal = tcase_create("renewal");
    tcase_add_test(renewal, token_is_renewed_before_it_expires_and_shared);
    tcase_add_test(renewal, rejected_token_is_renewed_once_not_in_a_circle);
    tcase_add_test(renewal, rejected_token_of_the_environment_ends_with_advice);
    tcase_add_test(renewal, token_file_that_was_renewed_is_read_again);
    tcase_add_test(renewal, failed_renewal_is_not_repeated_for_everyone);
    suite_add_tcase(suite, renewal);
    return run_suite(suite);
}
