/* SPDX-License-Identifier: Apache-2.0 */
/* reload.c - another configuration for what runs, as a whole or not at all */
#include "reload.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "api/api.h"
#include "call/calls.h"
#include "cti/buf.h"
#include "cti/conf.h"
#include "cti/log.h"
#include "cti/number.h"
#include "cti/store.h"
#include "web.h"

enum { NAMES_MAX = 16 * 1024 }; /* bytes of the names of all keys */

/* The keys that differ, one a line. */
struct changes {
	struct cti_buf now, waits;
};

static void changes_note(void *arg, const char *key, bool waits)
{
	struct changes *changes = arg;
	struct cti_buf *buf = waits ? &changes->waits : &changes->now;

	/* without memory it counts all the same, and is not named */
	(void)!cti_buf_fmt(buf, "%s\n", key);
}

static bool item_there(const struct cti_conf *conf, const char *key,
		       const char *item)
{
	for (size_t i = 0; i < cti_conf_count(conf, key); i++)
		if (strcmp(cti_conf_item(conf, key, i), item) == 0)
			return true;
	return false;
}

/* Is one gone that was there before? */
static bool item_gone(const struct cti_conf *conf, const struct cti_conf *old,
		      const char *key)
{
	for (size_t i = 0; i < cti_conf_count(old, key); i++)
		if (!item_there(conf, key, cti_conf_item(old, key, i)))
			return true;
	return false;
}

/* Do pages have a token and streams that they would not get any more? */
static bool pages_gone(const struct cti_conf *conf, const struct cti_conf *old)
{
	static const char *const lists[] = {
		"sap.origins",
		"sap.pair_suffixes",
		"http.public_origins",
		"http.allowed_hosts",
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (item_gone(conf, old, lists[i]))
			return true;
	return !cti_api_host_page(conf) &&
	       strcmp(cti_conf_str(conf, "http.host_page"),
		      cti_conf_str(old, "http.host_page")) != 0;
}

/* Each step leaves things as they were when it fails. */
static int reload_apply(const struct cti_reload *reload)
{
	struct cti_numbers *numbers = NULL;
	int err = cti_numbers_new(&numbers, reload->conf);

	if (!err)
		err = cti_calls_reload(reload->calls);
	if (!err)
		err = cti_web_reload(reload->http, reload->conf);
	if (err) {
		cti_numbers_destroy(numbers);
		return err;
	}
	cti_numbers_replace(reload->numbers, numbers);
	cti_store_keep(reload->store,
		       cti_conf_int(reload->conf, "store.keep_days"));
	return 0;
}

static void log_names(const char *names, const char *what)
{
	while (*names) {
		size_t len = strcspn(names, "\n");

		log_info("config: %.*s %s", (int)len, names, what);
		names += len + (names[len] != '\0');
	}
}

static void reload_tell(const struct cti_reload *reload,
			struct changes *changes, const struct cti_conf *old)
{
	const struct cti_conf *conf = reload->conf;
	const char *waits = cti_buf_text(&changes->waits);
	const struct cti_api_reload how = {
		.waits = waits,
		.pages = pages_gone(conf, old),
	};

	log_info("config: read again%s",
		 changes->now.len || changes->waits.len ? "" : ": no change");
	log_names(cti_buf_text(&changes->now), "has changed");
	log_names(waits, "needs a restart");
	if (*cti_conf_str(conf, "http.tls_cert_file"))
		log_info("config: the certificate is read at the start only; "
			 "a new one needs a restart");
	cti_api_reloaded(reload->api, &how);
}

/* The texts of before are still read by what runs. */
static void reload_keep(const struct cti_reload *reload, struct cti_conf *old,
			size_t swapped)
{
	if (swapped)
		cti_conf_keep(reload->conf, old);
	else
		cti_conf_destroy(old);
}

int cti_reload_take(const struct cti_reload *reload, struct cti_conf *fresh)
{
	struct changes changes;
	size_t swapped;
	int err = 0;

	cti_buf_init(&changes.now, NAMES_MAX);
	cti_buf_init(&changes.waits, NAMES_MAX);
	swapped = cti_conf_swap(reload->conf, fresh, changes_note, &changes);
	if (swapped)
		err = reload_apply(reload);
	if (err) {
		(void)cti_conf_swap(reload->conf, fresh, NULL, NULL);
		/* what was good once is so again, but for memory */
		if (reload_apply(reload))
			log_error("config: not all is as before; restart");
		cti_reload_refuse(reload, strerror(-err));
	} else {
		reload_tell(reload, &changes, fresh);
	}
	reload_keep(reload, fresh, swapped);
	cti_buf_fini(&changes.now);
	cti_buf_fini(&changes.waits);
	return err;
}

void cti_reload_refuse(const struct cti_reload *reload, const char *why)
{
	const char *line = *why ? why : "it does not pass the checks";
	const struct cti_api_reload how = {.error = line};

	log_error("config: read again and refused; the old one stays");
	while (*line) {
		size_t len = strcspn(line, "\n");

		log_error("config: %.*s", (int)len, line);
		line += len + (line[len] != '\0');
	}
	cti_api_reloaded(reload->api, &how);
}
