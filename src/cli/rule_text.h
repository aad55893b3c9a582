/* SPDX-License-Identifier: Apache-2.0 */
/** @file rule_text.h  A rule's documentation, for people and for machines. */
#ifndef CMEK_CLI_RULE_TEXT_H
#define CMEK_CLI_RULE_TEXT_H

struct cmek_rule;
struct cmek_strbuf;

/** Appends all of a rule: what it is about, what its verdicts mean, how to mend what it finds. */
void cmek_rule_write_text(const struct cmek_rule *rule, struct cmek_strbuf *text);
/** The same as one JSON document. */
void cmek_rule_write_json(const struct cmek_rule *rule, struct cmek_strbuf *text);

#endif
