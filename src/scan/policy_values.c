/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/policy_values.h"

#include "model/catalogue.h"
#include "policy/values.h"
#include "yaml/yaml.h"

/* By constraint: the list that Google takes, and the one that it refuses; as the two APIs and
 * exports spell them. */
static const struct {
    const char *taken, *refused, *refused_alias;
} kinds[CMEK_CONSTRAINT_COUNT_] = {
    [CMEK_CONSTRAINT_SERVICE] = {"deniedValues", "allowedValues", "allowed_values"},
    [CMEK_CONSTRAINT_KEY_PROJECT] = {"allowedValues", "deniedValues", "denied_values"},
};

static enum cmek_status check_service(const struct cmek_yaml *item,
                                      const struct cmek_catalogue *catalogue,
                                      struct cmek_error *err)
{
    if (cmek_str_starts(item->text, "in:"))
        return CMEK_OK;
    const char *name = cmek_value_service(item->text);
    if (cmek_catalogue_service(catalogue, name))
        return CMEK_OK;
    const struct cmek_service *closest = cmek_catalogue_closest(catalogue, name);
    return cmek_yaml_fail(item, err,
                          "there is no service '%.200s'%s%s%s; `cmekscan services` lists them, "
                          "--catalogue adds one",
                          name, closest ? " (did you mean " : "", closest ? closest->value : "",
                          closest ? "?)" : "");
}

/* The lists of one rule, or of a v1 policy. */
static enum cmek_status check_lists(const struct cmek_yaml *values, enum cmek_constraint constraint,
                                    const struct cmek_catalogue *catalogue, struct cmek_error *err)
{
    const struct cmek_yaml *refused =
        cmek_yaml_get_either(values, kinds[constraint].refused, kinds[constraint].refused_alias);
    if (refused && refused->count > 0)
        return cmek_yaml_fail(refused, err, "%s takes no %s, so Google would refuse this; use %s",
                              cmek_constraint_name(constraint) + sizeof "constraints/" - 1,
                              kinds[constraint].refused, kinds[constraint].taken);
    const struct cmek_yaml *denied = cmek_yaml_get_either(values, "deniedValues", "denied_values");
    enum cmek_status status = CMEK_OK;
    if (constraint != CMEK_CONSTRAINT_SERVICE || !denied)
        return CMEK_OK;
    for (const struct cmek_yaml *item = denied->first; item && status == CMEK_OK; item = item->next)
        if (item->kind == CMEK_YAML_TEXT)
            status = check_service(item, catalogue, err);
    return status;
}

enum cmek_status cmek_policy_values_check(const struct cmek_yaml *policy,
                                          enum cmek_constraint constraint,
                                          const struct cmek_catalogue *catalogue,
                                          struct cmek_error *err)
{
    const struct cmek_yaml *const specs[] = {
        cmek_yaml_get(policy, "spec"),
        cmek_yaml_get_either(policy, "dryRunSpec", "dry_run_spec"),
    };
    enum cmek_status status = check_lists(cmek_yaml_get_either(policy, "listPolicy", "list_policy"),
                                          constraint, catalogue, err);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        const struct cmek_yaml *rules = cmek_yaml_get(specs[i], "rules");
        for (const struct cmek_yaml *rule = rules ? rules->first : NULL; rule && status == CMEK_OK;
             rule = rule->next)
            status = check_lists(cmek_yaml_get(rule, "values"), constraint, catalogue, err);
    }
    return status;
}
