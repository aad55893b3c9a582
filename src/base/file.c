/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum cmek_status cmek_file_read(const char *path, size_t limit, struct cmek_strbuf *ret_content,
                                struct cmek_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cmek_fail(err, CMEK_E_IO, "cannot open '%s': %s", path, strerror(errno));
    struct stat info;
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        close(fd);
        return cmek_fail(err, CMEK_E_IO, "'%s' is a directory, expected a file", path);
    }
    size_t total = 0;
    char chunk[16384];
    for (;;) {
        ssize_t count = read(fd, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            int error = errno;
            close(fd);
            return cmek_fail(err, CMEK_E_IO, "cannot read '%s': %s", path, strerror(error));
        }
        if (count == 0)
            break;
        total += (size_t)count;
        if (total > limit) {
            close(fd);
            return cmek_fail(err, CMEK_E_LIMIT, "'%s' is larger than %zu bytes", path, limit);
        }
        cmek_strbuf_append(ret_content, chunk, (size_t)count);
    }
    explicit_bzero(chunk, sizeof chunk); /* it may have been a credential file */
    close(fd);
    return CMEK_OK;
}
