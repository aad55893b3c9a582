/* SPDX-License-Identifier: Apache-2.0 */
#include "source/file_kind.h"

#include "base/limits.h"
#include "source/asset_array.h"
#include "json/skip.h"

enum cmek_file_kind cmek_file_kind_of(const char *bytes, size_t length)
{
    static const struct {
        const char *member;
        enum cmek_file_kind kind;
    } marks[] = {
        {"schema_version", CMEK_FILE_REPORT}, {"finding_id", CMEK_FILE_REPORT},
        {"format_version", CMEK_FILE_PLAN},   {"asset_type", CMEK_FILE_ASSETS},
        {"assetType", CMEK_FILE_ASSETS},
    };
    size_t start = cmek_asset_file_content(bytes, length);
    if (cmek_asset_array_begins(bytes, length)) /* its first element says what it is */
        start += 1 + cmek_asset_file_content(bytes + start + 1, length - start - 1);
    struct cmek_json_text text = {bytes + start, length - start}, name, value;
    struct cmek_json_walk walk = cmek_json_walk(text, CMEK_LIMIT_JSON_DEPTH);
    while (cmek_json_walk_member(&walk, &name, &value))
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
            if (cmek_json_text_is(name, marks[i].member))
                return marks[i].kind;
    return CMEK_FILE_OTHER;
}
