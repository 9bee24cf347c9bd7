/* SPDX-License-Identifier: Apache-2.0 */
/* api/docs.c - the documents, and what they say from the program's tables */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/priv.h"
#include "cti/log.h"

enum { MADE_MAX = 256 * 1024, DOC_SIZE = 128 };

/* Text and markup by turns: "<p>", text, "</p>"…, until NULL. The even ones
 * are written as they are, the odd ones as text. */
static int add_parts(struct cti_buf *out, const char *const *parts)
{
	int err = 0;

	for (size_t i = 0; parts[i] && !err; i++)
		err = i % 2 ? page_text(out, parts[i])
			    : cti_buf_str(out, parts[i]);
	return err;
}

/* --- what the program refuses with --- */

static int add_problem(struct cti_buf *out, const struct cti_problem *problem)
{
	char status[16];
	const char *const parts[] = {
		"<div class=\"entry\" id=\"",
		problem->slug,
		"\">\n<h3><code>",
		problem->slug,
		"</code> <span class=\"chip\">",
		status,
		"</span></h3>\n<p><strong>",
		problem->title,
		"</strong></p>\n<p>",
		problem->fix,
		"</p>\n</div>\n",
		NULL,
	};

	(void)snprintf(status, sizeof(status), "%d", problem->status);
	return add_parts(out, parts);
}

static int fill_problems(struct cti_buf *out)
{
	int err = 0;

	for (int i = CTI_OK + 1; i < (int)CTI_ERR_MAX && !err; i++)
		err = add_problem(out, cti_problem_find((enum cti_code)i));
	return err;
}

/* --- the keys of the configuration --- */

/* The keys so far, and the section of the last one. */
struct keys {
	struct cti_buf *out;
	const char *section;
};

static int add_section(struct keys *keys, const struct cti_conf_about *about)
{
	const char *const parts[] = {
		"<h2 id=\"",
		about->section,
		"\"><code>",
		about->section,
		about->titled ? " \"ID\"</code></h2>\n" : "</code></h2>\n",
		NULL,
	};

	if (keys->section && strcmp(keys->section, about->section) == 0)
		return 0;
	keys->section = about->section;
	return add_parts(keys->out, parts);
}

static int add_key(void *arg, const struct cti_conf_about *about)
{
	struct keys *keys = arg;
	const char *const parts[] = {
		"<div class=\"entry\" id=\"",
		about->section,
		".",
		about->name,
		"\">\n<h3><code>",
		about->section,
		".",
		about->name,
		"</code></h3>\n<p>",
		about->help,
		"</p>\n<p class=\"soft\">default <code>",
		about->fallback,
		"</code> · ",
		about->range,
		about->env ? " · <code>" : "<code hidden>",
		about->env ? about->env : "",
		"</code></p>\n</div>\n",
		NULL,
	};
	int err = add_section(keys, about);

	return err ? err : add_parts(keys->out, parts);
}

static int fill_keys(struct cti_buf *out)
{
	struct keys keys = {.out = out};

	return cti_conf_each(add_key, &keys);
}

/* --- the pages --- */

/* Every page of www/docs/ in the order of the list beside them; some have a
 * part that is made here. */
static const struct doc {
	const char *path;
	const char *href;
	const char *title;
	const char *slot;
	int (*fill)(struct cti_buf *out);
} docs[] = {
	{.path = "docs/index.html", .href = "/docs/", .title = "Get started"},
	{.path = "docs/connect-sap.html",
	 .href = "/docs/connect-sap",
	 .title = "Connect SAP"},
	{.path = "docs/browser-policy.html",
	 .href = "/docs/browser-policy",
	 .title = "Browser policy"},
	{.path = "docs/connect-switch.html",
	 .href = "/docs/connect-switch",
	 .title = "Connect the switch"},
	{.path = "docs/https.html",
	 .href = "/docs/https",
	 .title = "https and certificates"},
	{.path = "docs/external-id.html",
	 .href = "/docs/external-id",
	 .title = "External ID is missing"},
	{.path = "docs/errors.html",
	 .href = "/docs/errors",
	 .title = "Errors and what to do",
	 .slot = "problems",
	 .fill = fill_problems},
	{.path = "docs/configuration.html",
	 .href = "/docs/configuration",
	 .title = "Configuration",
	 .slot = "keys",
	 .fill = fill_keys},
	{.path = "docs/api.html", .href = "/docs/api", .title = "Interface"},
	{.path = "docs/glossary.html",
	 .href = "/docs/glossary",
	 .title = "Words"},
};

enum { NDOCS = sizeof(docs) / sizeof(docs[0]) };

static const struct doc *doc_find(const char *path)
{
	for (size_t i = 0; i < NDOCS; i++)
		if (strcmp(docs[i].path, path) == 0)
			return &docs[i];
	return NULL;
}

static int fill_nav(struct cti_buf *out, const struct doc *here)
{
	int err = 0;

	for (size_t i = 0; i < NDOCS && !err; i++) {
		const char *const parts[] = {
			"<li><a href=\"",
			docs[i].href,
			&docs[i] == here ? "\" aria-current=\"page\">" : "\">",
			docs[i].title,
			"</a></li>\n",
			NULL,
		};

		err = add_parts(out, parts);
	}
	return err;
}

static int doc_fill(struct cti_buf *nav, struct cti_buf *part,
		    const struct doc *doc)
{
	int err = fill_nav(nav, doc);

	return err || !doc->fill ? err : doc->fill(part);
}

static void doc_send(struct cti_http_req *req, const struct doc *doc)
{
	struct cti_buf nav, part;
	int err;

	cti_buf_init(&nav, MADE_MAX);
	cti_buf_init(&part, MADE_MAX);
	err = doc_fill(&nav, &part, doc);
	const struct slot slots[] = {
		{.name = "version", .value = CTI_VERSION},
		{.name = "nav", .value = cti_buf_text(&nav), .markup = true},
		{.name = doc->slot,
		 .value = cti_buf_text(&part),
		 .markup = true},
		{.name = NULL},
	};

	if (err)
		api_problem(req, CTI_ERR_INTERNAL,
			    "The page %s could not be made: %s.", doc->href,
			    strerror(-err));
	else
		page_own(req, doc->path, slots);
	cti_buf_fini(&nav);
	cti_buf_fini(&part);
}

void get_docs(void *arg, struct cti_http_req *req)
{
	(void)arg; /* the same for all */
	doc_send(req, &docs[0]);
}

void get_docs_page(void *arg, struct cti_http_req *req)
{
	const char *name = cti_http_param(req, 0);
	char path[DOC_SIZE];
	const struct doc *doc;

	(void)arg; /* the same for all */
	(void)snprintf(path, sizeof(path), "docs/%s.html",
		       name); /* a cut one is not there */
	doc = doc_find(path);
	if (doc)
		doc_send(req, doc);
	else
		api_problem(req, CTI_ERR_NOT_FOUND,
			    "There is no page \"%.64s\"; /docs/ lists them.",
			    name);
}
