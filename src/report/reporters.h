/* SPDX-License-Identifier: Apache-2.0 */
/** @file reporters.h  The reporters built in: one file each, listed by registry.c. */
#ifndef CMEK_REPORT_REPORTERS_H
#define CMEK_REPORT_REPORTERS_H

#include "cmekscan/reporter.h"

extern const struct cmek_reporter cmek_reporter_github;
extern const struct cmek_reporter cmek_reporter_gitlab;
extern const struct cmek_reporter cmek_reporter_json;
extern const struct cmek_reporter cmek_reporter_jsonl;
extern const struct cmek_reporter cmek_reporter_junit;
extern const struct cmek_reporter cmek_reporter_markdown;
extern const struct cmek_reporter cmek_reporter_sarif;
extern const struct cmek_reporter cmek_reporter_text;

#endif
