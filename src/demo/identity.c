/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/time.h"
#include "base/vec.h"
#include "demo/jwt_check.h"
#include "json/writer.h"

#define SECRET_BYTES 20
#define MAX_TOKENS   1000 /* older ones are forgotten first */
#define KEY_BITS     2048

struct issued_token {
    char text[CMEK_DEMO_TOKEN_SIZE];
    int64_t expires_ms; /* monotonic */
};

struct cmek_demo_identity {
    pthread_mutex_t lock;
    struct issued_token tokens[MAX_TOKENS];
    size_t issued; /* all in all; the last MAX_TOKENS are kept */
    char *access_token;
    char refresh_token[CMEK_DEMO_TOKEN_SIZE], client_secret[CMEK_DEMO_TOKEN_SIZE];
    char key_id[CMEK_DEMO_TOKEN_SIZE];
    EVP_PKEY *key; /* made when first needed: it takes a while */
};

static void random_text(const char *prefix, char ret_text[CMEK_DEMO_TOKEN_SIZE])
{
    unsigned char bytes[SECRET_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        abort();
    int used = snprintf(ret_text, CMEK_DEMO_TOKEN_SIZE, "%s", prefix);
    for (size_t i = 0; i < sizeof bytes; i++)
        used += snprintf(ret_text + used, (size_t)(CMEK_DEMO_TOKEN_SIZE - used), "%02x", bytes[i]);
}

struct cmek_demo_identity *cmek_demo_identity_new(const char *access_token)
{
    struct cmek_demo_identity *identity = cmek_calloc(1, sizeof *identity);
    pthread_mutex_init(&identity->lock, NULL);
    identity->access_token = access_token ? cmek_strdup(access_token) : NULL;
    random_text("1//demo-", identity->refresh_token);
    random_text("GOCSPX-demo-", identity->client_secret);
    random_text("", identity->key_id);
    return identity;
}

void cmek_demo_identity_free(struct cmek_demo_identity *identity)
{
    if (!identity)
        return;
    pthread_mutex_destroy(&identity->lock);
    EVP_PKEY_free(identity->key);
    free(identity->access_token);
    explicit_bzero(identity, sizeof *identity);
    free(identity);
}

void cmek_demo_identity_issue(struct cmek_demo_identity *identity, int64_t seconds,
                              char ret_token[CMEK_DEMO_TOKEN_SIZE])
{
    random_text("ya29.demo-", ret_token);
    pthread_mutex_lock(&identity->lock);
    struct issued_token *token = &identity->tokens[identity->issued++ % MAX_TOKENS];
    memcpy(token->text, ret_token, CMEK_DEMO_TOKEN_SIZE);
    token->expires_ms = cmek_monotonic_ms() + seconds * 1000;
    pthread_mutex_unlock(&identity->lock);
}

static EVP_PKEY *signing_key(struct cmek_demo_identity *identity)
{
    pthread_mutex_lock(&identity->lock);
    if (!identity->key)
        identity->key = EVP_RSA_gen(KEY_BITS);
    EVP_PKEY *key = identity->key;
    pthread_mutex_unlock(&identity->lock);
    if (!key)
        abort();
    return key;
}

static bool self_signed_holds(struct cmek_demo_identity *identity, const char *token,
                              const char *service)
{
    char audience[CMEK_DEMO_TOKEN_SIZE];
    snprintf(audience, sizeof audience, "https://%s/", service);
    const struct cmek_demo_jwt_rules rules = {
        .key = signing_key(identity),
        .key_id = identity->key_id,
        .issuer = CMEK_DEMO_SERVICE_ACCOUNT,
        .audiences = {audience, audience},
        .is_access_token = true,
        .now = cmek_time_now().seconds,
    };
    return cmek_demo_jwt_check(&rules, token) == NULL;
}

enum cmek_demo_token_state cmek_demo_identity_check(struct cmek_demo_identity *identity,
                                                    const char *token, const char *service)
{
    if (identity->access_token && cmek_str_eq(identity->access_token, token))
        return CMEK_DEMO_TOKEN_GOOD;
    if (cmek_str_starts(token, "eyJ"))
        return self_signed_holds(identity, token, service) ? CMEK_DEMO_TOKEN_GOOD
                                                           : CMEK_DEMO_TOKEN_UNKNOWN;
    enum cmek_demo_token_state state = CMEK_DEMO_TOKEN_UNKNOWN;
    pthread_mutex_lock(&identity->lock);
    size_t oldest = identity->issued > MAX_TOKENS ? identity->issued - MAX_TOKENS : 0;
    /* Newest first: that is the one in use. */
    for (size_t i = identity->issued; i > oldest; i--) {
        const struct issued_token *issued = &identity->tokens[(i - 1) % MAX_TOKENS];
        if (!cmek_str_eq(issued->text, token))
            continue;
        state = issued->expires_ms > cmek_monotonic_ms() ? CMEK_DEMO_TOKEN_GOOD
                                                         : CMEK_DEMO_TOKEN_EXPIRED;
        break;
    }
    pthread_mutex_unlock(&identity->lock);
    return state;
}

bool cmek_demo_identity_check_refresh(const struct cmek_demo_identity *identity,
                                      const char *client_id, const char *client_secret,
                                      const char *refresh_token, bool *ret_bad_client)
{
    *ret_bad_client = !cmek_str_eq(client_id, CMEK_DEMO_CLIENT_ID) ||
                      !cmek_str_eq(client_secret, identity->client_secret);
    return !*ret_bad_client && cmek_str_eq(refresh_token, identity->refresh_token);
}

/* google-auth signs for Google's endpoint whatever token_uri the file names; others sign for
 * token_uri. */
#define GOOGLE_AUDIENCE "https://oauth2.googleapis.com/token"

static void token_uri(int port, char ret_uri[CMEK_DEMO_TOKEN_SIZE])
{
    snprintf(ret_uri, CMEK_DEMO_TOKEN_SIZE, "http://127.0.0.1:%d/token", port);
}

const char *cmek_demo_identity_check_jwt(struct cmek_demo_identity *identity, const char *assertion,
                                         int port)
{
    char own[CMEK_DEMO_TOKEN_SIZE];
    token_uri(port, own);
    const struct cmek_demo_jwt_rules rules = {
        .key = signing_key(identity),
        .key_id = identity->key_id,
        .issuer = CMEK_DEMO_SERVICE_ACCOUNT,
        .audiences = {GOOGLE_AUDIENCE, own},
        .now = cmek_time_now().seconds,
    };
    return cmek_demo_jwt_check(&rules, assertion);
}

static void write_service_account(struct cmek_demo_identity *identity,
                                  struct cmek_json_writer *writer)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *pem = NULL;
    if (!memory || PEM_write_bio_PKCS8PrivateKey(memory, signing_key(identity), NULL, NULL, 0, NULL,
                                                 NULL) != 1)
        abort();
    long length = BIO_get_mem_data(memory, &pem);
    cmek_json_member_text(writer, "project_id", "cmekscan-demo");
    cmek_json_member_text(writer, "private_key_id", identity->key_id);
    cmek_json_key(writer, "private_key");
    cmek_json_string_n(writer, pem, (size_t)length);
    cmek_json_member_text(writer, "client_email", CMEK_DEMO_SERVICE_ACCOUNT);
    cmek_json_member_text(writer, "client_id", "100000000000000000001");
    BIO_free(memory);
}

static void write_user(const struct cmek_demo_identity *identity, struct cmek_json_writer *writer)
{
    cmek_json_member_text(writer, "client_id", CMEK_DEMO_CLIENT_ID);
    cmek_json_member_text(writer, "client_secret", identity->client_secret);
    cmek_json_member_text(writer, "refresh_token", identity->refresh_token);
}

static enum cmek_status write_private(const char *path, const struct cmek_strbuf *content,
                                      struct cmek_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return cmek_fail(err, CMEK_E_IO, "cannot write '%s': %s", path, strerror(errno));
    size_t done = 0;
    while (done < content->length) {
        ssize_t count = write(fd, content->data + done, content->length - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            int error = errno;
            close(fd);
            return cmek_fail(err, CMEK_E_IO, "cannot write '%s': %s", path, strerror(error));
        }
        done += (size_t)count;
    }
    if (close(fd) != 0)
        return cmek_fail(err, CMEK_E_IO, "cannot write '%s': %s", path, strerror(errno));
    return CMEK_OK;
}

enum cmek_status cmek_demo_identity_write(struct cmek_demo_identity *identity, const char *type,
                                          int port, const char *path, struct cmek_error *err)
{
    bool is_service_account = cmek_str_eq(type, "service_account");
    if (!is_service_account && !cmek_str_eq(type, "authorized_user"))
        return cmek_fail(err, CMEK_E_USAGE,
                         "unknown credential type '%s', expected service_account or "
                         "authorized_user",
                         type);
    char uri[CMEK_DEMO_TOKEN_SIZE];
    token_uri(port, uri);
    struct cmek_strbuf content = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &content, 2);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "type", type);
    if (is_service_account)
        write_service_account(identity, &writer);
    else
        write_user(identity, &writer);
    cmek_json_member_text(&writer, "token_uri", uri);
    cmek_json_end_object(&writer);
    cmek_strbuf_putc(&content, '\n');
    enum cmek_status status = write_private(path, &content, err);
    explicit_bzero(content.data, content.length);
    cmek_strbuf_done(&content);
    return status;
}
