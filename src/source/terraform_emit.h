/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform_emit.h  Inside src/source: records out of the resources of a plan. */
#ifndef CMEK_SOURCE_TERRAFORM_EMIT_H
#define CMEK_SOURCE_TERRAFORM_EMIT_H

#include <stdint.h>

#include "model/record.h"
#include "source/terraform.h"

struct cmek_catalogue;

struct cmek_tf_emitter {
    const struct cmek_catalogue *catalogue;
    struct cmek_tf_plan *plan;
    const struct cmek_record_sink *sink;
    struct cmek_arena *arena; /* of the record at hand */
    struct cmek_map names;    /* full names of resources that were handed on */
    uint64_t *left_out;       /* resources of services that are not selected, by service; or NULL */
};

/** Fills what all records of a plan have in common; `data` is the caller's. */
struct cmek_record cmek_tf_record(const struct cmek_tf_emitter *emitter, const char *asset_type,
                                  const char *name);
void cmek_tf_gap(struct cmek_tf_emitter *emitter, const char *scope, const char *error,
                 const char *message);

/** An organization policy; does nothing with an instance of another type. */
void cmek_tf_emit_policy(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance);
/** A project, folder or key; likewise. */
void cmek_tf_emit_node(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance);
/** A tag key, tag value, or a binding to a node; likewise. */
void cmek_tf_emit_tag(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance);
/** Whether an instance is of a type that holds data and whose service is selected. */
bool cmek_tf_holds_data(const struct cmek_tf_emitter *emitter,
                        const struct cmek_tf_instance *instance);
/** A resource that holds data; likewise. */
void cmek_tf_emit_resource(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance);

#endif
