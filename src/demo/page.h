/* SPDX-License-Identifier: Apache-2.0 */
/** @file page.h  Listings in pages with opaque tokens. */
#ifndef CMEK_DEMO_PAGE_H
#define CMEK_DEMO_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cmek_demo_call;
struct cmek_demo_item;
struct cmek_demo_items;

/** How an API pages. */
struct cmek_demo_paging {
    const char *size_param; /* "pageSize", "maxResults" */
    const char *member;     /* "topics", "items" */
    const char *kind;       /* value of `kind`, or NULL */
    int64_t default_size;   /* without a page size */
    int64_t max_size;       /* more is cut down … */
    bool refuses_more;      /* … or an error */
};

/** Answers with the page of @p items that the request asks for: those that @p keep (may be NULL)
 * keeps. A bad token or size is INVALID_ARGUMENT. */
void cmek_demo_page_answer(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                           const struct cmek_demo_items *items,
                           bool (*keep)(void *payload, const struct cmek_demo_item *item),
                           void *payload);

#endif
