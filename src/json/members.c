/* SPDX-License-Identifier: Apache-2.0 */
#include "json/members.h"

#include <string.h>

#define NAME_BYTES 256 /* nobody asks for a longer one */

/* What the next byte belongs to. */
enum state {
    START, /* the object's bracket */
    KEY,   /* a name, or the object's end */
    IN_KEY,
    COLON,
    VALUE, /* the first byte of a value or element, or the end of an empty array */
    IN_VALUE,
    NEXT, /* a comma, or the end of the object or array */
    DONE,
};

void cmek_json_members_init(struct cmek_json_members *members,
                            const struct cmek_json_members_handler *handler, size_t limit)
{
    *members = (struct cmek_json_members){
        .handler = handler,
        .state = START,
        .name = {.limit = NAME_BYTES},
        .value = {.limit = limit},
    };
}

void cmek_json_members_done(struct cmek_json_members *members)
{
    cmek_strbuf_done(&members->name);
    cmek_strbuf_done(&members->value);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static enum cmek_status unexpected(const struct cmek_json_members *members, struct cmek_error *err)
{
    static const char *const expected[] = {
        [START] = "an object",
        [KEY] = "a name in quotes",
        [COLON] = "a colon",
        [VALUE] = "a value",
        [NEXT] = "a comma or a closing bracket",
        [DONE] = "nothing after the object",
    };
    return cmek_fail(err, CMEK_E_INVALID, "expected %s%s%s", expected[members->state],
                     members->name.length > 0 ? " at or after the member " : "",
                     cmek_strbuf_text(&members->name));
}

static enum cmek_status hand_over(struct cmek_json_members *members, struct cmek_error *err)
{
    if (members->use == CMEK_JSON_SKIP)
        return CMEK_OK;
    if (members->value.overflow)
        return cmek_fail(err, CMEK_E_LIMIT, "a value of the member %s is longer than %zu bytes",
                         cmek_strbuf_text(&members->name), members->value.limit);
    return members->handler->value(members->handler->payload, cmek_strbuf_text(&members->name),
                                   cmek_strbuf_text(&members->value), members->value.length, err);
}

static enum cmek_status end_value(struct cmek_json_members *members, struct cmek_error *err)
{
    members->state = NEXT;
    return hand_over(members, err);
}

static enum cmek_status begin_value(struct cmek_json_members *members, char byte,
                                    struct cmek_error *err)
{
    if (members->in_elements && members->is_first && byte == ']') {
        members->in_elements = false;
        members->state = NEXT;
        return CMEK_OK;
    }
    members->is_first = false;
    if (members->use == CMEK_JSON_ELEMENTS && !members->in_elements && byte == 'n')
        members->use = CMEK_JSON_SKIP; /* null */
    if (members->use == CMEK_JSON_ELEMENTS && !members->in_elements) {
        if (byte != '[')
            return cmek_fail(err, CMEK_E_INVALID, "the member %s is no array",
                             cmek_strbuf_text(&members->name));
        members->in_elements = members->is_first = true;
        return CMEK_OK;
    }
    members->is_scalar = byte != '"' && byte != '{' && byte != '[';
    if (strchr(",:}]", byte)) /* a NUL byte is one of these, too */
        return unexpected(members, err);
    members->extent = (struct cmek_json_extent){0};
    if (!members->is_scalar)
        cmek_json_extent_take(&members->extent, byte);
    cmek_strbuf_clear(&members->value);
    if (members->use != CMEK_JSON_SKIP)
        cmek_strbuf_putc(&members->value, byte);
    members->state = IN_VALUE;
    return CMEK_OK;
}

static enum cmek_status take_next(struct cmek_json_members *members, char byte,
                                  struct cmek_error *err)
{
    if (byte == ',') {
        members->state = members->in_elements ? VALUE : KEY;
        members->is_first = false;
    } else if (byte == ']' && members->in_elements) {
        members->in_elements = false;
    } else if (byte == '}' && !members->in_elements) {
        members->state = DONE;
    } else {
        return unexpected(members, err);
    }
    return CMEK_OK;
}

/* A number or a word ends with the byte after it. */
static enum cmek_status take_scalar(struct cmek_json_members *members, char byte,
                                    struct cmek_error *err)
{
    if (!is_blank(byte) && byte != ',' && byte != '}' && byte != ']') {
        if (members->use != CMEK_JSON_SKIP)
            cmek_strbuf_putc(&members->value, byte);
        return CMEK_OK;
    }
    enum cmek_status status = end_value(members, err);
    return status == CMEK_OK && !is_blank(byte) ? take_next(members, byte, err) : status;
}

/* Most bytes of a document are inside of values: as many as there are at once. */
static enum cmek_status take_run(struct cmek_json_members *members, const char *bytes,
                                 size_t length, size_t *ret_taken, struct cmek_error *err)
{
    bool is_whole = false;
    size_t taken = 0;
    while (taken < length && !is_whole)
        is_whole = cmek_json_extent_take(&members->extent, bytes[taken++]);
    if (members->use != CMEK_JSON_SKIP)
        cmek_strbuf_append(&members->value, bytes, taken);
    *ret_taken = taken;
    return is_whole ? end_value(members, err) : CMEK_OK;
}

static enum cmek_status take_key(struct cmek_json_members *members, char byte,
                                 struct cmek_error *err)
{
    if (byte == '}' && members->is_first) {
        members->state = DONE;
        return CMEK_OK;
    }
    if (byte != '"')
        return unexpected(members, err);
    cmek_strbuf_clear(&members->name);
    members->extent = (struct cmek_json_extent){0};
    cmek_json_extent_take(&members->extent, byte);
    members->state = IN_KEY;
    return CMEK_OK;
}

static void take_in_key(struct cmek_json_members *members, char byte)
{
    if (cmek_json_extent_take(&members->extent, byte)) {
        members->state = COLON;
        members->use = members->name.overflow
                           ? CMEK_JSON_SKIP
                           : members->handler->member(members->handler->payload,
                                                      cmek_strbuf_text(&members->name));
        return;
    }
    cmek_strbuf_putc(&members->name, byte);
}

static enum cmek_status take(struct cmek_json_members *members, char byte, struct cmek_error *err)
{
    if (members->state != IN_KEY && members->state != IN_VALUE && is_blank(byte))
        return CMEK_OK;
    switch ((enum state)members->state) {
    case START:
        if (byte != '{')
            return unexpected(members, err);
        members->state = KEY;
        members->is_first = true;
        return CMEK_OK;
    case KEY:
        return take_key(members, byte, err);
    case IN_KEY:
        take_in_key(members, byte);
        return CMEK_OK;
    case COLON:
        if (byte != ':')
            return unexpected(members, err);
        members->state = VALUE;
        return CMEK_OK;
    case VALUE:
        return begin_value(members, byte, err);
    case IN_VALUE:
        return take_scalar(members, byte, err);
    case NEXT:
        return take_next(members, byte, err);
    case DONE:
        break;
    }
    return unexpected(members, err);
}

enum cmek_status cmek_json_members_feed(struct cmek_json_members *members, const char *bytes,
                                        size_t length, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    size_t taken = 1;
    for (size_t i = 0; i < length && status == CMEK_OK; i += taken) {
        bool is_inside = members->state == IN_VALUE && !members->is_scalar;
        taken = 1;
        status = is_inside ? take_run(members, bytes + i, length - i, &taken, err)
                           : take(members, bytes[i], err);
    }
    return status;
}

enum cmek_status cmek_json_members_finish(const struct cmek_json_members *members,
                                          struct cmek_error *err)
{
    if (members->state == DONE)
        return CMEK_OK;
    return cmek_fail(err, CMEK_E_INVALID, "the object breaks off in the middle");
}
