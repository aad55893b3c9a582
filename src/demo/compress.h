/* SPDX-License-Identifier: Apache-2.0 */
/** @file compress.h  gzip of whole answers. */
#ifndef CMEK_DEMO_COMPRESS_H
#define CMEK_DEMO_COMPRESS_H

#include "base/strbuf.h"

/** Puts @p text compressed in the place of @p text. Each thread keeps its compressor. */
void cmek_demo_compress(struct cmek_strbuf *text);

#endif
