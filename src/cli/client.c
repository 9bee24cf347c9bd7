/* SPDX-License-Identifier: Apache-2.0 */
/* cli/client.c - asks one relay over HTTP, and waits for the answer */
#include "cli/client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/client_priv.h"
#include "cti/store.h"
#include "http/http.h"

enum { CERT_CEILING = 64 * 1024 };

/* --- where it is, as the configuration has it --- */

static bool is_loopback(const char *listen)
{
	return !strncmp(listen, "127.", 4) || !strncmp(listen, "[::1]:", 6);
}

static const char *listen_best(const struct cti_conf *conf)
{
	size_t n = cti_conf_count(conf, "http.listen");

	for (size_t i = 0; i < n; i++)
		if (is_loopback(cti_conf_item(conf, "http.listen", i)))
			return cti_conf_item(conf, "http.listen", i);
	return cti_conf_item(conf, "http.listen", 0);
}

/* Who listens on all addresses does so on loopback, too. */
static void url_write(char url[CLIENT_URL], const char *listen, bool https)
{
	static const char *const all[][2] = {
		{"0.0.0.0:", "127.0.0.1:"},
		{"[::]:", "[::1]:"},
		{"", ""},
	};
	size_t i = 0;

	while (strncmp(listen, all[i][0], strlen(all[i][0])) != 0)
		i++;
	(void)snprintf(url, CLIENT_URL, "%s://%s%s", https ? "https" : "http",
		       all[i][1],
		       listen + strlen(all[i][0])); /* the schema limits it */
}

static int url_conf(struct cti_client *client, const struct cti_conf *conf,
		    struct cti_err *err)
{
	const char *listen = listen_best(conf);
	const char *port = strrchr(listen, ':');

	if (port && !strcmp(port, ":0"))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "http.listen leaves the port open, so name "
				   "the relay with --url.");
	url_write(client->url, listen,
		  *cti_conf_str(conf, "http.tls_cert_file") != '\0');
	return 0;
}

/* --- its certificate --- */

static int file_read(struct cti_buf *out, const char *path)
{
	char part[4096];
	struct stat st;
	FILE *file;
	size_t n;
	int err = 0;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return -EINVAL; /* a pipe would be waited for */
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!err && (n = fread(part, 1, sizeof(part), file)) > 0)
		err = cti_buf_add(out, part, n);
	if (!err && ferror(file))
		err = -EIO;
	(void)fclose(file); /* it was only read */
	return err;
}

/* The first certificate of the chain is the relay's own. With it as the only
 * one to trust, nobody else can pass, and the name in it need not be that of
 * the loopback address. */
static int leaf_load(struct cti_client *client, const char *path,
		     struct cti_err *err)
{
	static const char end[] = "-----END CERTIFICATE-----";
	int bad;
	char *at;

	if (!*path)
		return 0;
	bad = file_read(&client->leaf, path);
	if (bad)
		return cti_err_set(err, -bad, CTI_ERR_INTERNAL,
				   "http.tls_cert_file: %.*s: %s", CLIENT_SHOWN,
				   path, strerror(-bad));
	at = client->leaf.data ? strstr(client->leaf.data, end) : NULL;
	if (!at)
		return cti_err_set(err, EINVAL, CTI_ERR_INTERNAL,
				   "http.tls_cert_file: %.*s holds no "
				   "certificate",
				   CLIENT_SHOWN, path);
	at += strlen(end);
	client->leaf.len = (size_t)(at - client->leaf.data);
	*at = '\0';
	return 0;
}

/* --- its key --- */

static void key_conf(struct cti_client *client, const struct cti_conf *conf)
{
	char store[CLIENT_PATH], path[CLIENT_PATH];
	int err;

	if (cti_conf_is(conf, "http.exposure", "loopback"))
		return;
	err = cti_store_path(store, sizeof(store),
			     cti_conf_str(conf, "store.path"));
	if (!err)
		err = cti_http_key_path(path, sizeof(path),
					cti_conf_str(conf, "http.api_key_file"),
					store);
	if (!err)
		err = cti_client_key(client, path, &client->trouble);
	if (err && !client->trouble.code)
		(void)cti_err_set(&client->trouble, -err, CTI_ERR_INTERNAL,
				  "The key of programs: %s",
				  strerror(-err)); /* kept for later */
}

int cti_client_key(struct cti_client *client, const char *path,
		   struct cti_err *err)
{
	int bad = cti_secret_load(&client->key, path);

	if (bad)
		return cti_err_set(err, -bad, CTI_ERR_INTERNAL,
				   "The key of programs cannot be read, %.*s: "
				   "%s",
				   CLIENT_SHOWN, path, strerror(-bad));
	client->trouble = (struct cti_err){.code = CTI_OK};
	return 0;
}

const char *cti_client_trouble(const struct cti_client *client)
{
	return client->trouble.code ? client->trouble.text : NULL;
}

/* --- life --- */

static int client_init(struct cti_client *client, const struct cti_conf *conf,
		       struct cti_err *err)
{
	int bad = url_conf(client, conf, err);

	if (!bad)
		bad = leaf_load(client,
				cti_conf_str(conf, "http.tls_cert_file"), err);
	if (!bad)
		bad = cti_curl_load(&client->curl, err);
	if (bad)
		return bad;
	client->easy = client->curl.easy_init();
	if (!client->easy)
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "out of memory");
	key_conf(client, conf);
	return 0;
}

int cti_client_new(struct cti_client **clientp, const struct cti_conf *conf,
		   struct cti_err *err)
{
	struct cti_client *client = calloc(1, sizeof(*client));
	int bad;

	if (!client)
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "out of memory");
	cti_buf_init(&client->leaf, CERT_CEILING);
	bad = client_init(client, conf, err);
	if (bad)
		goto out;
	*clientp = client;
	client = NULL; /* now owned by the caller */
out:
	cti_client_destroy(client);
	return bad;
}

void cti_client_destroy(struct cti_client *client)
{
	if (!client)
		return;
	if (client->easy)
		client->curl.easy_cleanup(client->easy);
	cti_curl_unload(&client->curl);
	if (client->leaf_file)
		(void)fclose(client->leaf_file); /* it has no name */
	cti_secret_clear(&client->key);
	cti_buf_fini(&client->leaf);
	free(client);
}

const char *cti_client_url(const struct cti_client *client)
{
	return client->url;
}

static const char *after_scheme(const char *url)
{
	static const char *const schemes[] = {"http://", "https://"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (!strncmp(url, schemes[i], strlen(schemes[i])))
			return url + strlen(schemes[i]);
	return NULL;
}

/* No user and password in it: others can see the command line. */
int cti_client_aim(struct cti_client *client, const char *url,
		   struct cti_err *err)
{
	const char *host = after_scheme(url);
	size_t len = host ? strcspn(host, "/?#@") : 0;

	if (!len || (host[len] && strcmp(host + len, "/") != 0) ||
	    strlen(url) >= CLIENT_URL)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "%.*s is no address of a relay; write it "
				   "like http://127.0.0.1:22550",
				   CLIENT_SHOWN, url);
	len += (size_t)(host - url);
	memcpy(client->url, url, len);
	client->url[len] = '\0';
	cti_buf_reset(&client->leaf);
	cti_secret_clear(&client->key);
	client->trouble = (struct cti_err){.code = CTI_OK};
	return 0;
}

int cti_client_ca(struct cti_client *client, const char *path,
		  struct cti_err *err)
{
	if (strlen(path) >= sizeof(client->ca))
		return cti_err_set(err, ENAMETOOLONG, CTI_ERR_BAD_REQUEST,
				   "The path of certificates is too long.");
	(void)snprintf(client->ca, sizeof(client->ca), "%s", path); /* fits */
	cti_buf_reset(&client->leaf);
	return 0;
}
