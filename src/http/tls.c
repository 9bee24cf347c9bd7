/* SPDX-License-Identifier: Apache-2.0 */
/* http/tls.c - certificate and key of https */
#include "http/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
	PEM_MAX = 256 * 1024,
	PART = 4096,
};

static int pem_parts(struct cti_buf *out, int fd)
{
	ssize_t len;
	int err = 0;

	do {
		err = cti_buf_reserve(out, PART);
		len = err ? 0 : read(fd, out->data + out->len, PART);
		if (len > 0)
			out->len += (size_t)len;
	} while (len > 0);
	if (len < 0)
		err = -errno;
	if (!err)
		err = out->len ? 0 : -ENODATA;
	if (!err)
		out->data[out->len] = '\0';
	return err;
}

static int pem_read(struct cti_buf *out, const char *key, const char *path,
		    struct cti_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int bad = fd < 0 ? -errno : pem_parts(out, fd);

	if (fd >= 0)
		(void)close(fd); /* it was only read */
	if (bad)
		return cti_err_set(err, -bad, CTI_ERR_BAD_REQUEST,
				   "%s: %.80s: %s", key, path, strerror(-bad));
	return 0;
}

int cti_pems_init(struct http_pems *pems, const struct cti_http_conf *conf,
		  struct cti_err *err)
{
	static const char ciphers[] =
		"NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3";
	int bad;

	cti_buf_init(&pems->cert, PEM_MAX);
	cti_buf_init(&pems->key, PEM_MAX);
	/* libmicrohttpd takes void * also for what it only reads. */
	pems->priorities = (void *)(uintptr_t)ciphers;
	if (!conf->tls_cert_file || !conf->tls_key_file)
		return 0;
	if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
		return cti_err_set(err, ENOTSUP, CTI_ERR_BAD_REQUEST,
				   "this libmicrohttpd has no https; unset "
				   "http.tls_cert_file and http.tls_key_file");
	bad = pem_read(&pems->cert, "http.tls_cert_file", conf->tls_cert_file,
		       err);
	if (!bad)
		bad = pem_read(&pems->key, "http.tls_key_file",
			       conf->tls_key_file, err);
	return bad;
}

void cti_pems_fini(struct http_pems *pems)
{
	volatile char *at = pems->key.data;

	for (size_t i = 0; i < pems->key.len; i++)
		at[i] = 0;
	cti_buf_fini(&pems->key);
	cti_buf_fini(&pems->cert);
}
