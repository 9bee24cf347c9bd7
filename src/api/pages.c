/* SPDX-License-Identifier: Apache-2.0 */
/* api/pages.c - the widget, the pages of our own and their files */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"
#include "cti/build.h"
#include "cti/log.h"

enum { PAGE_MAX = 1024 * 1024, HEADER_MAX = 8192, PATH_SIZE = 128 };

static const struct asset *asset_find(const char *path)
{
	for (size_t i = 0; i < api_nassets; i++)
		if (strcmp(api_assets[i].path, path) == 0)
			return &api_assets[i];
	return NULL;
}

static bool simulated(const struct cti_conf *conf)
{
	return strcmp(cti_conf_str(conf, "telephony.driver"), "simulator") == 0;
}

bool cti_api_host_page(const struct cti_conf *conf)
{
	if (cti_conf_is(conf, "http.host_page", "auto"))
		return simulated(conf);
	return cti_conf_is(conf, "http.host_page", "on");
}

int page_text(struct cti_buf *out, const char *text)
{
	int err = 0;

	for (; *text && !err; text++)
		if (strchr("&<>\"'", *text))
			err = cti_buf_fmt(out, "&#%d;", *text);
		else
			err = cti_buf_add(out, text, 1);
	return err;
}

/* The slot whose mark text begins with, and where the mark ends. */
static const struct slot *slot_at(const char *text, const struct slot *slots,
				  const char **afterp)
{
	for (; slots->name; slots++) {
		size_t len = strlen(slots->name);

		if (strncmp(text + 2, slots->name, len) != 0 ||
		    strncmp(text + 2 + len, "}}", 2) != 0)
			continue;
		*afterp = text + 2 + len + 2;
		return slots;
	}
	return NULL;
}

/* slots ends with a name of NULL; the build ends each asset with a NUL. */
static int fill_slots(struct cti_buf *out, const struct asset *page,
		      const struct slot *slots)
{
	const char *text = (const char *)page->data;
	const char *at;
	int err = 0;

	while (!err && (at = strstr(text, "{{"))) {
		const char *after = at + 2;
		const struct slot *slot = slot_at(at, slots, &after);

		err = cti_buf_add(out, text, (size_t)(at - text));
		if (!err && !slot)
			err = cti_buf_str(out, "{{");
		else if (!err)
			err = slot->markup ? cti_buf_str(out, slot->value)
					   : page_text(out, slot->value);
		text = after;
	}
	return err ? err : cti_buf_str(out, text);
}

/* What sap.pair_suffixes no longer allows does not count any more. */
static const char *paired_origin(const struct cti_api *api, size_t index)
{
	const struct cti_paired *paired = api->parts.paired;

	for (size_t i = 0; i < cti_paired_count(paired); i++) {
		const char *origin = cti_paired_at(paired, i)->origin;

		if (pair_possible(api->parts.conf, origin) && index-- == 0)
			return origin;
	}
	return NULL;
}

const char *page_origin(const struct cti_api *api, size_t index)
{
	const struct cti_conf *conf = api->parts.conf;
	size_t listed = cti_conf_count(conf, "sap.origins");

	if (cti_api_host_page(conf) && index-- == 0)
		return "'self'";
	return index < listed ? cti_conf_item(conf, "sap.origins", index)
			      : paired_origin(api, index - listed);
}

static int add_origins(struct cti_buf *out, const struct cti_api *api)
{
	const char *origin;
	int err = 0;

	for (size_t i = 0; !err && (origin = page_origin(api, i)); i++)
		err = cti_buf_fmt(out, " %s", origin);
	return err;
}

static int add_suffixes(struct cti_buf *out, const struct cti_conf *conf,
			const char *prefix)
{
	size_t n = cti_conf_count(conf, "sap.pair_suffixes");
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = cti_buf_fmt(out, " %s%s", prefix,
				  cti_conf_item(conf, "sap.pair_suffixes", i));
	return err;
}

/* Every ancestor must match, so all that may be one are named; the widget
 * itself then tells origins that are allowed from those that could be. */
static int add_ancestors(struct cti_buf *out, const struct cti_api *api)
{
	size_t before = out->len;
	int err = add_origins(out, api);

	if (!err)
		err = add_suffixes(out, api->parts.conf, "https://*.");
	if (!err && out->len == before)
		err = cti_buf_str(out, " 'none'");
	return err;
}

static const char policy[] =
	"default-src 'none'; script-src 'self'; worker-src 'self'; "
	"connect-src 'self'; style-src 'self'; img-src 'self' data:; "
	"frame-src 'self'; base-uri 'none'; form-action 'none'; "
	"frame-ancestors";

static void page_headers(struct cti_http_req *req, const char *csp,
			 const char *resource_policy)
{
	cti_http_add_header(req, "Content-Security-Policy", csp);
	cti_http_add_header(req, "Cross-Origin-Opener-Policy", "same-origin");
	cti_http_add_header(req, "Cross-Origin-Embedder-Policy",
			    "require-corp");
	cti_http_add_header(req, "Cross-Origin-Resource-Policy",
			    resource_policy);
}

static void page_send(struct cti_http_req *req, const char *path,
		      const struct slot *slots)
{
	const struct asset *page = asset_find(path);
	struct cti_buf html;
	int err;

	cti_buf_init(&html, PAGE_MAX);
	err = page ? fill_slots(&html, page, slots) : -ENOENT;
	if (err)
		api_problem(req, CTI_ERR_INTERNAL,
			    "The page %s could not be made: %s.", path,
			    strerror(-err));
	else
		cti_http_reply(req, 200, "text/html; charset=utf-8", &html);
	cti_buf_fini(&html);
}

/* The lists that the widget goes by. */
struct lists {
	struct cti_buf csp, origins, suffixes;
};

static int lists_fill(struct lists *lists, const struct cti_api *api)
{
	int err = cti_buf_str(&lists->csp, policy);

	if (!err)
		err = add_ancestors(&lists->csp, api);
	if (!err)
		err = add_origins(&lists->origins, api);
	return err ? err : add_suffixes(&lists->suffixes, api->parts.conf, "");
}

static void widget_send(struct cti_api *api, struct cti_http_req *req,
			const struct lists *lists)
{
	const struct slot slots[] = {
		{.name = "origins", .value = cti_buf_text(&lists->origins)},
		{.name = "suffixes", .value = cti_buf_text(&lists->suffixes)},
		{.name = "encoding",
		 .value = cti_conf_str(api->parts.conf, "sap.encoding")},
		{.name = "version", .value = CTI_VERSION},
		{.name = "commit", .value = cti_build_info()->commit},
		{.name = NULL},
	};

	page_headers(req, cti_buf_text(&lists->csp), "cross-origin");
	page_send(req, "index.html", slots);
}

void get_widget(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	const char *dest = cti_http_header(req, "Sec-Fetch-Dest");
	struct lists lists;

	if (dest && strcmp(dest, "iframe") == 0)
		api->host_seen_ms = cti_loop_wall_ms(api->parts.loop);
	cti_buf_init(&lists.csp, HEADER_MAX);
	cti_buf_init(&lists.origins, HEADER_MAX);
	cti_buf_init(&lists.suffixes, HEADER_MAX);
	if (lists_fill(&lists, api))
		api_problem(req, CTI_ERR_INTERNAL,
			    "The list sap.origins does not fit into a header.");
	else
		widget_send(api, req, &lists);
	cti_buf_fini(&lists.csp);
	cti_buf_fini(&lists.origins);
	cti_buf_fini(&lists.suffixes);
}

void page_own(struct cti_http_req *req, const char *path,
	      const struct slot *slots)
{
	struct cti_buf csp;

	cti_buf_init(&csp, HEADER_MAX);
	if (cti_buf_fmt(&csp, "%s 'none'", policy)) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
	} else {
		page_headers(req, csp.data, "same-origin");
		page_send(req, path, slots);
	}
	cti_buf_fini(&csp);
}

static void page_with_token(const struct cti_api *api, struct cti_http_req *req,
			    const char *path)
{
	const struct slot slots[] = {
		{.name = "token", .value = api->parts.token},
		{.name = NULL},
	};

	page_own(req, path, slots);
}

void get_pair_page(void *arg, struct cti_http_req *req)
{
	page_with_token(arg, req, "pair.html");
}

void get_console(void *arg, struct cti_http_req *req)
{
	page_with_token(arg, req, "console.html");
}

/* A link on somebody's page plays nothing: that takes a click. */
static bool by_hand(const struct cti_http_req *req)
{
	const char *site = cti_http_header(req, "Sec-Fetch-Site");

	return !site || strcmp(site, "none") == 0 ||
	       strcmp(site, "same-origin") == 0;
}

/* The stand-in for SAP's page plays calls only where no switch is. */
void get_host_page(void *arg, struct cti_http_req *req)
{
	const struct cti_api *api = arg;
	const struct cti_conf *conf = api->parts.conf;
	const struct slot slots[] = {
		{.name = "token", .value = api->parts.token},
		{.name = "simulator", .value = simulated(conf) ? "yes" : "no"},
		{.name = "replay", .value = by_hand(req) ? "yes" : "ask"},
		{.name = "missed", .value = cti_conf_str(conf, "sap.missed")},
		{.name = "outbound",
		 .value = cti_conf_str(conf, "sap.outbound")},
		{.name = NULL},
	};

	if (cti_api_host_page(conf))
		page_own(req, "host.html", slots);
	else
		api_problem(req, CTI_ERR_NOT_FOUND,
			    "The host stand-in is not served here: see "
			    "http.host_page.");
}

static void asset_send(struct cti_http_req *req, const char *path)
{
	const struct asset *asset = asset_find(path);

	if (!asset || strstr(path, ".html"))
		api_problem(req, CTI_ERR_NOT_FOUND, "There is no /%.64s.",
			    path);
	else
		cti_http_reply_static(req, asset->type, asset->data,
				      asset->len);
}

void get_asset(void *arg, struct cti_http_req *req)
{
	(void)arg; /* the same for all */
	asset_send(req, cti_http_param(req, 0));
}

void get_folder_asset(void *arg, struct cti_http_req *req)
{
	char path[PATH_SIZE];

	(void)arg; /* the same for all */
	(void)snprintf(path, sizeof(path), "%s/%s", cti_http_param(req, 0),
		       cti_http_param(req, 1)); /* a cut one is not there */
	asset_send(req, path);
}

void get_openapi(void *arg, struct cti_http_req *req)
{
	const struct asset *asset = asset_find("openapi.json");

	(void)arg; /* the same for all */
	if (!asset)
		api_problem(req, CTI_ERR_NOT_FOUND, "There is no description.");
	else
		cti_http_reply_static(req, asset->type, asset->data,
				      asset->len);
}
