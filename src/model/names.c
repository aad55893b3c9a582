/* SPDX-License-Identifier: Apache-2.0 */
#include "model/names.h"

#include <string.h>

#include "base/strings.h"

static const char version_mark[] = "/cryptoKeyVersions/";

size_t cmek_key_name_length(const char *name)
{
    const char *mark = strstr(name, version_mark);
    const char *version = mark ? mark + sizeof version_mark - 1 : "";
    bool is_version = version[0] != '\0' && !strchr(version, '/');
    return is_version ? (size_t)(mark - name) : strlen(name);
}

/* Takes `WORD/` and the segment after it; false when either is missing. */
static bool take_segment(const char **cursor, const char *end, const char *word,
                         const char **ret_segment, size_t *ret_length)
{
    size_t word_length = strlen(word);
    if ((size_t)(end - *cursor) <= word_length || memcmp(*cursor, word, word_length) != 0 ||
        (*cursor)[word_length] != '/')
        return false;
    const char *segment = *cursor + word_length + 1;
    const char *slash = memchr(segment, '/', (size_t)(end - segment));
    const char *stop = slash ? slash : end;
    if (stop == segment)
        return false;
    *ret_segment = segment;
    *ret_length = (size_t)(stop - segment);
    *cursor = slash ? slash + 1 : end;
    return true;
}

bool cmek_key_name_parse(const char *name, struct cmek_key_name *ret_parts)
{
    const char *cursor = name, *end = name + cmek_key_name_length(name);
    struct cmek_key_name parts;
    if (!take_segment(&cursor, end, "projects", &parts.project, &parts.project_length) ||
        !take_segment(&cursor, end, "locations", &parts.location, &parts.location_length) ||
        !take_segment(&cursor, end, "keyRings", &parts.ring, &parts.ring_length) ||
        !take_segment(&cursor, end, "cryptoKeys", &parts.key, &parts.key_length) || cursor != end ||
        end[-1] == '/')
        return false;
    *ret_parts = parts;
    return true;
}

bool cmek_node_ref_parse(const char *text, enum cmek_node_kind *ret_kind, const char **ret_id)
{
    static const struct {
        const char *prefix;
        enum cmek_node_kind kind;
    } kinds[] = {
        {"projects/", CMEK_NODE_PROJECT},
        {"folders/", CMEK_NODE_FOLDER},
        {"organizations/", CMEK_NODE_ORGANIZATION},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *id = cmek_str_after(text, kinds[i].prefix);
        if (!id || id[0] == '\0' || strchr(id, '/'))
            continue;
        *ret_kind = kinds[i].kind;
        *ret_id = id;
        return true;
    }
    return false;
}

const char *cmek_node_ref_of(const char *name, struct cmek_arena *arena)
{
    if (!name)
        return NULL;
    const char *bare = cmek_str_after(name, CMEK_NODE_NAME_PREFIX);
    enum cmek_node_kind kind;
    const char *id;
    if (!cmek_node_ref_parse(bare ? bare : name, &kind, &id))
        return NULL;
    return cmek_arena_strdup(arena, bare ? bare : name);
}

const char *cmek_project_ref_in(const char *name, struct cmek_arena *arena)
{
    const char *mark = name ? strstr(name, "/projects/") : NULL;
    if (!mark)
        return NULL;
    size_t length = strcspn(mark + sizeof "/projects/" - 1, "/");
    return length > 0 ? cmek_arena_strndup(arena, mark + 1, sizeof "projects/" - 1 + length) : NULL;
}

/* A project id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter, not ending
 * with a hyphen. */
static bool is_project_id(const char *text, size_t length)
{
    if (length < 6 || length > 30 || text[0] < 'a' || text[0] > 'z' || text[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= '0' && text[i] <= '9') &&
            text[i] != '-')
            return false;
    return true;
}

static bool is_domain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= '0' && text[i] <= '9') &&
            text[i] != '-' && text[i] != '.')
            return false;
    return length > 0;
}

const char *cmek_registry_bucket_project(const char *bucket, struct cmek_arena *arena)
{
    static const char *const regions[] = {"us.", "eu.", "asia."};
    static const char tail[] = ".appspot.com", domain_tail[] = ".a";
    const char *rest = bucket;
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (cmek_str_starts(bucket, regions[i]))
            rest = bucket + strlen(regions[i]);
    rest = cmek_str_after(rest, "artifacts.");
    if (!rest || !cmek_str_ends(rest, tail))
        return NULL;
    size_t length = strlen(rest) - (sizeof tail - 1);
    size_t id_length = strcspn(rest, ".");
    if (id_length > length || !is_project_id(rest, id_length))
        return NULL;
    if (id_length == length)
        return cmek_arena_strndup(arena, rest, length);
    const char *domain = rest + id_length + 1;
    size_t domain_length = length - id_length - 1;
    if (domain_length <= 2 || memcmp(domain + domain_length - 2, domain_tail, 2) != 0 ||
        !is_domain(domain, domain_length - 2))
        return NULL;
    return cmek_arena_printf(arena, "%.*s:%.*s", (int)(domain_length - 2), domain, (int)id_length,
                             rest);
}

bool cmek_is_gcr_topic(const char *name)
{
    return cmek_str_ends(name, "/topics/gcr");
}

bool cmek_is_gcr_repository(const char *name)
{
    static const char *const repositories[] = {
        "/locations/us/repositories/gcr.io",
        "/locations/us/repositories/us.gcr.io",
        "/locations/europe/repositories/eu.gcr.io",
        "/locations/asia/repositories/asia.gcr.io",
    };
    for (size_t i = 0; i < sizeof repositories / sizeof *repositories; i++)
        if (cmek_str_ends(name, repositories[i]))
            return true;
    return false;
}

const char *cmek_short_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}
