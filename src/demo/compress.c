/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/compress.h"

#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/alloc.h"

/* Small window, fastest level: answers are small, and setting up costs more than compressing. */
#define WINDOW_BITS 12
#define MEMORY      5

static pthread_key_t stream_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_stream(void *stream)
{
    deflateEnd(stream);
    free(stream);
}

static void make_key(void)
{
    if (pthread_key_create(&stream_key, free_stream) != 0)
        abort();
}

static z_stream *thread_stream(void)
{
    pthread_once(&once, make_key);
    z_stream *stream = pthread_getspecific(stream_key);
    if (stream) {
        deflateReset(stream);
        return stream;
    }
    stream = cmek_calloc(1, sizeof *stream);
    if (deflateInit2(stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS + 16, MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    pthread_setspecific(stream_key, stream);
    return stream;
}

void cmek_demo_compress(struct cmek_strbuf *text)
{
    z_stream *stream = thread_stream();
    size_t bound = deflateBound(stream, text->length);
    char *bytes = cmek_malloc(bound);
    stream->next_in = (Bytef *)text->data;
    stream->avail_in = (uInt)text->length;
    stream->next_out = (Bytef *)bytes;
    stream->avail_out = (uInt)bound;
    if (deflate(stream, Z_FINISH) != Z_STREAM_END)
        abort();
    size_t length = bound - stream->avail_out;
    cmek_strbuf_done(text);
    *text = (struct cmek_strbuf){.data = bytes, .length = length, .capacity = bound};
}
