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
		"</p>\n<p class=\"soft\">Default <code>",
		about->fallback,
		"</code>, takes ",
		about->range,
		about->env ? ", variable <code>" : "<code hidden>",
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

/* Pages of which a part is made here. */
static const struct made {
	const char *path;
	const char *slot;
	int (*fill)(struct cti_buf *out);
} made[] = {
	{"docs/errors.html", "problems", fill_problems},
	{"docs/configuration.html", "keys", fill_keys},
};

static const struct made *made_find(const char *path)
{
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		if (strcmp(made[i].path, path) == 0)
			return &made[i];
	return NULL;
}

static void doc_send(struct cti_http_req *req, const char *path)
{
	const struct made *part = made_find(path);
	struct slot slots[] = {
		{.name = "version", .value = CTI_VERSION},
		{.name = part ? part->slot : NULL, .markup = true},
		{.name = NULL},
	};
	struct cti_buf text;
	int err = 0;

	cti_buf_init(&text, MADE_MAX);
	if (part)
		err = part->fill(&text);
	slots[1].value = cti_buf_text(&text);
	if (err)
		api_problem(req, CTI_ERR_INTERNAL,
			    "The page %s could not be made: %s.", path,
			    strerror(-err));
	else
		page_own(req, path, slots);
	cti_buf_fini(&text);
}

void get_docs(void *arg, struct cti_http_req *req)
{
	(void)arg; /* the same for all */
	doc_send(req, "docs/index.html");
}

void get_docs_page(void *arg, struct cti_http_req *req)
{
	const char *name = cti_http_param(req, 0);
	char path[DOC_SIZE];

	(void)arg; /* the same for all */
	(void)snprintf(path, sizeof(path), "docs/%s.html",
		       name); /* a cut one is not there */
	if (page_exists(path))
		doc_send(req, path);
	else
		api_problem(req, CTI_ERR_NOT_FOUND,
			    "There is no page \"%.64s\"; /docs/ lists them.",
			    name);
}
