/* SPDX-License-Identifier: Apache-2.0 */
/* cli/curl.h - libcurl, loaded when a command needs it */
#ifndef CLI_CURL_H
#define CLI_CURL_H

#include <curl/curl.h>

#include "cti/attr.h"
#include "cti/err.h"

/**
 * What is used of libcurl. The program is not linked with it: the relay
 * itself, which runs all day, needs neither it nor the dozen libraries that
 * come with it.
 */
struct cti_curl {
	void *library;
	CURLcode (*global_init)(long flags);
	void (*global_cleanup)(void);
	CURL *(*easy_init)(void);
	void (*easy_reset)(CURL *easy);
	void (*easy_cleanup)(CURL *easy);
	CURLcode (*easy_perform)(CURL *easy);
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
	const char *(*easy_strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list,
					   const char *text);
	void (*slist_free_all)(struct curl_slist *list);
};

/** -ENOSYS: it is not installed or too old; err says what to do. */
int cti_curl_load(struct cti_curl *curl, struct cti_err *err) CTI_NODISCARD;
/** Also of one that was never loaded, all zero. */
void cti_curl_unload(struct cti_curl *curl);

#endif /* CLI_CURL_H */
