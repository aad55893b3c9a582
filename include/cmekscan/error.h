/* SPDX-License-Identifier: Apache-2.0 */
/** @file error.h  How a function says that it failed: a status to act on, a message to show. */
#ifndef CMEKSCAN_ERROR_H
#define CMEKSCAN_ERROR_H

/** How the caller may react. The message in struct cmek_error says what happened. */
enum cmek_status {
    CMEK_OK = 0,
    CMEK_E_INVALID,   /* malformed input: a file, an answer, a name */
    CMEK_E_USAGE,     /* wrong option, configuration or rule file: exit status 2 */
    CMEK_E_NOT_FOUND, /* the thing does not exist */
    CMEK_E_DENIED,    /* it may exist, but may not be seen */
    CMEK_E_AUTH,      /* no usable credentials */
    CMEK_E_NET,       /* the network or the server failed */
    CMEK_E_LIMIT,     /* larger, deeper or more than the ceilings in base/limits.h */
    CMEK_E_IO,        /* a local file could not be read or written */
};

/** One failure: an impersonal sentence without a trailing period that names what, where and why. */
struct cmek_error {
    enum cmek_status status;
    char message[1024];
};

#if defined(__GNUC__)
#define CMEK_PRINTF(format_index, first_arg)                                                       \
    __attribute__((format(printf, format_index, first_arg)))
#define CMEK_NODISCARD __attribute__((warn_unused_result))
#else
#define CMEK_PRINTF(format_index, first_arg)
#define CMEK_NODISCARD
#endif

#endif
