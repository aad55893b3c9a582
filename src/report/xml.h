/* SPDX-License-Identifier: Apache-2.0 */
/** @file xml.h  Text as XML 1.0 takes it. */
#ifndef CMEK_REPORT_XML_H
#define CMEK_REPORT_XML_H

struct cmek_strbuf;

/** Appends @p text (NULL: nothing) so that it may stand in an element and in an attribute: markup
 * is escaped, line ends and tabs become character references, whatever XML 1.0 forbids or
 * discourages (control characters, bytes that are not UTF-8) becomes U+FFFD, and "##" is broken up,
 * because Azure Pipelines obeys "##vso[" anywhere in a line it shows. */
void cmek_xml_append(struct cmek_strbuf *buffer, const char *text);

/** Appends ` name="value"`. */
void cmek_xml_attribute(struct cmek_strbuf *buffer, const char *name, const char *value);

#endif
