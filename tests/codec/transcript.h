/* SPDX-License-Identifier: Apache-2.0 */
/* codec/transcript.h - a recorded session of a manager interface, as bytes */
#ifndef CODEC_TRANSCRIPT_H
#define CODEC_TRANSCRIPT_H

#include "cti/attr.h"
#include "cti/buf.h"

/* In a transcript "<< " stands before a line of the switch, ">> " before one
 * of its client, "-- SECONDS" before what came or went at once; a blank line
 * that ended a message there was not recorded. */

/** Adds the file as it is. -errno. */
int transcript_file(struct cti_buf *out, const char *path) CTI_NODISCARD;
/** Adds what the switch sent in that session, blank lines again in place. */
int transcript_received(struct cti_buf *out, const char *path) CTI_NODISCARD;

#endif /* CODEC_TRANSCRIPT_H */
