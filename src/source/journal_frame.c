/* SPDX-License-Identifier: Apache-2.0 */
#include "source/journal_frame.h"

#include <stdint.h>

#define ANSWER_BYTES ((size_t)12) /* status, length of the key, length of the body */
#define STATUS_MAX   599

static void put_u32(struct cmek_strbuf *bytes, size_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        cmek_strbuf_putc(bytes, (char)(unsigned char)(value >> shift & 0xFF));
}

static size_t get_u32(const char *bytes)
{
    uint32_t value = 0;
    for (int i = 3; i >= 0; i--)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

/* Of a length as written, and a payload that follows it or lies elsewhere. */
static size_t checksum(const char *length_bytes, const char *payload, size_t length)
{
    uLong sum = crc32_z(0, (const Bytef *)length_bytes, 4);
    return (size_t)crc32_z(sum, (const Bytef *)payload, length);
}

void cmek_frame_append(struct cmek_strbuf *file, const char *payload, size_t length)
{
    size_t start = file->length;
    put_u32(file, length);
    put_u32(file, checksum(cmek_strbuf_text(file) + start, payload, length));
    cmek_strbuf_append(file, payload, length);
}

bool cmek_frame_length(const char *frame, size_t *ret_length)
{
    *ret_length = get_u32(frame);
    return *ret_length <= CMEK_FRAME_PAYLOAD_MAX;
}

bool cmek_frame_is_sound(const char *frame, size_t length)
{
    return get_u32(frame) == length &&
           get_u32(frame + 4) == checksum(frame, frame + CMEK_FRAME_BYTES, length);
}

void cmek_body_packer_done(struct cmek_body_packer *packer)
{
    if (packer->can_deflate)
        deflateEnd(&packer->deflater);
    if (packer->can_inflate)
        inflateEnd(&packer->inflater);
    *packer = (struct cmek_body_packer){0};
}

static bool prepare_deflater(struct cmek_body_packer *packer)
{
    if (packer->can_deflate)
        return deflateReset(&packer->deflater) == Z_OK;
    packer->can_deflate = deflateInit(&packer->deflater, Z_BEST_SPEED) == Z_OK;
    return packer->can_deflate;
}

static bool prepare_inflater(struct cmek_body_packer *packer)
{
    if (packer->can_inflate)
        return inflateReset(&packer->inflater) == Z_OK;
    packer->can_inflate = inflateInit(&packer->inflater) == Z_OK;
    return packer->can_inflate;
}

bool cmek_journal_answer_append(struct cmek_body_packer *packer,
                                const struct cmek_journal_answer *answer,
                                struct cmek_strbuf *payload)
{
    if (!prepare_deflater(packer))
        return false;
    z_stream *stream = &packer->deflater;
    put_u32(payload, (size_t)answer->status);
    put_u32(payload, answer->key_length);
    put_u32(payload, answer->body_length);
    cmek_strbuf_append(payload, answer->key, answer->key_length);
    size_t start = payload->length, most = deflateBound(stream, (uLong)answer->body_length);
    char *room = cmek_strbuf_extend(payload, most);
    if (!room)
        return false;
    stream->next_in = (Bytef *)(uintptr_t)answer->body;
    stream->avail_in = (uInt)answer->body_length;
    stream->next_out = (Bytef *)room;
    stream->avail_out = (uInt)most;
    if (deflate(stream, Z_FINISH) != Z_STREAM_END)
        return false;
    payload->length = start + most - stream->avail_out;
    return true;
}

bool cmek_journal_answer_read(const char *payload, size_t length,
                              struct cmek_journal_answer *ret_answer)
{
    if (length < ANSWER_BYTES)
        return false;
    size_t status = get_u32(payload), key_length = get_u32(payload + 4);
    size_t body_length = get_u32(payload + 8);
    if (status > STATUS_MAX || key_length > length - ANSWER_BYTES ||
        body_length > CMEK_LIMIT_BODY_BYTES)
        return false;
    *ret_answer = (struct cmek_journal_answer){
        .status = (int)status,
        .key = payload + ANSWER_BYTES,
        .key_length = key_length,
        .body_length = body_length,
    };
    return true;
}

bool cmek_journal_answer_unpack(struct cmek_body_packer *packer, const char *payload, size_t length,
                                struct cmek_strbuf *body, struct cmek_journal_answer *ret_answer)
{
    struct cmek_journal_answer answer;
    if (!cmek_journal_answer_read(payload, length, &answer) || !prepare_inflater(packer))
        return false;
    const char *packed = answer.key + answer.key_length;
    cmek_strbuf_clear(body);
    char *room = cmek_strbuf_extend(body, answer.body_length);
    if (!room)
        return false;
    z_stream *stream = &packer->inflater;
    stream->next_in = (Bytef *)(uintptr_t)packed;
    stream->avail_in = (uInt)(size_t)(payload + length - packed);
    stream->next_out = (Bytef *)room;
    stream->avail_out = (uInt)answer.body_length;
    if (inflate(stream, Z_FINISH) != Z_STREAM_END || stream->avail_out != 0 ||
        stream->avail_in != 0)
        return false;
    answer.body = room;
    *ret_answer = answer;
    return true;
}
