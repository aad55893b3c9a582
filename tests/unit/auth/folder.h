/* SPDX-License-Identifier: Apache-2.0 */
/** @file folder.h  A temporary folder with a few files for one test. */
#ifndef CMEK_TESTS_AUTH_FOLDER_H
#define CMEK_TESTS_AUTH_FOLDER_H

#include <stddef.h>

void folder_make(void);
/** Removes all that was written. */
void folder_remove(void);
const char *folder_path(void);
/** Writes a file and returns its path, valid until the folder is removed. */
const char *folder_write(const char *name, const char *bytes, size_t length);
/** The document of a service account key; @p private_key is PEM text. Valid until the next call. */
const char *service_account_json(const char *private_key, const char *token_uri);

#endif
