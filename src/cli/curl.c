/* SPDX-License-Identifier: Apache-2.0 */
/* cli/curl.c - libcurl, loaded when a command needs it */
#include "cli/curl.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Debian's two builds of it; both have the same interface. */
static const char *const libraries[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};

static const struct {
	const char *name;
	size_t at;
} symbols[] = {
	{"curl_global_init", offsetof(struct cti_curl, global_init)},
	{"curl_global_cleanup", offsetof(struct cti_curl, global_cleanup)},
	{"curl_easy_init", offsetof(struct cti_curl, easy_init)},
	{"curl_easy_reset", offsetof(struct cti_curl, easy_reset)},
	{"curl_easy_cleanup", offsetof(struct cti_curl, easy_cleanup)},
	{"curl_easy_perform", offsetof(struct cti_curl, easy_perform)},
	{"curl_easy_setopt", offsetof(struct cti_curl, easy_setopt)},
	{"curl_easy_getinfo", offsetof(struct cti_curl, easy_getinfo)},
	{"curl_easy_strerror", offsetof(struct cti_curl, easy_strerror)},
	{"curl_slist_append", offsetof(struct cti_curl, slist_append)},
	{"curl_slist_free_all", offsetof(struct cti_curl, slist_free_all)},
};

static void *library_open(void)
{
	void *library = NULL;

	for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++) {
		library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
		if (library)
			break;
	}
	return library;
}

/* C has no cast from an object's to a function's address; POSIX says that
 * both are alike. */
static int symbols_find(struct cti_curl *curl)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *symbol = dlsym(curl->library, symbols[i].name);

		if (!symbol)
			return -ENOSYS;
		memcpy((char *)curl + symbols[i].at, &symbol, sizeof(symbol));
	}
	return 0;
}

int cti_curl_load(struct cti_curl *curl, struct cti_err *err)
{
	struct cti_curl loaded = {.library = library_open()};
	int bad = loaded.library ? symbols_find(&loaded) : -ENOSYS;

	if (!bad && loaded.global_init(CURL_GLOBAL_DEFAULT))
		bad = -ENOSYS;
	if (bad) {
		if (loaded.library)
			(void)dlclose(loaded.library); /* it goes unused */
		return cti_err_set(err, ENOSYS, CTI_ERR_INTERNAL,
				   "libcurl is missing, with which commands "
				   "ask the relay; install the package "
				   "libcurl4.");
	}
	*curl = loaded;
	return 0;
}

void cti_curl_unload(struct cti_curl *curl)
{
	if (!curl->library)
		return;
	curl->global_cleanup();
	(void)dlclose(curl->library); /* the process ends soon */
	*curl = (struct cti_curl){.library = NULL};
}
