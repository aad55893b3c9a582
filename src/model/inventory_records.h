/* SPDX-License-Identifier: Apache-2.0 */
/** @file inventory_records.h  An inventory out again, as the records that make it up.
 *
 * All that an evaluation uses survives: an inventory made of the records of another gives the same
 * verdicts, word for word. What was joined is written joined: a project is written once, under its
 * number; a resource with the path that it was found to have. Coverage gaps of what no evaluation
 * uses are written by cmek_inventory_records alone.
 */
#ifndef CMEK_MODEL_INVENTORY_RECORDS_H
#define CMEK_MODEL_INVENTORY_RECORDS_H

#include "base/arena.h"
#include "base/map.h"
#include "model/record.h"

struct cmek_inventory;
struct cmek_key;
struct cmek_node;
struct cmek_resource;
struct cmek_tag;

/** Writes parts of a finished inventory to a sink. */
struct cmek_inventory_writer {
    const struct cmek_inventory *inventory;
    struct cmek_record_sink sink;
    struct cmek_arena arena; /* of the record at hand */
    struct cmek_map gaps;    /* coverage gaps by scope and operation */
};

void cmek_inventory_writer_init(struct cmek_inventory_writer *writer,
                                const struct cmek_inventory *inventory,
                                const struct cmek_record_sink *sink);
void cmek_inventory_writer_done(struct cmek_inventory_writer *writer);

/** What was looked for at all, and the defaults of the constraints. */
void cmek_inventory_write_head(struct cmek_inventory_writer *writer);
/** A canonical node: its asset, policies, tag bindings, enabled services, registry settings, and as
 * coverage gaps what of these could not be read. @p context: it is there for the sake of something
 * else, and nothing is to be said about itself. */
void cmek_inventory_write_node(struct cmek_inventory_writer *writer, const struct cmek_node *node,
                               bool context);
/** The asset of a canonical node alone, as context. */
void cmek_inventory_write_node_name(struct cmek_inventory_writer *writer,
                                    const struct cmek_node *node);
void cmek_inventory_write_key(struct cmek_inventory_writer *writer, const struct cmek_key *key);
/** @p kind: CMEK_ASSET_TAG_KEY or CMEK_ASSET_TAG_VALUE. */
void cmek_inventory_write_tag(struct cmek_inventory_writer *writer, enum cmek_asset_kind kind,
                              const struct cmek_tag *tag);
void cmek_inventory_write_resource(struct cmek_inventory_writer *writer,
                                   const struct cmek_resource *resource);

/** The whole inventory, coverage gaps included. */
void cmek_inventory_records(const struct cmek_inventory *inventory,
                            const struct cmek_record_sink *sink);

#endif
