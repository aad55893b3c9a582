/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "demo/call.h"
#include "demo/delay.h"
#include "demo/demo_cloud.h"
#include "demo/exports.h"
#include "demo/identity.h"
#include "demo/method.h"
#include "demo/quota.h"
#include "demo/request_log.h"
#include "demo/respond.h"
#include "demo/route.h"
#include "embed/cmek_demo_organization.h"

#define THREADS         2
#define MAX_CONNECTIONS 4000
#define IDLE_S          120
#define MAX_FORM_BYTES  ((size_t)64 * 1024)

struct cmek_demo_cloud {
    struct cmek_demo_index *index, *stale; /* stale: may be index */
    struct cmek_demo_identity *identity;
    struct cmek_demo_exports *exports;
    struct cmek_demo_trouble *trouble;
    struct cmek_demo_quotas *quotas;
    struct cmek_demo_delay *delay;
    struct cmek_demo_request_log *log;
    struct MHD_Daemon *daemon;
    const struct cmek_demo_faults *faults;
    _Atomic int port; /* known only when requests may come already */
};

struct request {
    struct cmek_demo_call call;
    struct cmek_strbuf body;
    bool is_started, is_decided;
    enum cmek_demo_trouble_kind trouble;
};

static void *open_request(void *payload, const char *uri, struct MHD_Connection *connection)
{
    struct cmek_demo_cloud *cloud = payload;
    (void)connection;
    struct request *request = cmek_calloc(1, sizeof *request);
    request->body.limit = MAX_FORM_BYTES;
    struct cmek_demo_call *call = &request->call;
    call->index = cloud->index;
    call->stale = cloud->stale;
    call->faults = cloud->faults;
    call->identity = cloud->identity;
    call->exports = cloud->exports;
    call->port = cloud->port;
    call->status = 200;
    call->content_type = "application/json; charset=UTF-8";
    cmek_json_writer_init(&call->writer, &call->answer, 0);
    cmek_demo_call_read_uri(call, uri);
    return request;
}

static void close_request(void *payload, struct MHD_Connection *connection, void **state,
                          enum MHD_RequestTerminationCode reason)
{
    (void)payload;
    (void)connection;
    (void)reason;
    struct request *request = *state;
    if (!request)
        return;
    cmek_strbuf_done(&request->body);
    cmek_strbuf_done(&request->call.answer);
    cmek_arena_done(&request->call.arena);
    free(request);
    *state = NULL;
}

static void start(struct request *request, struct MHD_Connection *connection, const char *method)
{
    request->is_started = true;
    request->call.http_method = method;
    request->call.authorization =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    request->call.metadata_flavor =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Metadata-Flavor");
    request->call.range =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_RANGE);
}

/* Where the request belongs, and what it will meet there. True: it has to wait first. */
static bool decide(struct cmek_demo_cloud *cloud, struct request *request,
                   struct MHD_Connection *connection)
{
    request->is_decided = true;
    cmek_demo_route(&request->call);
    if (!request->call.api || !request->call.api->service)
        return false;
    bool has_page_token = cmek_demo_call_param(&request->call, "pageToken") != NULL;
    request->trouble = cmek_demo_trouble_next(cloud->trouble, has_page_token);
    const struct cmek_demo_method *method = request->call.method;
    if (request->trouble == CMEK_DEMO_NO_TROUBLE && method &&
        !cmek_demo_quotas_admit(cloud->quotas, method->operation, cmek_monotonic_ms()))
        request->trouble = CMEK_DEMO_TROUBLE_429;
    return cloud->faults->latency_ms > 0 &&
           cmek_demo_delay_suspend(cloud->delay, connection, cloud->faults->latency_ms);
}

static void make_answer(struct request *request)
{
    struct cmek_demo_call *call = &request->call;
    call->body = cmek_strbuf_text(&request->body);
    if (request->body.overflow)
        cmek_demo_fail(call, CMEK_DEMO_TOO_LARGE, "Request is too large.");
    else if (request->trouble == CMEK_DEMO_TROUBLE_429)
        cmek_demo_fail(call, CMEK_DEMO_THROTTLED,
                       "Quota exceeded for quota metric 'Read requests' and limit 'Read requests "
                       "per minute' of service '%s'.",
                       call->api->service);
    else if (request->trouble == CMEK_DEMO_TROUBLE_500)
        cmek_demo_fail(call, CMEK_DEMO_INTERNAL, "Internal error encountered.");
    else if (request->trouble == CMEK_DEMO_TROUBLE_EXPIRED_PAGE)
        cmek_demo_fail(call, CMEK_DEMO_INVALID,
                       "Request contains an invalid argument: the page token has expired.");
    else if (request->trouble == CMEK_DEMO_TROUBLE_503)
        cmek_demo_fail(call, CMEK_DEMO_UNAVAILABLE, "The service is currently unavailable.");
    else if (request->trouble == CMEK_DEMO_TROUBLE_401)
        cmek_demo_fail(call, CMEK_DEMO_OLD_TOKEN,
                       "Request had invalid authentication credentials.");
    else
        cmek_demo_call_answer(call);
}

static enum MHD_Result handle(void *payload, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    struct cmek_demo_cloud *cloud = payload;
    struct request *request = *state;
    (void)url;
    (void)version;
    if (!request)
        return MHD_NO;
    if (!request->is_started) {
        start(request, connection, method);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        cmek_strbuf_append(&request->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!request->is_decided && decide(cloud, request, connection))
        return MHD_YES;
    if (request->trouble == CMEK_DEMO_TROUBLE_RESET)
        return cmek_demo_reset(connection);
    make_answer(request);
    cmek_demo_request_log_write(cloud->log, &request->call);
    return cmek_demo_respond(connection, &request->call, request->trouble, cloud->delay);
}

static enum cmek_status load(const struct cmek_strings *paths, struct cmek_strings inventory_types,
                             struct cmek_demo_index **ret_index, struct cmek_error *err)
{
    struct cmek_demo_loader *loader = cmek_demo_loader_new(inventory_types);
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; status == CMEK_OK && i < paths->count; i++)
        status = cmek_demo_loader_file(loader, paths->items[i], err);
    if (paths->count == 0) {
        size_t length;
        const char *text = cmek_demo_organization_text(&length);
        cmek_demo_loader_bytes(loader, text, length);
    }
    if (status == CMEK_OK)
        status = cmek_demo_loader_finish(loader, ret_index, err);
    cmek_demo_loader_free(loader);
    return status;
}

static enum cmek_status listen_on(struct cmek_demo_cloud *cloud, int port, struct cmek_error *err)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    errno = 0;
    cloud->daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                         handle, cloud, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK,
                         open_request, cloud, MHD_OPTION_NOTIFY_COMPLETED, close_request, cloud,
                         MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
                         MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_END);
    if (!cloud->daemon)
        return cmek_fail(err, CMEK_E_NET, "cannot listen on 127.0.0.1:%d: %s", port,
                         errno != 0 ? strerror(errno) : "the HTTP server does not start");
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(cloud->daemon, MHD_DAEMON_INFO_BIND_PORT);
    cloud->port = info ? info->port : port;
    return CMEK_OK;
}

enum cmek_status cmek_demo_cloud_start(const struct cmek_demo_options *options,
                                       struct cmek_demo_cloud **ret_cloud, struct cmek_error *err)
{
    static const struct cmek_demo_faults no_faults = {0};
    struct cmek_demo_cloud *cloud = cmek_calloc(1, sizeof *cloud);
    cloud->faults = options->faults ? options->faults : &no_faults;
    enum cmek_status status = load(&options->assets, options->inventory_types, &cloud->index, err);
    cloud->stale = cloud->index;
    if (status == CMEK_OK && options->inventory_assets.count > 0)
        status = load(&options->inventory_assets, options->inventory_types, &cloud->stale, err);
    if (status == CMEK_OK && options->request_log)
        status = cmek_demo_request_log_open(options->request_log, &cloud->log, err);
    if (status == CMEK_OK) {
        cloud->identity = cmek_demo_identity_new(options->access_token);
        cloud->exports = cmek_demo_exports_new();
        cloud->trouble = cmek_demo_trouble_new(cloud->faults);
        cloud->quotas = cmek_demo_quotas_new(cloud->faults);
        cloud->delay = cmek_demo_delay_new();
        status = listen_on(cloud, options->port, err);
    }
    if (status == CMEK_OK)
        *ret_cloud = cloud;
    else
        cmek_demo_cloud_stop(cloud);
    return status;
}

int cmek_demo_cloud_port(const struct cmek_demo_cloud *cloud)
{
    return cloud->port;
}

enum cmek_status cmek_demo_cloud_write_credentials(struct cmek_demo_cloud *cloud, const char *type,
                                                   const char *path, struct cmek_error *err)
{
    return cmek_demo_identity_write(cloud->identity, type, cloud->port, path, err);
}

void cmek_demo_cloud_stop(struct cmek_demo_cloud *cloud)
{
    if (!cloud)
        return;
    /* libmicrohttpd does not stop while a connection is suspended. */
    if (cloud->delay)
        cmek_demo_delay_stop(cloud->delay);
    if (cloud->daemon)
        MHD_stop_daemon(cloud->daemon);
    cmek_demo_delay_free(cloud->delay);
    cmek_demo_request_log_close(cloud->log);
    cmek_demo_quotas_free(cloud->quotas);
    cmek_demo_trouble_free(cloud->trouble);
    cmek_demo_identity_free(cloud->identity);
    cmek_demo_exports_free(cloud->exports);
    if (cloud->stale != cloud->index)
        cmek_demo_index_free(cloud->stale);
    cmek_demo_index_free(cloud->index);
    free(cloud);
}

const char *cmek_demo_organization_text(size_t *ret_length)
{
    *ret_length = cmek_demo_organization_size;
    return (const char *)cmek_demo_organization;
}
