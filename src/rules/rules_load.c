/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "base/map.h"
#include "embed/cmek_built_in_rules.h"
#include "rules/pack_files.h"
#include "rules/rule_decode.h"
#include "rules/rule_set.h"
#include "yaml/yaml.h"

static enum cmek_status add_all(struct cmek_rule_set *set, const struct cmek_yaml *root,
                                const char *origin, struct cmek_map *seen, struct cmek_error *err)
{
    if (root->kind != CMEK_YAML_LIST)
        return cmek_yaml_fail(root, err, "a rule file is a list of rules ('- id: …'), this is %s",
                              cmek_yaml_kind_name(root->kind));
    for (const struct cmek_yaml *node = root->first; node; node = node->next) {
        struct cmek_rule_change change;
        enum cmek_status status = cmek_rule_decode(node, &set->arena, &change, err);
        if (status != CMEK_OK)
            return status;
        const struct cmek_yaml *earlier = cmek_map_get(seen, change.rule.id);
        if (earlier)
            return cmek_yaml_fail(node, err, "rule '%s' is already in line %zu", change.rule.id,
                                  earlier->line);
        cmek_map_put_borrowed(seen, change.rule.id, (void *)(uintptr_t)node);
        status = cmek_rule_set_add(set, &change, origin, err);
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}

static enum cmek_status take_document(void *payload, const struct cmek_yaml *root,
                                      const char *origin, struct cmek_error *err)
{
    struct cmek_map seen = {0};
    struct cmek_rule_set *set = payload;
    enum cmek_status status = add_all(set, root, origin, &seen, err);
    cmek_map_done(&seen);
    return status;
}

struct cmek_rule_set *cmek_rules_built_in(void)
{
    struct cmek_rule_set *set = cmek_rule_set_new();
    struct cmek_pack_sink sink = {&set->arena, take_document, set};
    cmek_pack_built_in("rules/", cmek_built_in_rules, cmek_built_in_rules_size, &sink);
    return set;
}

enum cmek_status cmek_rules_load(struct cmek_rule_set *rules, const char *path,
                                 struct cmek_error *err)
{
    struct cmek_pack_sink sink = {&rules->arena, take_document, rules};
    return cmek_pack_load(path, &sink, err);
}
