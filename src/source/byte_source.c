/* SPDX-License-Identifier: Apache-2.0 */
#include "source/byte_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"

#define READ_BYTES (1 * CMEK_MIB)

/* Bytes from the descriptor; 0 at its end or after a failure. */
static size_t read_raw(struct cmek_byte_source *source, char *bytes, size_t size)
{
    for (;;) {
        ssize_t count = read(source->fd, bytes, size);
        if (count >= 0)
            return (size_t)count;
        if (errno != EINTR) {
            source->failure = strerror(errno);
            return 0;
        }
    }
}

static void detect_gzip(struct cmek_byte_source *source)
{
    source->input = cmek_malloc(READ_BYTES);
    /* A pipe may hand out single bytes. */
    while (source->input_length < 2) {
        size_t count = read_raw(source, source->input + source->input_length,
                                READ_BYTES - source->input_length);
        if (count == 0)
            break;
        source->input_length += count;
    }
    static const char magic[] = "\x1f\x8b";
    if (source->input_length < 2 || memcmp(source->input, magic, 2) != 0)
        return;
    if (inflateInit2(&source->stream, MAX_WBITS + 16) != Z_OK)
        abort();
    source->is_gzip = true;
    source->in_member = true;
}

void cmek_byte_source_init(struct cmek_byte_source *source, int fd)
{
    *source = (struct cmek_byte_source){.fd = fd};
    detect_gzip(source);
}

static size_t fill_plain(struct cmek_byte_source *source, char *bytes, size_t size)
{
    size_t waiting = source->input_length - source->input_used;
    if (waiting == 0)
        return read_raw(source, bytes, size);
    size_t count = waiting < size ? waiting : size;
    memcpy(bytes, source->input + source->input_used, count);
    source->input_used += count;
    return count;
}

static bool more_input(struct cmek_byte_source *source)
{
    if (source->input_used < source->input_length)
        return true;
    source->input_used = 0;
    source->input_length = read_raw(source, source->input, READ_BYTES);
    return source->input_length > 0;
}

/* Concatenated members are one file (RFC 1952 2.2); zero padding after the last is not data. */
static bool next_member(struct cmek_byte_source *source)
{
    while (more_input(source)) {
        if (source->input[source->input_used] == '\0') {
            source->input_used++;
            continue;
        }
        source->in_member = true;
        return inflateReset(&source->stream) == Z_OK;
    }
    return false;
}

static size_t fill_gzip(struct cmek_byte_source *source, char *bytes, size_t size)
{
    source->stream.next_out = (Bytef *)bytes;
    source->stream.avail_out = (uInt)size;
    while (source->stream.avail_out == size) {
        if (!source->in_member && !next_member(source))
            break;
        if (!more_input(source)) {
            if (!source->failure)
                source->failure = "the gzip data ends in the middle";
            break;
        }
        source->stream.next_in = (Bytef *)source->input + source->input_used;
        source->stream.avail_in = (uInt)(source->input_length - source->input_used);
        int result = inflate(&source->stream, Z_NO_FLUSH);
        source->input_used = source->input_length - source->stream.avail_in;
        if (result == Z_STREAM_END) {
            source->in_member = false;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            source->failure = source->stream.msg ? source->stream.msg : "damaged gzip data";
            break;
        }
    }
    return size - source->stream.avail_out;
}

size_t cmek_byte_source_read(struct cmek_byte_source *source, char *bytes, size_t size)
{
    if (source->at_end)
        return 0;
    size_t count =
        source->is_gzip ? fill_gzip(source, bytes, size) : fill_plain(source, bytes, size);
    source->at_end = count == 0 || source->failure;
    return count;
}

void cmek_byte_source_done(struct cmek_byte_source *source)
{
    if (source->is_gzip)
        inflateEnd(&source->stream);
    free(source->input);
    if (source->fd > STDIN_FILENO)
        close(source->fd);
}
