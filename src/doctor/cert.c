/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/cert.c - reading a certificate, by the library that serves it */
#include "doctor/cert.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <sys/stat.h>

#include "cti/conf.h"

enum { HOSTS_MAX = 64, CERT_MAX = 64 * 1024 };

static bool cert_is_for(gnutls_x509_crt_t crt, const char *const *hosts,
			size_t nhosts)
{
	static const char *const own[] = {"localhost", "127.0.0.1", "::1"};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (gnutls_x509_crt_check_hostname(crt, own[i]))
			return true;
	for (size_t i = 0; i < nhosts; i++)
		if (gnutls_x509_crt_check_hostname(crt, hosts[i]))
			return true;
	return false;
}

static int cert_parse(struct cti_cert_facts *out, const gnutls_datum_t *pem,
		      const char *const *hosts, size_t nhosts)
{
	gnutls_x509_crt_t crt = NULL;
	int err = gnutls_x509_crt_init(&crt) ? -ENOMEM : 0;

	if (err)
		return err;
	if (gnutls_x509_crt_import(crt, pem, GNUTLS_X509_FMT_PEM)) {
		err = -EBADMSG;
		goto out;
	}
	out->from_ms = (int64_t)gnutls_x509_crt_get_activation_time(crt) * 1000;
	out->until_ms =
		(int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
	out->for_host = cert_is_for(crt, hosts, nhosts);
out:
	gnutls_x509_crt_deinit(crt);
	return err;
}

/* Reads the first certificate of a PEM file: 0, -errno, -EBADMSG: none in
 * it. hosts: the names it may be for, besides localhost and 127.0.0.1. */
static int cert_read(struct cti_cert_facts *out, const char *path,
		     const char *const *hosts, size_t nhosts)
{
	gnutls_datum_t pem = {.data = NULL};
	struct stat st;
	int err;

	out->path = path;
	if (stat(path, &st))
		return out->err = -errno;
	/* the relay must not wait for a pipe, nor read for ever */
	if (!S_ISREG(st.st_mode) || st.st_size > CERT_MAX)
		return out->err = -EBADMSG;
	out->renewed_ms = (int64_t)st.st_mtim.tv_sec * 1000;
	if (gnutls_load_file(path, &pem))
		return out->err = -EACCES;
	err = cert_parse(out, &pem, hosts, nhosts);
	gnutls_free(pem.data);
	return out->err = err;
}

void cti_cert_conf(struct cti_cert_facts *out, const struct cti_conf *conf)
{
	const char *path = cti_conf_str(conf, "http.tls_cert_file");
	size_t n = cti_conf_count(conf, "http.allowed_hosts");
	const char *hosts[HOSTS_MAX];
	int err;

	*out = (struct cti_cert_facts){.path = NULL};
	if (!*path)
		return;
	if (n > HOSTS_MAX)
		n = HOSTS_MAX;
	for (size_t i = 0; i < n; i++)
		hosts[i] = cti_conf_item(conf, "http.allowed_hosts", i);
	err = cert_read(out, path, hosts, n);
	(void)err; /* stands in out->err */
}
