/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

size_t cmek_utf8_decode(const char *bytes, size_t length, uint32_t *ret_code)
{
    const unsigned char *in = (const unsigned char *)bytes;
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    *ret_code = CMEK_UTF8_INVALID;
    if (in[0] < 0x80) {
        *ret_code = in[0];
        return 1;
    }
    size_t need = in[0] >= 0xf0 ? 4 : in[0] >= 0xe0 ? 3 : 2;
    if (in[0] < 0xc2 || in[0] > 0xf4 || length < need)
        return 1;
    uint32_t code = in[0] & (0x7fU >> need);
    for (size_t i = 1; i < need; i++) {
        if ((in[i] & 0xc0) != 0x80)
            return 1;
        code = code << 6 | (in[i] & 0x3fU);
    }
    if (code < smallest[need] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 1;
    *ret_code = code;
    return need;
}
