/* SPDX-License-Identifier: Apache-2.0 */
/** @file file_kind.h  Inside src/source: telling apart the files that people hand to the wrong
 * option. */
#ifndef CMEK_SOURCE_FILE_KIND_H
#define CMEK_SOURCE_FILE_KIND_H

#include <stddef.h>

enum cmek_file_kind {
    CMEK_FILE_OTHER,  /* whoever reads it will say what is wrong */
    CMEK_FILE_ASSETS, /* of Cloud Asset Inventory, one a line or in an array */
    CMEK_FILE_PLAN,   /* of Terraform or OpenTofu */
    CMEK_FILE_REPORT, /* of cmekscan: json or jsonl */
};

/** What a file is by its first bytes; of its first object they may hold a part. */
enum cmek_file_kind cmek_file_kind_of(const char *bytes, size_t length);

#endif
