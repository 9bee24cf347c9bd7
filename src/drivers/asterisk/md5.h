/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/md5.h - the digest of the manager's challenge (RFC 1321) */
#ifndef CTI_MD5_H
#define CTI_MD5_H

#include <stddef.h>

enum { CTI_MD5_SIZE = 33 };

/** The digest of both texts, one behind the other, as hex digits. Together
 * they have at most 1000 bytes; what is over is left out. */
void cti_md5(char out[CTI_MD5_SIZE], const char *first, const char *second);

#endif /* CTI_MD5_H */
