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

/** The page that a request asks for. */
struct cmek_demo_page {
    uint64_t offset; /* what its token says, 0 without one */
    int64_t size;
    uint32_t listing; /* which listing: tokens of another one do not count */
};

/** False when the size or token is bad: the answer is then the error. */
bool cmek_demo_page_read(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                         struct cmek_demo_page *ret_page);
/** A token that leads to @p offset of the same listing. */
const char *cmek_demo_page_token(struct cmek_demo_call *call, const struct cmek_demo_page *page,
                                 uint64_t offset);
/** Answers with the page of @p items that the request asks for: those that @p keep (may be NULL)
 * keeps. A bad token or size is INVALID_ARGUMENT. */
void cmek_demo_page_answer(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                           const struct cmek_demo_items *items,
                           bool (*keep)(void *payload, const struct cmek_demo_item *item),
                           void *payload);

#endif
