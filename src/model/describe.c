/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "base/strings.h"
#include "model/inventory.h"

void cmek_describe_node(const struct cmek_node *node, struct cmek_strbuf *buffer)
{
    const char *name = node->kind == CMEK_NODE_PROJECT ? node->id : node->display_name;
    cmek_strbuf_puts(buffer, node->ref);
    if (name && !cmek_str_eq(name, cmek_short_name(node->ref)))
        cmek_strbuf_printf(buffer, " (%s)", name);
}
