/* SPDX-License-Identifier: Apache-2.0 */
/** @file byte_source.h  Where the bytes of a file come from: a descriptor, inflated when the first
 * two bytes say gzip (RFC 1952 2.3.1). */
#ifndef CMEK_SOURCE_BYTE_SOURCE_H
#define CMEK_SOURCE_BYTE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

struct cmek_byte_source {
    int fd;
    bool is_gzip, at_end;
    char *input; /* compressed bytes, or the first bytes read for the detection */
    size_t input_used, input_length;
    z_stream stream;
    bool in_member;      /* inside a gzip member: ending here is ending too early */
    const char *failure; /* why the bytes stopped, or NULL */
};

/** Takes over @p fd; standard input is left open. */
void cmek_byte_source_init(struct cmek_byte_source *source, int fd);
/** The next bytes; 0 at the end or after a failure, which is then in @p source. */
size_t cmek_byte_source_read(struct cmek_byte_source *source, char *bytes, size_t size);
void cmek_byte_source_done(struct cmek_byte_source *source);

#endif
