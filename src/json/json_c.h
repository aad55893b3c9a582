/* SPDX-License-Identifier: Apache-2.0 */
/** @file json_c.h  Inside src/json: json-c's values under our name, so that no other module sees
 * json-c. */
#ifndef CMEK_JSON_JSON_C_H
#define CMEK_JSON_JSON_C_H

#include <json-c/json.h>
#include <stdint.h>

struct cmek_json;

static inline struct json_object *cmek_json_unwrap(const struct cmek_json *json)
{
    return (struct json_object *)(uintptr_t)json;
}

static inline struct cmek_json *cmek_json_wrap(struct json_object *object)
{
    return (struct cmek_json *)(void *)object;
}

#endif
