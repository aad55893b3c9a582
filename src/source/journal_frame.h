/* SPDX-License-Identifier: Apache-2.0 */
/** @file journal_frame.h  How a journal is written down: bytes alone, no file.
 *
 * A frame is the length of its payload, a CRC-32 (zlib's) of that length and the payload, and the
 * payload; numbers are 32 bits, little-endian. The payload of an answer is its status, the lengths
 * of its key and of its body, the key, and the body as a zlib stream (RFC 1950).
 */
#ifndef CMEK_SOURCE_JOURNAL_FRAME_H
#define CMEK_SOURCE_JOURNAL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/strbuf.h"

#define CMEK_JOURNAL_MAGIC "cmekscan-checkpoint-1\n" /* what a file begins with */
#define CMEK_FRAME_BYTES   ((size_t)8)               /* before the payload */
/** The longest payload: what deflating cannot make smaller, and a key. */
#define CMEK_FRAME_PAYLOAD_MAX (CMEK_LIMIT_BODY_BYTES + CMEK_MIB)

/** Appends a frame. */
void cmek_frame_append(struct cmek_strbuf *file, const char *payload, size_t length);
/** The length of the payload that the first CMEK_FRAME_BYTES of a frame tell; false: too long. */
bool cmek_frame_length(const char *frame, size_t *ret_length);
/** Whether a frame with a payload of @p length is as it was written. */
bool cmek_frame_is_sound(const char *frame, size_t length);

/** An answer; all is borrowed. */
struct cmek_journal_answer {
    int status; /* of HTTP */
    const char *key;
    size_t key_length;
    const char *body;
    size_t body_length;
};

/** Deflates and inflates bodies. Zeroed: ready. */
struct cmek_body_packer {
    z_stream deflater, inflater;
    bool can_deflate, can_inflate;
};
void cmek_body_packer_done(struct cmek_body_packer *packer);

/** Appends the payload of an answer; false: zlib failed, and nothing that could be read back was
 * appended. */
bool cmek_journal_answer_append(struct cmek_body_packer *packer,
                                const struct cmek_journal_answer *answer,
                                struct cmek_strbuf *payload);
/** Reads an answer out of its payload, all but the body, which stays NULL; false: it is none. */
bool cmek_journal_answer_read(const char *payload, size_t length,
                              struct cmek_journal_answer *ret_answer);
/** The same with the body, inflated into @p body. */
bool cmek_journal_answer_unpack(struct cmek_body_packer *packer, const char *payload, size_t length,
                                struct cmek_strbuf *body, struct cmek_journal_answer *ret_answer);

#endif
