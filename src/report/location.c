/* SPDX-License-Identifier: Apache-2.0 */
#include "report/location.h"

#include "base/strbuf.h"
#include "base/strings.h"
#include "cmekscan/finding.h"
#include "report/uri.h"

void cmek_location_append_uri(struct cmek_strbuf *buffer, const struct cmek_finding *finding)
{
    if (finding->source_file) {
        cmek_uri_append_path(buffer, finding->source_file);
        return;
    }
    const char *name = finding->resource_name ? finding->resource_name : "";
    const char *path = cmek_str_after(name, "//");
    cmek_strbuf_puts(buffer, "cmek/");
    cmek_uri_append_path(buffer, path ? path : name);
    if (*name == '\0')
        cmek_strbuf_puts(buffer, "unnamed");
}

unsigned cmek_location_line(const struct cmek_finding *finding)
{
    return finding->source_file && finding->source_line > 0 ? finding->source_line : 1;
}
