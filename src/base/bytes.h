/* SPDX-License-Identifier: Apache-2.0 */
/** @file bytes.h  Looking for bytes eight at a time.
 *
 * Each test marks bytes of a word by their highest bit. The first mark is always right; behind a
 * byte that is marked, one may be marked wrongly, so only the first counts, of several tests joined
 * by | as well (https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord).
 */
#ifndef CMEK_BASE_BYTES_H
#define CMEK_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CMEK_BYTES_(byte) (UINT64_C(0x0101010101010101) * (byte))

/** The next eight bytes, the first of them lowest. */
static inline uint64_t cmek_bytes_load(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/** Bytes smaller than @p limit, at most 0x80. */
static inline uint64_t cmek_bytes_below(uint64_t word, unsigned char limit)
{
    return (word - CMEK_BYTES_(limit)) & ~word & CMEK_BYTES_(0x80);
}

static inline uint64_t cmek_bytes_equal(uint64_t word, unsigned char byte)
{
    return cmek_bytes_below(word ^ CMEK_BYTES_(byte), 1);
}

static inline uint64_t cmek_bytes_from_0x80(uint64_t word)
{
    return word & CMEK_BYTES_(0x80);
}

/** How many bytes come before the first marked one; @p marks is not 0. */
static inline size_t cmek_bytes_first(uint64_t marks)
{
    return (size_t)__builtin_ctzll(marks) / 8;
}

#endif
