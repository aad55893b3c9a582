/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the service catalogue, checked member by member (rules/README.md). */
#include <string.h>

#include "base/arena.h"
#include "base/strings.h"
#include "model/catalogue.h"
#include "rules/catalogue_load.h"
#include "yaml/yaml.h"

#define NAME_LENGTH 200

struct type_form {
    const char *asset_type, *noun, *location, *created, *governed_by, *without_key, *verified;
    const struct cmek_yaml *keys, *further_keys, *except, *instead, *terraform, *discovery;
};

static const struct cmek_yaml_field type_fields[] = {
    CMEK_YAML_FIELD(struct type_form, asset_type, "asset_type"),
    CMEK_YAML_FIELD(struct type_form, noun, "noun"),
    CMEK_YAML_FIELD(struct type_form, keys, "keys"),
    CMEK_YAML_FIELD(struct type_form, further_keys, "further_keys"),
    CMEK_YAML_FIELD(struct type_form, without_key, "without_key"),
    CMEK_YAML_FIELD(struct type_form, governed_by, "governed_by"),
    CMEK_YAML_FIELD(struct type_form, except, "except"),
    CMEK_YAML_FIELD(struct type_form, instead, "instead"),
    CMEK_YAML_FIELD(struct type_form, location, "location"),
    CMEK_YAML_FIELD(struct type_form, created, "created"),
    CMEK_YAML_FIELD(struct type_form, verified, "verified"),
    CMEK_YAML_FIELD(struct type_form, discovery, "discovery"),
    CMEK_YAML_FIELD(struct type_form, terraform, "terraform"),
    CMEK_YAML_END,
};

struct except_form {
    const char *name, *field, *is;
};
static const struct cmek_yaml_field except_fields[] = {
    CMEK_YAML_FIELD(struct except_form, name, "name"),
    CMEK_YAML_FIELD(struct except_form, field, "field"),
    CMEK_YAML_FIELD(struct except_form, is, "is"),
    CMEK_YAML_END,
};

struct instead_form {
    const char *field, *reason, *detail, *kms_key;
};
static const struct cmek_yaml_field instead_fields[] = {
    CMEK_YAML_FIELD(struct instead_form, field, "field"),
    CMEK_YAML_FIELD(struct instead_form, reason, "reason"),
    CMEK_YAML_FIELD(struct instead_form, detail, "detail"),
    CMEK_YAML_FIELD(struct instead_form, kms_key, "kms_key"),
    CMEK_YAML_END,
};

struct terraform_form {
    const char *type, *noun, *each, *name, *verified;
    const struct cmek_yaml *keys, *further_keys, *except, *instead;
};
static const struct cmek_yaml_field terraform_fields[] = {
    CMEK_YAML_FIELD(struct terraform_form, type, "type"),
    CMEK_YAML_FIELD(struct terraform_form, noun, "noun"),
    CMEK_YAML_FIELD(struct terraform_form, each, "each"),
    CMEK_YAML_FIELD(struct terraform_form, name, "name"),
    CMEK_YAML_FIELD(struct terraform_form, keys, "keys"),
    CMEK_YAML_FIELD(struct terraform_form, further_keys, "further_keys"),
    CMEK_YAML_FIELD(struct terraform_form, except, "except"),
    CMEK_YAML_FIELD(struct terraform_form, instead, "instead"),
    CMEK_YAML_FIELD(struct terraform_form, verified, "verified"),
    CMEK_YAML_END,
};

static const char *const booleans[] = {"false", "true", NULL};
static const char *const absences[] = {
    [CMEK_ABSENCE_FAILS] = "fail",
    [CMEK_ABSENCE_UNKNOWN] = "unknown",
    NULL,
};

#define BIT(constraint) (1U << (constraint))
static const char *const governors[] = {"both", "key-project", "neither", NULL};
static const unsigned governor_bits[] = {
    BIT(CMEK_CONSTRAINT_SERVICE) | BIT(CMEK_CONSTRAINT_KEY_PROJECT),
    BIT(CMEK_CONSTRAINT_KEY_PROJECT),
    0,
};

/* What decoding a row hands around. */
struct decoding {
    struct cmek_arena *arena;
    struct cmek_error *err;
};

/* Fails where @p at stands, with the message that a parser left without a place. */
static enum cmek_status at_place(const struct cmek_yaml *at, enum cmek_status status,
                                 struct cmek_error *err)
{
    if (status != CMEK_OK)
        cmek_error_prefix(err, "%s:%zu:%zu", at->origin, at->line, at->column);
    return status;
}

static enum cmek_status decode_path(const struct cmek_yaml *node, const char *key, const char *text,
                                    const struct decoding *decoding,
                                    struct cmek_field_path *ret_path)
{
    if (!text)
        return CMEK_OK;
    return at_place(cmek_yaml_get(node, key),
                    cmek_field_path_parse(text, decoding->arena, ret_path, decoding->err),
                    decoding->err);
}

/* Decodes each item of a list into an array of @p size wide structs. */
static enum cmek_status
decode_list(const struct cmek_yaml *list, const struct decoding *decoding, size_t size,
            enum cmek_status (*decode)(const struct cmek_yaml *node,
                                       const struct decoding *decoding, void *ret_item),
            void **ret_items, size_t *ret_count)
{
    *ret_items = NULL;
    *ret_count = 0;
    if (!list)
        return CMEK_OK;
    if (list->kind != CMEK_YAML_LIST || list->count == 0)
        return cmek_yaml_fail(list, decoding->err, "%s must be a list of one or more", list->key);
    unsigned char *items = cmek_arena_array(decoding->arena, list->count, size);
    enum cmek_status status = CMEK_OK;
    size_t count = 0;
    for (const struct cmek_yaml *node = list->first; node && status == CMEK_OK; node = node->next)
        status = decode(node, decoding, items + size * count++);
    *ret_items = items;
    *ret_count = count;
    return status;
}

static enum cmek_status decode_place(const struct cmek_yaml *node, const struct decoding *decoding,
                                     void *ret_item)
{
    if (node->kind != CMEK_YAML_TEXT)
        return cmek_yaml_fail(node, decoding->err, "this is %s, expected a path",
                              cmek_yaml_kind_name(node->kind));
    return at_place(node,
                    cmek_field_paths_parse(node->text, decoding->arena, ret_item, decoding->err),
                    decoding->err);
}

/* One place as a text, or a list of them. */
static enum cmek_status decode_places(const struct cmek_yaml *node, const struct decoding *decoding,
                                      struct cmek_key_places *ret_places)
{
    void *items;
    enum cmek_status status;
    if (node && node->kind == CMEK_YAML_TEXT) {
        items = cmek_arena_alloc(decoding->arena, sizeof *ret_places->items);
        status = decode_place(node, decoding, items);
        *ret_places = (struct cmek_key_places){items, 1};
        return status;
    }
    status = decode_list(node, decoding, sizeof *ret_places->items, decode_place, &items,
                         &ret_places->count);
    ret_places->items = items;
    return status;
}

static enum cmek_status decode_exception(const struct cmek_yaml *node,
                                         const struct decoding *decoding, void *ret_item)
{
    struct cmek_exception *ret_exception = ret_item;
    struct except_form form = {0};
    enum cmek_status status =
        cmek_yaml_decode(node, except_fields, decoding->arena, &form, decoding->err);
    if (status != CMEK_OK)
        return status;
    bool by_name = form.name && !form.field && !form.is;
    bool by_field = !form.name && form.field;
    if (!by_name && !by_field)
        return cmek_yaml_fail(node, decoding->err,
                              "an exception is a name, or a field, with is or without");
    ret_exception->name = form.name;
    ret_exception->value = form.is;
    return decode_path(node, "field", form.field, decoding, &ret_exception->field);
}

static enum cmek_status decode_other_key(const struct cmek_yaml *node,
                                         const struct decoding *decoding, void *ret_item)
{
    struct cmek_other_key *ret_other = ret_item;
    struct instead_form form = {0};
    enum cmek_status status =
        cmek_yaml_decode(node, instead_fields, decoding->arena, &form, decoding->err);
    if (status == CMEK_OK)
        status = cmek_yaml_check_word(node, "kms_key", form.kms_key, booleans, decoding->err);
    if (status != CMEK_OK)
        return status;
    if (!form.field || !form.reason || !form.detail || !form.kms_key)
        return cmek_yaml_fail(node, decoding->err, "field, reason, detail and kms_key are needed");
    if (form.reason[strspn(form.reason, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
        return cmek_yaml_fail(cmek_yaml_get(node, "reason"), decoding->err,
                              "'%s' is no word of lower-case letters, digits and dashes",
                              form.reason);
    ret_other->reason = form.reason;
    ret_other->detail = form.detail;
    ret_other->is_kms_key = strcmp(form.kms_key, "true") == 0;
    return decode_path(node, "field", form.field, decoding, &ret_other->field);
}

static enum cmek_status decode_exceptions(const struct cmek_yaml *list,
                                          const struct decoding *decoding,
                                          const struct cmek_exception **ret_items,
                                          size_t *ret_count)
{
    void *items;
    enum cmek_status status =
        decode_list(list, decoding, sizeof **ret_items, decode_exception, &items, ret_count);
    *ret_items = items;
    return status;
}

static enum cmek_status decode_other_keys(const struct cmek_yaml *list,
                                          const struct decoding *decoding,
                                          const struct cmek_other_key **ret_items,
                                          size_t *ret_count)
{
    void *items;
    enum cmek_status status =
        decode_list(list, decoding, sizeof **ret_items, decode_other_key, &items, ret_count);
    *ret_items = items;
    return status;
}

/* "//HOST/…" with {NAME} in it. */
static bool is_name_pattern(const char *text)
{
    bool is_open = false;
    for (const char *at = text; *at; at++) {
        if ((*at == '{' && is_open) || (*at == '}' && !is_open))
            return false;
        is_open = *at == '{' || (is_open && *at != '}');
    }
    return cmek_str_starts(text, "//") && !is_open && !strstr(text, "{}");
}

static enum cmek_status check_terraform_form(const struct cmek_yaml *node,
                                             const struct terraform_form *form,
                                             struct cmek_error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    if (!form->type || !form->keys)
        return cmek_yaml_fail(node, err, "type and keys are needed");
    if (form->type[strspn(form->type, letters)] != '\0')
        return cmek_yaml_fail(cmek_yaml_get(node, "type"), err,
                              "'%.200s' is no Terraform type such as google_storage_bucket",
                              form->type);
    if (form->each && form->each[strspn(form->each, letters)] != '\0')
        return cmek_yaml_fail(cmek_yaml_get(node, "each"), err,
                              "'%.200s' is no block of a Terraform type", form->each);
    if (form->name && !is_name_pattern(form->name))
        return cmek_yaml_fail(cmek_yaml_get(node, "name"), err,
                              "'%.200s' is no full resource name such as "
                              "//storage.googleapis.com/{name}",
                              form->name);
    return CMEK_OK;
}

static enum cmek_status decode_terraform(const struct cmek_yaml *node,
                                         const struct decoding *decoding, void *ret_item)
{
    struct cmek_terraform_type *ret_type = ret_item;
    struct terraform_form form = {0};
    enum cmek_status status =
        cmek_yaml_decode(node, terraform_fields, decoding->arena, &form, decoding->err);
    if (status == CMEK_OK)
        status = cmek_yaml_check_word(node, "verified", form.verified, booleans, decoding->err);
    if (status == CMEK_OK)
        status = check_terraform_form(node, &form, decoding->err);
    if (status != CMEK_OK)
        return status;
    *ret_type = (struct cmek_terraform_type){
        .type = form.type,
        .noun = form.noun,
        .each = form.each,
        .name = form.name,
        .is_verified = form.verified && strcmp(form.verified, "true") == 0,
    };
    status = decode_places(form.keys, decoding, &ret_type->keys);
    if (status == CMEK_OK)
        status = decode_places(form.further_keys, decoding, &ret_type->further_keys);
    if (status == CMEK_OK)
        status = decode_exceptions(form.except, decoding, &ret_type->exceptions,
                                   &ret_type->exception_count);
    if (status == CMEK_OK)
        status = decode_other_keys(form.instead, decoding, &ret_type->other_keys,
                                   &ret_type->other_key_count);
    return status;
}

static enum cmek_status check_names(const struct cmek_yaml *node, const struct type_form *form,
                                    struct cmek_error *err)
{
    if (!form->asset_type || !form->noun)
        return cmek_yaml_fail(node, err, "%s is missing", form->asset_type ? "noun" : "asset_type");
    size_t length = strlen(form->asset_type);
    const char *slash = strchr(form->asset_type, '/');
    if (!slash || slash == form->asset_type || slash[1] == '\0' || length > NAME_LENGTH ||
        strpbrk(form->asset_type, " \t\n\"\\"))
        return cmek_yaml_fail(cmek_yaml_get(node, "asset_type"), err,
                              "'%.200s' is no asset type such as storage.googleapis.com/Bucket",
                              form->asset_type);
    if (cmek_asset_kind(form->asset_type, length) != CMEK_ASSET_OTHER)
        return cmek_yaml_fail(cmek_yaml_get(node, "asset_type"), err,
                              "'%s' has a meaning of its own and holds no data", form->asset_type);
    if (strlen(form->noun) > NAME_LENGTH)
        return cmek_yaml_fail(cmek_yaml_get(node, "noun"), err, "the noun is too long");
    if (!form->keys && !form->instead)
        return cmek_yaml_fail(node, err, "keys is missing");
    return CMEK_OK;
}

static enum cmek_status check_words(const struct cmek_yaml *node, const struct type_form *form,
                                    struct cmek_error *err)
{
    const struct {
        const char *key, *word;
        const char *const *words;
    } checks[] = {
        {"without_key", form->without_key, absences},
        {"governed_by", form->governed_by, governors},
        {"verified", form->verified, booleans},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        enum cmek_status status =
            cmek_yaml_check_word(node, checks[i].key, checks[i].word, checks[i].words, err);
        if (status != CMEK_OK)
            return status;
    }
    bool is_verified = form->verified && strcmp(form->verified, "true") == 0;
    if (!is_verified && cmek_str_eq(form->without_key, absences[CMEK_ABSENCE_FAILS]))
        return cmek_yaml_fail(cmek_yaml_get(node, "without_key"), err,
                              "nothing fails by a row that is not verified: true");
    return CMEK_OK;
}

static void decode_words(const struct type_form *form, struct cmek_service_type *type)
{
    type->is_verified = form->verified && strcmp(form->verified, "true") == 0;
    type->absence = CMEK_ABSENCE_UNKNOWN;
    if (form->without_key)
        type->absence = (enum cmek_absence)cmek_yaml_word_index(form->without_key, absences);
    type->governed_by =
        governor_bits[form->governed_by ? cmek_yaml_word_index(form->governed_by, governors) : 0];
}

/* For people and for tests: which schemas the paths were taken from. */
static enum cmek_status decode_schema(const struct cmek_yaml *node, const struct decoding *decoding,
                                      void *ret_item)
{
    const char **ret_schema = ret_item;
    if (node->kind != CMEK_YAML_TEXT || !strchr(node->text, ' '))
        return cmek_yaml_fail(node, decoding->err,
                              "expected a Discovery document and a schema of it, such as "
                              "'storage.v1 Bucket'");
    *ret_schema = node->text;
    return CMEK_OK;
}

static enum cmek_status decode_lists(const struct type_form *form, const struct decoding *decoding,
                                     struct cmek_service_type *type)
{
    void *terraform, *schemas = NULL;
    enum cmek_status status =
        decode_exceptions(form->except, decoding, &type->exceptions, &type->exception_count);
    if (status == CMEK_OK)
        status =
            decode_other_keys(form->instead, decoding, &type->other_keys, &type->other_key_count);
    if (status == CMEK_OK) {
        status = decode_list(form->terraform, decoding, sizeof *type->terraform, decode_terraform,
                             &terraform, &type->terraform_count);
        type->terraform = terraform;
    }
    if (status == CMEK_OK) {
        status = decode_list(form->discovery, decoding, sizeof(const char *), decode_schema,
                             &schemas, &type->discovery.count);
        type->discovery.items = schemas;
    }
    return status;
}

enum cmek_status cmek_service_type_decode(const struct cmek_yaml *node,
                                          struct cmek_catalogue *catalogue,
                                          struct cmek_service_type *ret_type,
                                          struct cmek_error *err)
{
    struct type_form form = {0};
    const struct decoding decoding = {&catalogue->arena, err};
    enum cmek_status status = cmek_yaml_decode(node, type_fields, decoding.arena, &form, err);
    if (status == CMEK_OK)
        status = check_names(node, &form, err);
    if (status == CMEK_OK)
        status = check_words(node, &form, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_service_type type = {.asset_type = form.asset_type, .noun = form.noun};
    decode_words(&form, &type);
    status = decode_places(form.keys, &decoding, &type.keys);
    if (status == CMEK_OK)
        status = decode_places(form.further_keys, &decoding, &type.further_keys);
    if (status == CMEK_OK)
        status = decode_path(node, "location", form.location, &decoding, &type.location);
    if (status == CMEK_OK)
        status = decode_path(node, "created", form.created, &decoding, &type.created);
    if (status == CMEK_OK)
        status = decode_lists(&form, &decoding, &type);
    if (status == CMEK_OK)
        *ret_type = type;
    return status;
}
