/* SPDX-License-Identifier: Apache-2.0 */
/** @file members.h  The members of one large JSON object, taken one by one as its bytes arrive.
 *
 * A report may be larger than memory; what is wanted of it is a member here and the elements of an
 * array there. What is not wanted is stepped over unparsed; what is handed over is text that the
 * taker still has to parse.
 */
#ifndef CMEK_JSON_MEMBERS_H
#define CMEK_JSON_MEMBERS_H

#include "base/error.h"
#include "base/strbuf.h"
#include "json/extent.h"

enum cmek_json_use {
    CMEK_JSON_SKIP,
    CMEK_JSON_WHOLE,
    CMEK_JSON_ELEMENTS, /* of an array, one by one; null has none */
};

struct cmek_json_members_handler {
    /** How a member is to be handed over; @p name as it is written, escapes included. */
    enum cmek_json_use (*member)(void *payload, const char *name);
    /** One value or element. A status other than CMEK_OK ends the reading. */
    enum cmek_status (*value)(void *payload, const char *name, const char *text, size_t length,
                              struct cmek_error *err);
    void *payload;
};

struct cmek_json_members {
    const struct cmek_json_members_handler *handler;
    int state;
    enum cmek_json_use use; /* of the member at hand */
    bool in_elements, is_first, is_scalar;
    struct cmek_json_extent extent;
    struct cmek_strbuf name, value;
};

/** No value handed over is longer than @p limit. */
void cmek_json_members_init(struct cmek_json_members *members,
                            const struct cmek_json_members_handler *handler, size_t limit);
/** Takes the next bytes. CMEK_E_INVALID: this is no JSON object; CMEK_E_LIMIT: a value is too long;
 * else what the handler returned. */
CMEK_NODISCARD enum cmek_status cmek_json_members_feed(struct cmek_json_members *members,
                                                       const char *bytes, size_t length,
                                                       struct cmek_error *err);
/** CMEK_E_INVALID: the object has not ended. */
CMEK_NODISCARD enum cmek_status cmek_json_members_finish(const struct cmek_json_members *members,
                                                         struct cmek_error *err);
void cmek_json_members_done(struct cmek_json_members *members);

#endif
