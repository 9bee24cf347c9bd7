/* SPDX-License-Identifier: Apache-2.0 */
/* http/stream.c - answers without end, pulled from their source */
#include <assert.h>

#include "http/internal.h"

static ssize_t stream_pull(void *arg, uint64_t pos, char *out, size_t max)
{
	struct cti_http_req *req = arg;

	(void)pos; /* the source holds its own place */
	if (req->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (req->gone)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	req->woken = false;
	long len = req->pull(req->pull_arg, out, max);
	assert(len < 0 || (size_t)len <= max);
	if (len > 0)
		return (ssize_t)len;
	if (len < 0 || req->http->stopping)
		return MHD_CONTENT_READER_END_OF_STREAM;
	MHD_suspend_connection(req->mhd);
	if (req->woken)
		cti_http_resume(req->http, req->mhd);
	else
		req->asleep = true;
	return 0;
}

static void stream_free(void *arg)
{
	cti_request_unref(arg);
}

void cti_http_stream(struct cti_http_req *req, const char *type,
		     cti_http_pull_fn *pull, void *arg)
{
	if (!cti_reply_open(req))
		return;
	req->pull = pull;
	req->pull_arg = arg;
	struct MHD_Response *response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, HTTP_BLOCK, stream_pull, req, stream_free);
	if (response)
		req->refs++; /* given back by stream_free() */
	if (response &&
	    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				    type) != MHD_YES) {
		MHD_destroy_response(response);
		response = NULL;
	}
	cti_reply_set(req, MHD_HTTP_OK, response);
}

void cti_http_wake(struct cti_http_req *req)
{
	if (req->ended)
		return;
	if (!req->asleep) {
		req->woken = true;
		return;
	}
	req->asleep = false;
	cti_http_resume(req->http, req->mhd);
}
