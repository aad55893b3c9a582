/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "yaml/yaml.h"

static enum cmek_status wrong_kind(const struct cmek_yaml *node, const char *what,
                                   enum cmek_yaml_kind expected, struct cmek_error *err)
{
    return cmek_yaml_fail(node, err, "%s is %s, expected %s", what, cmek_yaml_kind_name(node->kind),
                          cmek_yaml_kind_name(expected));
}

static enum cmek_status unknown_key(const struct cmek_yaml *member,
                                    const struct cmek_yaml_field *fields, struct cmek_error *err)
{
    struct cmek_strbuf known = {0};
    for (const struct cmek_yaml_field *field = fields; field->name; field++)
        cmek_strbuf_printf(&known, "%s%s", field == fields ? "" : ", ", field->name);
    enum cmek_status status = cmek_yaml_fail(member, err, "unknown key '%s'; known keys: %s",
                                             member->key, cmek_strbuf_text(&known));
    cmek_strbuf_done(&known);
    return status;
}

static enum cmek_status decode_text(const struct cmek_yaml *node, const char *what,
                                    const char **ret_text, struct cmek_error *err)
{
    if (node->kind != CMEK_YAML_TEXT)
        return wrong_kind(node, what, CMEK_YAML_TEXT, err);
    if (node->text[0] == '\0')
        return cmek_yaml_fail(node, err, "%s is empty", what);
    *ret_text = node->text;
    return CMEK_OK;
}

static enum cmek_status decode_texts(const struct cmek_yaml *node, struct cmek_arena *arena,
                                     struct cmek_strings *ret_texts, struct cmek_error *err)
{
    if (node->kind != CMEK_YAML_LIST)
        return wrong_kind(node, node->key, CMEK_YAML_LIST, err);
    const char **items = cmek_arena_array(arena, node->count, sizeof *items);
    size_t count = 0;
    for (const struct cmek_yaml *item = node->first; item; item = item->next) {
        enum cmek_status status = decode_text(item, "an item of the list", &items[count++], err);
        if (status != CMEK_OK)
            return status;
    }
    *ret_texts = (struct cmek_strings){items, count};
    return CMEK_OK;
}

static enum cmek_status decode_member(const struct cmek_yaml *node,
                                      const struct cmek_yaml_field *field, struct cmek_arena *arena,
                                      void *member, struct cmek_error *err)
{
    switch (field->kind) {
    case CMEK_YAML_FIELD_TEXT:
        return decode_text(node, node->key, member, err);
    case CMEK_YAML_FIELD_TEXTS:
        return decode_texts(node, arena, member, err);
    case CMEK_YAML_FIELD_RAW:
        *(const struct cmek_yaml **)member = node;
        return CMEK_OK;
    }
    return CMEK_OK;
}

enum cmek_status cmek_yaml_decode(const struct cmek_yaml *node,
                                  const struct cmek_yaml_field *fields, struct cmek_arena *arena,
                                  void *ret_struct, struct cmek_error *err)
{
    if (node->kind != CMEK_YAML_MAPPING)
        return wrong_kind(node, node->key ? node->key : "this", CMEK_YAML_MAPPING, err);
    for (const struct cmek_yaml *member = node->first; member; member = member->next) {
        const struct cmek_yaml_field *field = fields;
        while (field->name && strcmp(field->name, member->key) != 0)
            field++;
        if (!field->name)
            return unknown_key(member, fields, err);
        enum cmek_status status =
            decode_member(member, field, arena, (unsigned char *)ret_struct + field->offset, err);
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}

size_t cmek_yaml_word_index(const char *word, const char *const *words)
{
    size_t index = 0;
    while (words[index] && strcmp(words[index], word) != 0)
        index++;
    return index;
}

enum cmek_status cmek_yaml_check_word(const struct cmek_yaml *mapping, const char *key,
                                      const char *word, const char *const *words,
                                      struct cmek_error *err)
{
    if (!word || words[cmek_yaml_word_index(word, words)])
        return CMEK_OK;
    struct cmek_strbuf known = {0};
    for (const char *const *item = words; *item; item++)
        cmek_strbuf_printf(&known, "%s%s", item == words ? "" : ", ", *item);
    const struct cmek_yaml *member = cmek_yaml_get(mapping, key);
    enum cmek_status status =
        cmek_yaml_fail(member ? member : mapping, err, "unknown %s '%s'; known: %s", key, word,
                       cmek_strbuf_text(&known));
    cmek_strbuf_done(&known);
    return status;
}
