/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform.h  Inside src/source: a Terraform plan, indexed but hardly parsed.
 *
 * https://developer.hashicorp.com/terraform/internals/json-format. A plan holds every resource two
 * to four times over and may have 100 MB, so its parts stay text (json/skip.h) until somebody needs
 * one.
 */
#ifndef CMEK_SOURCE_TERRAFORM_H
#define CMEK_SOURCE_TERRAFORM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"
#include "json/skip.h"

struct cmek_json;

/** A module of the configuration, with the call that uses it. */
struct cmek_tf_module {
    const char *name;   /* of the call; "" for the root module */
    const char *source; /* as written in the call, or NULL */
    const struct cmek_tf_module *parent;
    struct cmek_json_text arguments, for_each; /* expressions of the call */
    struct cmek_json_text outputs;
    struct cmek_map calls;  /* struct cmek_tf_module by name */
    struct cmek_map blocks; /* struct cmek_tf_block by "TYPE.NAME", "data.TYPE.NAME" */
};

/** A `resource` or `data` block. */
struct cmek_tf_block {
    const struct cmek_tf_module *module;
    struct cmek_json_text text;                    /* nothing: the configuration lacks it */
    CMEK_VEC(struct cmek_tf_instance *) instances; /* one, or those of its count or for_each */
    const char *file;                              /* where it is written, or NULL */
    unsigned line;
    struct cmek_json *parsed; /* text, once somebody asked for it */
};

enum cmek_tf_action {
    CMEK_TF_KEEP, /* no-op, or only in the planned values */
    CMEK_TF_CREATE,
    CMEK_TF_UPDATE,
    CMEK_TF_REPLACE,
    CMEK_TF_IMPORT, /* with or without an update */
    CMEK_TF_DELETE,
    CMEK_TF_FORGET, /* it goes on existing, Terraform no longer knows it */
    CMEK_TF_READ,   /* a data source */
    CMEK_TF_ODD,    /* an action that is not known here */
};

/** One resource that the plan speaks of. */
struct cmek_tf_instance {
    const char *address, *module_address, *type;
    const char *index; /* "[0]", "[\"a\"]" or "" */
    enum cmek_tf_action action;
    bool is_data, is_deposed, is_deferred;
    struct cmek_tf_block *block;
    struct cmek_json_text before, after, after_unknown, after_sensitive;
    struct cmek_tf_values *parsed; /* those three, once somebody asked for them */
};

/** What an instance will be: its values, which of them are known only after apply, which are
 * secret. Any may be NULL. */
struct cmek_tf_values {
    struct cmek_json *after, *unknown, *sensitive;
    bool are_parsed;
};

/** Whether it will not be what it is. */
static inline bool cmek_tf_changes(const struct cmek_tf_instance *instance)
{
    return instance->action != CMEK_TF_KEEP && instance->action != CMEK_TF_READ;
}

struct cmek_tf_plan {
    struct cmek_arena arena;
    struct cmek_tf_module *root;
    struct cmek_map providers; /* struct cmek_tf_provider by provider_config_key */
    struct cmek_json_text variables;
    CMEK_VEC(struct cmek_tf_instance *) instances; /* in the plan's order */
    struct cmek_map by_address;                    /* those that are not deposed */
    CMEK_VEC(struct cmek_tf_block *) blocks;       /* all, to be given back */
    CMEK_VEC(struct cmek_tf_module *) modules;     /* likewise */
    bool is_errored, is_incomplete;
    size_t steps; /* references followed for the attribute at hand */
};

/** What a provider gives resources that do not say themselves. */
enum cmek_tf_default {
    CMEK_TF_PROJECT,
    CMEK_TF_REGION,
    CMEK_TF_ZONE,
    CMEK_TF_DEFAULT_COUNT_,
};

struct cmek_tf_provider {
    struct cmek_json_text expressions;
    const struct cmek_tf_module *module; /* where it is configured */
    struct {
        bool is_resolved;
        const char *text; /* or NULL; once resolved */
    } defaults[CMEK_TF_DEFAULT_COUNT_];
};

/** Indexes the text of a plan, which must outlive @p plan. CMEK_E_INVALID: it is no plan, and what
 * it is instead. Call cmek_tf_plan_done in any case. */
CMEK_NODISCARD enum cmek_status cmek_tf_plan_load(struct cmek_json_text text,
                                                  struct cmek_tf_plan *ret_plan,
                                                  struct cmek_error *err);
void cmek_tf_plan_done(struct cmek_tf_plan *plan);

/* For those who load */

/** A string value, copied to @p arena; NULL when @p text is something else. */
const char *cmek_tf_string(struct cmek_json_text text, struct cmek_arena *arena);
/** The parsed text; NULL when it is nothing, null or broken. The caller frees it. */
struct cmek_json *cmek_tf_parse(struct cmek_json_text text);
/** Indexes `configuration`. */
CMEK_NODISCARD enum cmek_status cmek_tf_load_configuration(struct cmek_tf_plan *plan,
                                                           struct cmek_json_text configuration,
                                                           struct cmek_error *err);
/** The module that an address "module.a[0].module.b" is an instance of; NULL: none is configured.
 */
const struct cmek_tf_module *cmek_tf_module_at(const struct cmek_tf_plan *plan,
                                               const char *module_address);
/** The block "TYPE.NAME" of a module, added without text when it has none. */
struct cmek_tf_block *cmek_tf_block_of(struct cmek_tf_plan *plan,
                                       const struct cmek_tf_module *module, const char *name);

/** One part of an address or reference: "a" of `a["x"].b`, and its index. */
struct cmek_tf_part {
    const char *name, *index; /* index "[\"x\"]" or "" */
};
/** Takes the next part from *@p at into @p arena and steps past its dot; false at the end. */
bool cmek_tf_next_part(const char **at, struct cmek_arena *arena, struct cmek_tf_part *ret_part);

#endif
