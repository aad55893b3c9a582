/* SPDX-License-Identifier: Apache-2.0 */
/** @file explain.h  One finding, explained from a source or from the report that lists it. */
#ifndef CMEK_SCAN_EXPLAIN_H
#define CMEK_SCAN_EXPLAIN_H

#include "model/explanation.h"
#include "rules/rule.h"
#include "scan/feed.h"

struct cmek_catalogue;

#define CMEK_EXPLAIN_ID_MIN 8 /* hex digits that tell findings apart well enough */

struct cmek_explain_options {
    const char *finding_id;        /* lower-case hex, whole or its beginning */
    const char *report;            /* a json report with evidence, or NULL: */
    struct cmek_feed_options feed; /* where to read from instead */
    /* That of the feed; for a report its services are selected as those of the scan were. */
    struct cmek_catalogue *catalogue;
    const struct cmek_rule_set *rules;
    bool container_registry_only;
};

/** Hands the explanation to @p take; it is valid during that call. CMEK_E_USAGE: no finding, or
 * several, begin so; else what reading failed with. CMEK_E_INVALID also for a report whose evidence
 * is missing or does not give the finding again. */
CMEK_NODISCARD enum cmek_status
cmek_explain(const struct cmek_explain_options *options,
             void (*take)(void *payload, const struct cmek_explanation *explanation), void *payload,
             struct cmek_error *err);

#endif
