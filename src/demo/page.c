/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"

static uint32_t add_hash(uint32_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT32_C(16777619);
    return (hash ^ 0xffU) * UINT32_C(16777619);
}

/* What a token belongs to: the path and all parameters but the paging ones. A token of another
 * listing is then as bad as a made-up one, as with Google. */
static uint32_t listing_hash(const struct cmek_demo_call *call,
                             const struct cmek_demo_paging *paging)
{
    static const char *const ignored[] = {"pageToken", "fields", "alt", "$alt", "prettyPrint"};
    uint32_t hash = add_hash(UINT32_C(2166136261), call->path);
    for (size_t i = 0; i < call->param_count; i++) {
        const char *name = call->params[i].name;
        bool skip = cmek_str_eq(name, paging->size_param);
        for (size_t k = 0; k < sizeof ignored / sizeof *ignored; k++)
            skip = skip || cmek_str_eq(name, ignored[k]);
        if (!skip)
            hash = add_hash(add_hash(hash, name), call->params[i].value);
    }
    return hash;
}

static uint32_t token_check(uint32_t hash, uint32_t hidden)
{
    char text[9];
    snprintf(text, sizeof text, "%08x", (unsigned)hidden);
    return add_hash(hash, text);
}

static bool parse_token(const char *token, uint32_t hash, uint64_t *ret_offset)
{
    unsigned hidden, check;
    char rest;
    if (strlen(token) != 16 || token[strspn(token, "0123456789abcdef")] != '\0' ||
        sscanf(token, "%8x%8x%c", &hidden, &check, &rest) != 2 ||
        check != token_check(hash, hidden))
        return false;
    *ret_offset = hidden ^ hash;
    return true;
}

const char *cmek_demo_page_token(struct cmek_demo_call *call, const struct cmek_demo_page *page,
                                 uint64_t offset)
{
    uint32_t hash = page->listing;
    uint32_t hidden = (uint32_t)offset ^ hash;
    return cmek_arena_printf(&call->arena, "%08x%08x", (unsigned)hidden,
                             (unsigned)token_check(hash, hidden));
}

static bool read_size(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                      int64_t *ret_size)
{
    const char *text = cmek_demo_call_param(call, paging->size_param);
    *ret_size = 0;
    if (text) {
        char *end = NULL;
        errno = 0;
        long long size = strtoll(text, &end, 10);
        if (text[0] == '\0' || *end != '\0' || errno != 0 || size < 0 || size > INT32_MAX) {
            cmek_demo_fail(call, CMEK_DEMO_INVALID,
                           "Invalid value at '%s' (TYPE_INT32), \"%.100s\"", paging->size_param,
                           text);
            return false;
        }
        *ret_size = size;
    }
    if (*ret_size > paging->max_size && paging->refuses_more) {
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "Page size cannot exceed %" PRId64 ".",
                       paging->max_size);
        return false;
    }
    if (*ret_size == 0)
        *ret_size = paging->default_size;
    if (*ret_size > paging->max_size)
        *ret_size = paging->max_size;
    if (call->faults->page_size > 0 && *ret_size > call->faults->page_size)
        *ret_size = call->faults->page_size;
    return true;
}

bool cmek_demo_page_read(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                         struct cmek_demo_page *ret_page)
{
    uint32_t hash = ret_page->listing = listing_hash(call, paging);
    if (!read_size(call, paging, &ret_page->size))
        return false;
    const char *token = cmek_demo_call_param(call, "pageToken");
    ret_page->offset = 0;
    if (!token || token[0] == '\0' || parse_token(token, hash, &ret_page->offset))
        return true;
    cmek_demo_fail(call, CMEK_DEMO_INVALID, "Request contains an invalid argument: page token.");
    return false;
}

/* Writes the page's items and returns whether there are more. */
static bool write_items(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                        const struct cmek_demo_page *page, const struct cmek_demo_items *items,
                        bool (*keep)(void *payload, const struct cmek_demo_item *item),
                        void *payload)
{
    uint64_t seen = 0, end = page->offset + (uint64_t)page->size;
    bool is_open = false, has_more = false;
    for (size_t i = 0; i < items->count && !has_more; i++) {
        const struct cmek_demo_item *item = items->items[i];
        if (keep && !keep(payload, item))
            continue;
        has_more = seen == end;
        if (seen >= page->offset && seen < end) {
            if (!is_open) {
                cmek_json_key(&call->writer, paging->member);
                cmek_json_begin_array(&call->writer);
                is_open = true;
            }
            bool full =
                item->full_json && cmek_str_eq(cmek_demo_call_param(call, "projection"), "full");
            cmek_json_raw(&call->writer, full ? item->full_json : item->json);
        }
        seen++;
    }
    /* An empty listing has no member at all, as proto3 JSON has it. */
    if (is_open)
        cmek_json_end_array(&call->writer);
    return has_more;
}

void cmek_demo_page_answer(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                           const struct cmek_demo_items *items,
                           bool (*keep)(void *payload, const struct cmek_demo_item *item),
                           void *payload)
{
    struct cmek_demo_page page;
    if (!cmek_demo_page_read(call, paging, &page))
        return;
    cmek_json_begin_object(&call->writer);
    if (paging->kind)
        cmek_json_member_text(&call->writer, "kind", paging->kind);
    if (write_items(call, paging, &page, items, keep, payload))
        cmek_json_member_text(&call->writer, "nextPageToken",
                              cmek_demo_page_token(call, &page, page.offset + (uint64_t)page.size));
    cmek_json_end_object(&call->writer);
}
