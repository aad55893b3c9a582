/* SPDX-License-Identifier: Apache-2.0 */
#include "http/fault_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define PATHS_MAX       32

struct connection {
    struct fault_server *server;
    pthread_t thread;
    int fd;
    bool is_open;
};

struct fault_server {
    fault_handler *handler;
    void *payload;
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock;
    struct connection connections[CONNECTIONS_MAX];
    int connection_count, requests, busy, peak;
    struct {
        char path[1024];
        int count;
    } paths[PATHS_MAX];
};

bool fault_send(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool fault_reply(int fd, const char *status, const char *headers, const char *body, size_t length)
{
    char head[2048];
    int size = snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status,
                        headers ? headers : "", length);
    struct iovec parts[] = {{head, (size_t)size}, {(void *)(uintptr_t)body, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL); /* one packet, as real servers do */
    if (sent < size)
        return false;
    size_t done = (size_t)(sent - size);
    return fault_send(fd, body + done, length - done);
}

void fault_reset_on_close(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

const char *fault_header(const struct fault_request *request, const char *name)
{
    static _Thread_local char value[4096];
    size_t length = strlen(name);
    const char *line = request->head;
    while ((line = strstr(line, "\r\n"))) {
        line += 2;
        if (strncasecmp(line, name, length) != 0 || line[length] != ':')
            continue;
        const char *start = line + length + 1 + strspn(line + length + 1, " ");
        snprintf(value, sizeof value, "%.*s", (int)strcspn(start, "\r"), start);
        return value;
    }
    return NULL;
}

static bool receive(int fd, char *buffer, size_t size, size_t *length)
{
    ssize_t count = recv(fd, buffer + *length, size - 1 - *length, 0);
    if (count <= 0)
        return false;
    *length += (size_t)count;
    buffer[*length] = '\0';
    return true;
}

/* One request at a time, no pipelining: curl does none. */
static bool read_request(int fd, struct fault_request *request)
{
    size_t length = 0;
    char *end;
    request->head[0] = '\0';
    while (!(end = strstr(request->head, "\r\n\r\n")))
        if (!receive(fd, request->head, sizeof request->head, &length))
            return false;
    size_t have = length - (size_t)(end + 4 - request->head);
    memcpy(request->body, end + 4, have);
    request->body[have] = '\0';
    end[2] = '\0';
    const char *text = fault_header(request, "Content-Length");
    size_t need = text ? strtoul(text, NULL, 10) : 0;
    while (have < need)
        if (!receive(fd, request->body, sizeof request->body, &have))
            return false;
    if (sscanf(request->head, "%15s %1023s", request->method, request->path) != 2)
        return false;
    request->path[strcspn(request->path, "?")] = '\0';
    return true;
}

static int count_request(struct fault_server *server, const char *path)
{
    int number = 0;
    pthread_mutex_lock(&server->lock);
    server->requests++;
    server->busy++;
    if (server->busy > server->peak)
        server->peak = server->busy;
    for (int i = 0; i < PATHS_MAX; i++) {
        if (server->paths[i].count > 0 && strcmp(server->paths[i].path, path) != 0)
            continue;
        snprintf(server->paths[i].path, sizeof server->paths[i].path, "%s", path);
        number = server->paths[i].count++;
        break;
    }
    pthread_mutex_unlock(&server->lock);
    return number;
}

static void *serve_connection(void *payload)
{
    struct connection *connection = payload;
    struct fault_server *server = connection->server;
    struct fault_request *request = calloc(1, sizeof *request);
    bool is_kept = true;
    while (is_kept && request && read_request(connection->fd, request)) {
        request->fd = connection->fd;
        request->number = count_request(server, request->path);
        is_kept = server->handler(server->payload, request);
        pthread_mutex_lock(&server->lock);
        server->busy--;
        pthread_mutex_unlock(&server->lock);
    }
    free(request);
    pthread_mutex_lock(&server->lock);
    connection->is_open = false;
    close(connection->fd);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void *accept_connections(void *payload)
{
    struct fault_server *server = payload;
    int fd;
    while ((fd = accept(server->fd, NULL, NULL)) >= 0) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        pthread_mutex_lock(&server->lock);
        if (server->connection_count == CONNECTIONS_MAX) {
            pthread_mutex_unlock(&server->lock);
            close(fd);
            continue;
        }
        struct connection *connection = &server->connections[server->connection_count];
        *connection = (struct connection){.server = server, .fd = fd, .is_open = true};
        if (pthread_create(&connection->thread, NULL, serve_connection, connection) == 0)
            server->connection_count++;
        pthread_mutex_unlock(&server->lock);
    }
    return NULL;
}

struct fault_server *fault_server_start(fault_handler *handler, void *payload)
{
    struct fault_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (!server)
        abort();
    server->handler = handler;
    server->payload = payload;
    pthread_mutex_init(&server->lock, NULL);
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, size) != 0 ||
        listen(server->fd, 512) != 0 ||
        getsockname(server->fd, (struct sockaddr *)&address, &size) != 0)
        abort();
    server->port = ntohs(address.sin_port);
    if (pthread_create(&server->thread, NULL, accept_connections, server) != 0)
        abort();
    return server;
}

void fault_server_stop(struct fault_server *server)
{
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    pthread_mutex_lock(&server->lock);
    for (int i = 0; i < server->connection_count; i++)
        if (server->connections[i].is_open)
            shutdown(server->connections[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
    for (int i = 0; i < server->connection_count; i++)
        pthread_join(server->connections[i].thread, NULL);
    close(server->fd);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

int fault_server_port(const struct fault_server *server)
{
    return server->port;
}

int fault_server_requests(struct fault_server *server)
{
    pthread_mutex_lock(&server->lock);
    int requests = server->requests;
    pthread_mutex_unlock(&server->lock);
    return requests;
}

int fault_server_peak(struct fault_server *server)
{
    pthread_mutex_lock(&server->lock);
    int peak = server->peak;
    pthread_mutex_unlock(&server->lock);
    return peak;
}
