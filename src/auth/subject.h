/* SPDX-License-Identifier: Apache-2.0 */
/** @file subject.h  Where an external account's subject token comes from: the kinds of
 * credential_source (google.aip.dev/auth/4117). Each is a token source whose token is the subject
 * token. Inside src/auth only.
 */
#ifndef CMEK_AUTH_SUBJECT_H
#define CMEK_AUTH_SUBJECT_H

#include "auth/source.h"

/** The part of the file that is about it; borrowed. */
struct cmek_subject_load {
    const struct cmek_json *source; /* credential_source */
    const struct cmek_auth_settings *settings;
    const char *audience, *token_type;
    const char *impersonated_email; /* or NULL */
};

/** CMEK_E_AUTH says what is wrong with the source; nothing is read or run yet. */
typedef enum cmek_status cmek_subject_loader(const struct cmek_subject_load *how,
                                             struct cmek_token_source *ret_source,
                                             struct cmek_error *err);
cmek_subject_loader cmek_subject_document_load, cmek_subject_executable_load, cmek_subject_aws_load;

#endif
