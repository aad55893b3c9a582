/* SPDX-License-Identifier: Apache-2.0 */
#include "model/shard.h"

#include "base/sha256.h"

bool cmek_shard_holds(struct cmek_shard shard, const char *project)
{
    char hex[CMEK_SHA256_HEX_SIZE];
    unsigned remainder = 0;
    if (shard.count == 0)
        return true;
    if (!project)
        return shard.index == 1;
    cmek_sha256_hex(&project, 1, hex);
    for (const char *digit = hex; *digit; digit++)
        remainder =
            (remainder * 16 + (unsigned)(*digit <= '9' ? *digit - '0' : *digit - 'a' + 10)) %
            shard.count;
    return remainder == shard.index - 1;
}
