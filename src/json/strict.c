/* SPDX-License-Identifier: Apache-2.0 */
#include "json/strict.h"

#include <string.h>

#include "base/bytes.h"

/* RFC 8259 section 6, one state for each place in "-12.5e+3". */
enum number {
    NUMBER_NONE,
    NUMBER_MINUS,
    NUMBER_ZERO,
    NUMBER_INTEGER,
    NUMBER_POINT,
    NUMBER_FRACTION,
    NUMBER_E,
    NUMBER_E_SIGN,
    NUMBER_EXPONENT,
    NUMBER_BAD,
};

enum number_byte { BYTE_OTHER, BYTE_ZERO, BYTE_DIGIT, BYTE_POINT, BYTE_E, BYTE_PLUS, BYTE_MINUS };

static const unsigned char next_number[NUMBER_BAD][7] = {
    /* other, 0, 1-9, point, e, plus, minus */
    [NUMBER_NONE] = {NUMBER_NONE, NUMBER_ZERO, NUMBER_INTEGER, NUMBER_BAD, NUMBER_NONE, NUMBER_BAD,
                     NUMBER_MINUS},
    [NUMBER_MINUS] = {NUMBER_BAD, NUMBER_ZERO, NUMBER_INTEGER, NUMBER_BAD, NUMBER_BAD, NUMBER_BAD,
                      NUMBER_BAD},
    [NUMBER_ZERO] = {NUMBER_NONE, NUMBER_BAD, NUMBER_BAD, NUMBER_POINT, NUMBER_E, NUMBER_BAD,
                     NUMBER_BAD},
    [NUMBER_INTEGER] = {NUMBER_NONE, NUMBER_INTEGER, NUMBER_INTEGER, NUMBER_POINT, NUMBER_E,
                        NUMBER_BAD, NUMBER_BAD},
    [NUMBER_POINT] = {NUMBER_BAD, NUMBER_FRACTION, NUMBER_FRACTION, NUMBER_BAD, NUMBER_BAD,
                      NUMBER_BAD, NUMBER_BAD},
    [NUMBER_FRACTION] = {NUMBER_NONE, NUMBER_FRACTION, NUMBER_FRACTION, NUMBER_BAD, NUMBER_E,
                         NUMBER_BAD, NUMBER_BAD},
    [NUMBER_E] = {NUMBER_BAD, NUMBER_EXPONENT, NUMBER_EXPONENT, NUMBER_BAD, NUMBER_BAD,
                  NUMBER_E_SIGN, NUMBER_E_SIGN},
    [NUMBER_E_SIGN] = {NUMBER_BAD, NUMBER_EXPONENT, NUMBER_EXPONENT, NUMBER_BAD, NUMBER_BAD,
                       NUMBER_BAD, NUMBER_BAD},
    [NUMBER_EXPONENT] = {NUMBER_NONE, NUMBER_EXPONENT, NUMBER_EXPONENT, NUMBER_BAD, NUMBER_BAD,
                         NUMBER_BAD, NUMBER_BAD},
};

static enum number_byte number_byte(char byte)
{
    switch (byte) {
    case '0':
        return BYTE_ZERO;
    case '.':
        return BYTE_POINT;
    case 'e':
    case 'E':
        return BYTE_E;
    case '+':
        return BYTE_PLUS;
    case '-':
        return BYTE_MINUS;
    default:
        return byte >= '1' && byte <= '9' ? BYTE_DIGIT : BYTE_OTHER;
    }
}

static bool take_outer_byte(struct cmek_json_strict *state, char byte)
{
    /* The only words are true, false and null; beyond ASCII there is nothing. */
    if (byte == '\'' || byte == 'N' || byte == 'I' || (unsigned char)byte >= 0x80)
        return false;
    state->number = next_number[state->number][number_byte(byte)];
    state->in_string = byte == '"';
    return state->number != NUMBER_BAD;
}

/* RFC 3629 section 4: which bytes may begin a character, and what may come second. */
static bool begin_character(struct cmek_json_strict *state, unsigned char byte)
{
    if (byte < 0xc2 || byte > 0xf4)
        return false;
    state->remaining = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    state->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    state->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    return true;
}

static bool take_string_byte(struct cmek_json_strict *state, unsigned char byte)
{
    if (state->remaining > 0) {
        if (byte < state->low || byte > state->high)
            return false;
        state->remaining--;
        state->low = 0x80;
        state->high = 0xbf;
        return true;
    }
    if (byte >= 0x80)
        return begin_character(state, byte);
    if (byte < 0x20)
        return false;
    if (state->escaped)
        state->escaped = false;
    else if (byte == '\\')
        state->escaped = true;
    else if (byte == '"')
        state->in_string = false;
    return true;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

size_t cmek_json_plain_run(const char *bytes, size_t length)
{
    size_t run = 0;
    for (; length - run >= sizeof(uint64_t); run += sizeof(uint64_t)) {
        uint64_t word = cmek_bytes_load(bytes + run);
        uint64_t found = cmek_bytes_below(word, 0x20) | cmek_bytes_equal(word, '"') |
                         cmek_bytes_equal(word, '\\') | cmek_bytes_from_0x80(word);
        if (found)
            return run + cmek_bytes_first(found);
    }
    while (run < length && is_plain((unsigned char)bytes[run]))
        run++;
    return run;
}

size_t cmek_json_strict_scan(struct cmek_json_strict *state, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (state->in_string && !state->escaped && state->remaining == 0) {
            i += cmek_json_plain_run(bytes + i, length - i);
            if (i == length)
                break;
        }
        bool good = state->in_string ? take_string_byte(state, (unsigned char)bytes[i])
                                     : take_outer_byte(state, bytes[i]);
        if (!good)
            return i;
    }
    return length;
}
