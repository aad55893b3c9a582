/* SPDX-License-Identifier: Apache-2.0 */
/** @file fuzz.h  What every fuzz target is: one function, called with the bytes of one input. */
#ifndef CMEK_TESTS_FUZZ_FUZZ_H
#define CMEK_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** The name that libFuzzer calls (llvm.org/docs/LibFuzzer.html). Returns 0; a broken promise ends
 * the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_STRING_(line) #line
#define FUZZ_STRING(line)  FUZZ_STRING_(line)

/** Ends the process, with the broken promise on standard error, unless @p condition holds. */
#define FUZZ_CHECK(condition)                                                                      \
    ((condition)                                                                                   \
         ? (void)0                                                                                 \
         : (fputs(__FILE__ ":" FUZZ_STRING(__LINE__) ": does not hold: " #condition "\n", stderr), \
            abort()))

#endif
