/* SPDX-License-Identifier: Apache-2.0 */
/** @file exports.h  Exports of Cloud Asset Inventory: the operations, and the objects they wrote.
 *
 * https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/exportAssets with a
 * uriPrefix: an object for each asset type, PREFIX/storage.googleapis.com/Bucket/0.
 */
#ifndef CMEK_DEMO_EXPORTS_H
#define CMEK_DEMO_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "demo/index.h"

struct cmek_demo_call;
struct cmek_demo_exports;

struct cmek_demo_exports *cmek_demo_exports_new(void);
void cmek_demo_exports_free(struct cmek_demo_exports *exports);

/** cloudasset.exportAssets and cloudasset.operations.get. */
void cmek_demo_export_assets(struct cmek_demo_call *call);
void cmek_demo_get_export(struct cmek_demo_call *call);

/** An object that an export wrote. */
struct cmek_demo_object {
    struct cmek_demo_item item; /* its status: the bucket's name */
    const char *bytes;
    size_t length;
};

/** NULL: no export wrote it. What was written stays until the end. Thread-safe. */
const struct cmek_demo_object *cmek_demo_exports_object(struct cmek_demo_exports *exports,
                                                        const char *bucket, const char *name);
/** Adds all objects that were written so far, in the order of their names. Thread-safe. */
void cmek_demo_exports_list(struct cmek_demo_exports *exports, struct cmek_demo_items *items);

#endif
