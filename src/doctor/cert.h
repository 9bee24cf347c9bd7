/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/cert.h - the certificate of https: for whom and until when */
#ifndef DOCTOR_CERT_H
#define DOCTOR_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"

struct cti_cert_facts {
	const char *path;	   /* NULL: no https */
	int err;		   /* -errno: it cannot be read */
	int64_t from_ms, until_ms; /* Unix ms */
	int64_t renewed_ms;	   /* the file was written then */
	bool for_host;		   /* for one of the names it is used under */
};

struct cti_conf;
/** Reads that of http.tls_cert_file, if it is set, into out. */
void cti_cert_conf(struct cti_cert_facts *out, const struct cti_conf *conf);

#endif /* DOCTOR_CERT_H */
