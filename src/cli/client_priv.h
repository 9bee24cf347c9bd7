/* SPDX-License-Identifier: Apache-2.0 */
/* cli/client_priv.h - what the two files of the client share */
#ifndef CLI_CLIENT_PRIV_H
#define CLI_CLIENT_PRIV_H

#include <stdio.h>

#include "cli/client.h"
#include "cli/curl.h"
#include "cti/secret.h"

enum {
	CLIENT_URL = 256,
	CLIENT_PATH = 4096,
	CLIENT_SHOWN = 60, /* bytes of an address or path in a sentence */
};

struct cti_client {
	struct cti_curl curl;
	CURL *easy;
	char url[CLIENT_URL];
	struct cti_secret key; /* "" = none */
	struct cti_err trouble;
	struct cti_buf leaf;  /* PEM: the one certificate trusted; or empty */
	FILE *leaf_file;      /* leaf, for a libcurl that wants a file */
	char ca[CLIENT_PATH]; /* "" = what the system trusts */
	char why[CURL_ERROR_SIZE];
};

#endif /* CLI_CLIENT_PRIV_H */
