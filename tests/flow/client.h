/* SPDX-License-Identifier: Apache-2.0 */
/* flow/client.h - what the files of the harness share */
#ifndef FLOW_CLIENT_H
#define FLOW_CLIENT_H

#include "cti/buf.h"
#include "harness.h"

/** A connection of the client's; the loop turns while it reads. */
struct wire {
	struct flow *flow;
	int fd;
	bool closed; /* by the server */
	struct cti_buf in;
};

struct wire *wire_open(struct flow *f);
void wire_write(struct wire *wire, const char *bytes, size_t len);
/** Takes what is there; true when something came or it closed. */
bool wire_read(struct wire *wire);
/** Length of the head with its empty line; 0: not there yet. */
size_t wire_head(const struct wire *wire);
/** Reads the whole answer into an empty a and closes. */
void wire_answer(struct answer *a, struct wire *wire);
/** The whole chunks of the text; returns the bytes used. *endp: the last chunk
 * was among them. */
size_t chunks_read(struct cti_buf *out, bool *endp, const char *text,
		   size_t len);

void answer_clear(struct answer *a);

#endif /* FLOW_CLIENT_H */
