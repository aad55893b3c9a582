/* SPDX-License-Identifier: Apache-2.0 */
/** @file inventory_fixture.h  Inventories out of asset lines, through the decoder that scans use.
 */
#ifndef CMEK_TESTS_UNIT_INVENTORY_FIXTURE_H
#define CMEK_TESTS_UNIT_INVENTORY_FIXTURE_H

#include "model/inventory.h"

struct cmek_json;

/** The catalogue built in, with every service selected, or what a scan selects by default; never
 * freed. */
const struct cmek_catalogue *fixture_catalogue(void);
const struct cmek_catalogue *fixture_default_catalogue(void);
/** Selects only the services of fixture_catalogue that are named, with a blank between two; "all"
 * selects every one again. */
void fixture_select(const char *services);

/** Decodes an asset and adds it; an asset that cannot be decoded fails the test. */
void fixture_add_asset(struct cmek_inventory *inventory, const struct cmek_json *asset);
/** The same for one line of text. */
void fixture_add_line(struct cmek_inventory *inventory, const char *line);
/** A line made as printf does. */
void fixture_addf(struct cmek_inventory *inventory, const char *format, ...) CMEK_PRINTF(2, 3);

/** A Project asset with data; @p ancestors without brackets, or NULL for none. */
void fixture_add_project(struct cmek_inventory *inventory, const char *id, const char *number,
                         const char *ancestors);
/** A v2 Policy asset of @p constraint at @p node: @p specs are the members beside its name,
 * "\"spec\": {…}". */
void fixture_add_policy(struct cmek_inventory *inventory, const char *node,
                        enum cmek_constraint constraint, const char *specs);

/** TagKey and TagValue assets; @p name is the namespaced one, of a value NULL for none. */
void fixture_add_tag_key(struct cmek_inventory *inventory, const char *id, const char *parent,
                         const char *name);
void fixture_add_tag_value(struct cmek_inventory *inventory, const char *id, const char *key,
                           const char *short_name, const char *name);
/** A TagBinding asset at @p node; @p value is an id, or a namespaced name. */
void fixture_bind(struct cmek_inventory *inventory, const char *node, const char *value);

/** A finished inventory of @p lines, one asset a line; the caller frees it. */
struct cmek_inventory *fixture_inventory(const char *lines);

/** The resource whose short name is @p short_name, or NULL. */
const struct cmek_resource *fixture_resource(const struct cmek_inventory *inventory,
                                             const char *short_name);

#endif
