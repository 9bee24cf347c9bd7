/* SPDX-License-Identifier: Apache-2.0 */
/* cli/messages.h - messages to SAP, out of files, folders and streams */
#ifndef CLI_MESSAGES_H
#define CLI_MESSAGES_H

#include <stddef.h>
#include <stdio.h>

#include "cti/attr.h"

enum {
	MESSAGES_MAX = 64 * 1024 * 1024, /* bytes of one file */
	MESSAGES_DEPTH = 8,		 /* folders inside folders */
};

/** One message; all lent. */
struct message {
	const char *file; /* "-" = the standard input */
	size_t number;	  /* in its file, from 1 */
	const char *text;
	size_t len;
};

struct messages {
	/** Gets each; not 0 stops. */
	int (*fn)(void *arg, const struct message *message);
	/** A file or folder that cannot be read, with the reason. */
	void (*unread)(void *arg, const char *path, const char *why);
	void *arg;
	size_t files; /* that were read */
};

/**
 * A file, all of a folder that ends with .json, .jsonl, .ndjson or .xml (by
 * name, folders inside, too), or "-", which is in. 0, -ENOMEM or what fn gave;
 * what cannot be read is no error of this, but told.
 */
int messages_path(struct messages *m, const char *path, FILE *in) CTI_NODISCARD;

/**
 * The messages of a text: one, the items of a JSON array, or one a line. Of
 * events that "patchcord events --json" printed, what they carry for SAP.
 */
int messages_text(struct messages *m, const char *file, const char *text,
		  size_t len) CTI_NODISCARD;

#endif /* CLI_MESSAGES_H */
