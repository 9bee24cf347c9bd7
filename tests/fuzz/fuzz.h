/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz.h - a target, and what its checks are made of */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One input, of any bytes; 0. Every target is a file with this function. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What has to hold for any input; aborts, in every kind of build. */
void fuzz_must(bool holds);
/** The input as a text, cut at its first NUL; the caller frees it. */
char *fuzz_text(const uint8_t *data, size_t size);
/** That text is a JSON document as cti/json.h reads it. */
void fuzz_must_be_json(const char *text, size_t len);

#endif /* FUZZ_FUZZ_H */
