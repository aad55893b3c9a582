/* SPDX-License-Identifier: Apache-2.0 */
/** @file light_node.h  Inside src/json: the values of a document that the light reader made.
 *
 * json.h hands out one type for both kinds of trees. A `struct cmek_json *` has no meaning of its
 * own: it is json-c's pointer as it is, or the pointer to a node, told by its lowest bit, which
 * alignment leaves unused in either.
 */
#ifndef CMEK_JSON_LIGHT_NODE_H
#define CMEK_JSON_LIGHT_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/json.h"

struct cmek_json_node {
    unsigned char kind; /* enum cmek_json_kind */
    bool is_true;
    uint32_t name_length;
    const char *name; /* of a member; not NUL-terminated */
    union {
        const char *text;                   /* of a string or number; not NUL-terminated */
        const struct cmek_json_node *first; /* of an object's members or an array's items */
    };
    size_t length; /* of the text, or how many members or items */
    const struct cmek_json_node *next;
    struct cmek_json_light *document;
};

static inline const struct cmek_json *cmek_json_of_node(const struct cmek_json_node *node)
{
    return (const struct cmek_json *)((uintptr_t)node | 1);
}

/** NULL: @p json is json-c's, or NULL itself. */
static inline const struct cmek_json_node *cmek_json_node(const struct cmek_json *json)
{
    uintptr_t address = (uintptr_t)json;
    return address & 1 ? (const struct cmek_json_node *)(address - 1) : NULL;
}

/** A member's value, or NULL; the last of several with the same name counts, as with json-c. */
const struct cmek_json_node *cmek_json_node_get(const struct cmek_json_node *object,
                                                const char *name, size_t name_length);
/** A NUL-terminated copy, valid as long as the document. */
const char *cmek_json_node_copy(const struct cmek_json_node *node, const char *text, size_t length);

#endif
