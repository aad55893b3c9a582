/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sink.h"

#include "base/strbuf.h"
#include "cmekscan/reporter.h"

void cmek_sink_flush(const struct cmek_report_sink *sink, struct cmek_strbuf *buffer)
{
    if (buffer->length > 0)
        sink->write(sink->payload, buffer->data, buffer->length);
    cmek_strbuf_clear(buffer);
}
