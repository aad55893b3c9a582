/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"

#define BUFFER_BYTES ((size_t)64 * 1024)

struct cmek_output {
    char *path;
    char *temporary; /* NULL: written in place (standard output, a pipe, a device) */
    int fd;
    int error; /* errno of the first failure */
    size_t used;
    char buffer[BUFFER_BYTES];
};

static void output_free(struct cmek_output *output)
{
    if (output->fd > STDERR_FILENO)
        close(output->fd);
    free(output->path);
    free(output->temporary);
    free(output);
}

/* A pipe, socket or device has no name to rename over: /dev/stdout, a process substitution, a FIFO.
 */
static bool is_special(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

static enum cmek_status open_temporary(struct cmek_output *output, struct cmek_error *err)
{
    struct stat info;
    if (stat(output->path, &info) == 0 && S_ISDIR(info.st_mode))
        return cmek_fail(err, CMEK_E_IO, "cannot write '%s': it is a directory", output->path);
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%s.%ld.tmp", output->path, (long)getpid());
    output->temporary = cmek_strbuf_detach(&name);
    output->fd =
        open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (output->fd < 0 && errno == EEXIST) { /* left over by a killed run with our process id */
        unlink(output->temporary);
        output->fd =
            open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    }
    if (output->fd < 0)
        return cmek_fail(err, CMEK_E_IO, "cannot write '%s': %s%s", output->path, strerror(errno),
                         errno == ENOENT ? "; make the folder first" : "");
    return CMEK_OK;
}

enum cmek_status cmek_output_open(const char *path, struct cmek_output **ret_output,
                                  struct cmek_error *err)
{
    if (path[0] == '\0')
        return cmek_fail(err, CMEK_E_IO, "cannot write a file without a name");
    struct cmek_output *output = cmek_calloc(1, sizeof *output);
    output->path = cmek_strdup(path);
    enum cmek_status status = CMEK_OK;
    if (strcmp(path, "-") == 0) {
        output->fd = STDOUT_FILENO;
    } else if (is_special(path)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
        if (output->fd < 0)
            status = cmek_fail(err, CMEK_E_IO, "cannot write '%s': %s", path, strerror(errno));
    } else {
        status = open_temporary(output, err);
    }
    if (status != CMEK_OK) {
        output_free(output);
        return status;
    }
    *ret_output = output;
    return CMEK_OK;
}

enum cmek_status cmek_output_open_append(const char *path, struct cmek_output **ret_output,
                                         struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    enum cmek_status status = CMEK_OK;
    if (strcmp(path, "-") != 0 && !is_special(path) && access(path, F_OK) == 0)
        status = cmek_file_read(path, CMEK_LIMIT_APPENDED_FILE, &content, err);
    if (status == CMEK_OK)
        status = cmek_output_open(path, ret_output, err);
    if (status == CMEK_OK)
        cmek_output_write(*ret_output, cmek_strbuf_text(&content), content.length);
    cmek_strbuf_done(&content);
    return status;
}

enum cmek_status cmek_output_probe(const char *path, struct cmek_error *err)
{
    /* To open a pipe and close it again would tell its reader that this was all. */
    if (strcmp(path, "-") == 0 || is_special(path))
        return CMEK_OK;
    struct cmek_output *output = NULL;
    enum cmek_status status = cmek_output_open(path, &output, err);
    if (status == CMEK_OK)
        cmek_output_discard(output);
    return status;
}

static void write_all(struct cmek_output *output, const char *bytes, size_t length)
{
    while (length > 0 && output->error == 0) {
        ssize_t count = write(output->fd, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            output->error = count < 0 ? errno : EIO;
            return;
        }
        bytes += count;
        length -= (size_t)count;
    }
}

static void flush(struct cmek_output *output)
{
    write_all(output, output->buffer, output->used);
    output->used = 0;
}

void cmek_output_write(struct cmek_output *output, const char *bytes, size_t length)
{
    if (length > BUFFER_BYTES - output->used)
        flush(output);
    if (length > BUFFER_BYTES) {
        write_all(output, bytes, length);
        return;
    }
    if (length > 0)
        memcpy(output->buffer + output->used, bytes, length);
    output->used += length;
}

/* The rename itself must survive a crash too. A folder that cannot be synced (some network mounts)
 * is no failure. */
static void sync_folder(const char *path)
{
    char *folder = cmek_strdup(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

enum cmek_status cmek_output_commit(struct cmek_output *output, struct cmek_error *err)
{
    flush(output);
    if (output->error == 0 && output->temporary) {
        if (fsync(output->fd) != 0 || rename(output->temporary, output->path) != 0)
            output->error = errno;
        else
            sync_folder(output->path);
    }
    enum cmek_status status = CMEK_OK;
    if (output->error != 0) {
        bool standard = strcmp(output->path, "-") == 0;
        status = cmek_fail(err, CMEK_E_IO, "cannot write %s%s%s: %s", standard ? "" : "'",
                           standard ? "standard output" : output->path, standard ? "" : "'",
                           strerror(output->error));
        if (output->temporary)
            unlink(output->temporary);
    }
    output_free(output);
    return status;
}

void cmek_output_discard(struct cmek_output *output)
{
    if (!output)
        return;
    if (output->temporary)
        unlink(output->temporary);
    output_free(output);
}

const char *cmek_output_path(const struct cmek_output *output)
{
    return output->path;
}
