/* SPDX-License-Identifier: Apache-2.0 */
/** @file node_query.h  The `query` of organizations.search, folders.search and projects.search, as
 * far as such queries go without NOT, OR and brackets. */
#ifndef CMEK_DEMO_NODE_QUERY_H
#define CMEK_DEMO_NODE_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct cmek_demo_item;

struct cmek_demo_term {
    const char *field, *value; /* lower case; a value may end in * */
};

struct cmek_demo_query {
    struct cmek_demo_term *terms;
    size_t count;
    bool any_term; /* one is enough */
};

/** False when @p text is no query of known fields. AND between terms makes all of them count. */
bool cmek_demo_query_parse(const char *text, bool any_term, struct cmek_arena *arena,
                           struct cmek_demo_query *ret_query);
/** For cmek_demo_page_answer; @p query is a struct cmek_demo_query. */
bool cmek_demo_query_keeps(void *query, const struct cmek_demo_item *item);

#endif
