/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/request_log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strings.h"
#include "demo/call.h"
#include "demo/method.h"

struct cmek_demo_request_log {
    pthread_mutex_t lock;
    FILE *file;
};

enum cmek_status cmek_demo_request_log_open(const char *path,
                                            struct cmek_demo_request_log **ret_log,
                                            struct cmek_error *err)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return cmek_fail(err, CMEK_E_IO, "cannot write '%s': %s", path, strerror(errno));
    struct cmek_demo_request_log *log = cmek_calloc(1, sizeof *log);
    pthread_mutex_init(&log->lock, NULL);
    log->file = file;
    *ret_log = log;
    return CMEK_OK;
}

void cmek_demo_request_log_write(struct cmek_demo_request_log *log,
                                 const struct cmek_demo_call *call)
{
    if (!log)
        return;
    struct cmek_strbuf line = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &line, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "method", call->http_method);
    cmek_json_member_text(&writer, "path", call->path);
    cmek_json_member_text(&writer, "query", call->query);
    cmek_json_member_text(&writer, "operation", call->method ? call->method->operation : NULL);
    cmek_json_member_int(&writer, "status", call->status);
    cmek_json_key(&writer, "body");
    bool is_json = cmek_str_starts(call->content_type, "application/json");
    if (is_json && call->api && call->api->service && call->answer.length > 0)
        cmek_json_raw(&writer, cmek_strbuf_text(&call->answer));
    else
        cmek_json_null(&writer);
    cmek_json_end_object(&writer);
    cmek_strbuf_putc(&line, '\n');
    pthread_mutex_lock(&log->lock);
    fwrite(line.data, 1, line.length, log->file);
    fflush(log->file);
    pthread_mutex_unlock(&log->lock);
    cmek_strbuf_done(&line);
}

void cmek_demo_request_log_close(struct cmek_demo_request_log *log)
{
    if (!log)
        return;
    fclose(log->file);
    pthread_mutex_destroy(&log->lock);
    free(log);
}
