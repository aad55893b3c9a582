/* SPDX-License-Identifier: Apache-2.0 */
/** @file light.h  Small JSON documents, one after the other, several times faster than json-c.
 *
 * A file of ten million assets is ten million documents of a kilobyte, and json-c spends its time
 * on allocating what is thrown away at once. The light reader makes the tree of such a document in
 * memory that the next one uses again, with the strings left where they stand. It takes plain
 * documents only and says so of all others, which then go to json-c (json.h): whatever it does take
 * reads the same either way, which a fuzz target holds it to. Escapes are left to json-c always.
 */
#ifndef CMEK_JSON_LIGHT_H
#define CMEK_JSON_LIGHT_H

#include <stddef.h>

struct cmek_json;
struct cmek_json_light;

struct cmek_json_light *cmek_json_light_new(void);
void cmek_json_light_free(struct cmek_json_light *light);

/** Reads one document, an object or an array. It borrows @p text and is valid until the next one is
 * read. NULL when it is anything but well-formed beyond doubt (RFC 8259), or not small: nested
 * deeply, of more than a thousand values, with a huge number or an escape in a member's name. */
const struct cmek_json *cmek_json_light_parse(struct cmek_json_light *light, const char *text,
                                              size_t length);

#endif
