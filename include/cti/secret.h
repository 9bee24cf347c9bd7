/* SPDX-License-Identifier: Apache-2.0 */
/* cti/secret.h - a password: read from a file, never printed */
#ifndef CTI_SECRET_H
#define CTI_SECRET_H

#include "cti/attr.h"

enum { CTI_SECRET_SIZE = 256 };

/** Its own type, so that it goes to no format by accident. */
struct cti_secret {
	char text[CTI_SECRET_SIZE];
};

/**
 * The first line of the file; what surrounds it stays outside (a line's end,
 * blanks). Warns when others than its owner, or the group that was given it,
 * may read the file.
 * -ENOENT, -EACCES …: of opening or reading it; -EINVAL: nothing in it, longer
 * than 255 bytes, or a control character inside: such a text would begin
 * another line in a protocol of lines. On an error out stays as it was.
 */
int cti_secret_load(struct cti_secret *out, const char *path) CTI_NODISCARD;
/** Overwrites it. */
void cti_secret_clear(struct cti_secret *secret);

#endif /* CTI_SECRET_H */
