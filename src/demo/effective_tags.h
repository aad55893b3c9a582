/* SPDX-License-Identifier: Apache-2.0 */
/** @file effective_tags.h  effectiveTags.list: what is bound to a node and what it inherits. */
#ifndef CMEK_DEMO_EFFECTIVE_TAGS_H
#define CMEK_DEMO_EFFECTIVE_TAGS_H

struct cmek_demo_call;

/** Answers with the tags of call->node; the nearest binding of a key wins. */
void cmek_demo_list_effective_tags(struct cmek_demo_call *call);

#endif
