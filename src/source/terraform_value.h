/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform_value.h  Inside src/source: what an attribute of a planned resource will be.
 *
 * Attributes that only the provider can tell are known after apply; often the configuration says
 * what they come from: the key of a bucket is that of a key resource in the same plan, which has a
 * name, in a key ring, in a project. Only references can be followed, since a plan does not hold
 * the expressions around them, nor locals.
 */
#ifndef CMEK_SOURCE_TERRAFORM_VALUE_H
#define CMEK_SOURCE_TERRAFORM_VALUE_H

#include "source/terraform.h"

enum cmek_tf_state {
    CMEK_TF_ABSENT, /* missing, null or "" */
    CMEK_TF_KNOWN,
    CMEK_TF_UNKNOWN,   /* known after apply, and its origin does not say it either */
    CMEK_TF_SENSITIVE, /* marked so: it is not to be shown */
    CMEK_TF_MISSHAPEN, /* no text where a text must be */
};

struct cmek_tf_value {
    enum cmek_tf_state state;
    const char *text;    /* when KNOWN */
    const char *awaits;  /* when UNKNOWN: a reference, or the attribute's own address */
    bool is_certain;     /* when UNKNOWN: there will be a value, one of several keys */
    bool is_from_origin; /* when KNOWN: only through the configuration */
};

/** Reads the attribute at a @p path (source/terraform_path.h); follows references where it is not
 * known yet. Strings are in the plan's arena. Where parts of a text stay open, a key's or ring's
 * name, they read "${ADDRESS.ATTRIBUTE}", which no name of Google Cloud can be. */
struct cmek_tf_value cmek_tf_attribute(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                                       const char *path);
/** The text of an attribute; NULL unless it is known. */
const char *cmek_tf_text(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                         const char *path);
/** The same, but only what the plan itself says: no origin is followed. */
const char *cmek_tf_given_text(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                               const char *path);
/** Whether the configuration shows that nobody sets an attribute, so that one that is unknown will
 * be filled in by the provider. */
bool cmek_tf_is_set_by_nobody(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                              const char *path);
/** "projects/ID" of a google_project. */
const char *cmek_tf_project_ref(struct cmek_tf_plan *plan, struct cmek_tf_instance *project);
/** The attribute, else its provider's default; NULL: not known. */
const char *cmek_tf_defaulted_text(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                                   enum cmek_tf_default which);
/** The project that a resource will lie in, by id or number; NULL: not known. */
const char *cmek_tf_project(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance);

/** The values, parsed once. */
const struct cmek_tf_values *cmek_tf_values(struct cmek_tf_plan *plan,
                                            struct cmek_tf_instance *instance);
/** Gives the parsed values back; they can be asked for again. */
void cmek_tf_forget_values(struct cmek_tf_instance *instance);

/* Inside terraform_value.c and terraform_follow.c */

#define CMEK_TF_MOST_STEPS    24   /* references followed one after another */
#define CMEK_TF_MOST_FOLLOWED 1000 /* … and in all, for one attribute */

/** Where an expression stands. */
struct cmek_tf_scope {
    const struct cmek_tf_module *module;
    const char *module_address; /* NULL: any instance of the module */
    const char *index;          /* of what each.key and count.index are, or "" */
    const struct cmek_tf_block
        *block; /* whose expression it is; NULL: a module call's, an output */
};

/** Follows the references of @p expression ({"references": […]} or {"constant_value": …}). */
struct cmek_tf_value cmek_tf_follow(struct cmek_tf_plan *plan, const struct cmek_tf_scope *scope,
                                    const struct cmek_json *expression, size_t steps);
/** cmek_tf_attribute, so many steps into following. */
struct cmek_tf_value cmek_tf_attribute_after(struct cmek_tf_plan *plan,
                                             struct cmek_tf_instance *instance, const char *path,
                                             size_t steps);

#endif
