/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/policy.c - browser policies about pages that reach this machine */
#include "doctor/policy.h"

#include <stdio.h>
#include <string.h>

/* --- one pattern --- */

static bool label_ends_with(const char *host, size_t len, const char *domain,
			    size_t domain_len)
{
	if (len < domain_len ||
	    strncmp(host + len - domain_len, domain, domain_len) != 0)
		return false;
	return len == domain_len || host[len - domain_len - 1] == '.';
}

bool cti_policy_covers(const char *pattern, const char *origin)
{
	const char *scheme = strstr(pattern, "://");
	const char *host = strstr(origin, "://");
	const char *want = scheme ? scheme + 3 : pattern;
	size_t host_len, want_len;
	bool below = false;

	if (!strcmp(pattern, "*") || !host)
		return host != NULL;
	if (scheme && strncmp(pattern, origin, (size_t)(want - pattern)) != 0)
		return false;
	host += 3;
	host_len = strcspn(host, ":/");
	if (!strncmp(want, "[*.]", 4)) {
		want += 4;
		below = true;
	} else if (!strncmp(want, "*.", 2)) {
		want += 2;
		below = true;
	}
	want_len = strcspn(want, ":/");
	if (below)
		return label_ends_with(host, host_len, want, want_len);
	return host_len == want_len && !strncmp(host, want, host_len);
}

/* --- one file --- */

static const char *const lists[] = {
	"LoopbackNetworkAllowedForUrls",
	"LocalNetworkAccessAllowedForUrls",
};

static const struct cti_json_value *list_find(const struct cti_json_value *root,
					      size_t which)
{
	const struct cti_json_value *policies, *firefox;

	if (which < sizeof(lists) / sizeof(lists[0]))
		return cti_json_find(root, lists[which]);
	/* Firefox: {"policies":{"LocalNetworkAccess":{"SkipDomains":[…]}}} */
	policies = cti_json_find(root, "policies");
	firefox =
		policies ? cti_json_find(policies, "LocalNetworkAccess") : NULL;
	return firefox ? cti_json_find(firefox, "SkipDomains") : NULL;
}

static bool list_covers(const struct cti_json_value *list, const char *origin)
{
	if (list->type != CTI_JSON_ARRAY)
		return false;
	for (list = list->first; list; list = list->next)
		if (list->type == CTI_JSON_STRING &&
		    cti_policy_covers(list->text, origin))
			return true;
	return false;
}

static bool root_covers(const struct cti_json_value *root, const char *origin)
{
	for (size_t i = 0; i <= sizeof(lists) / sizeof(lists[0]); i++) {
		const struct cti_json_value *list = list_find(root, i);

		if (list && list_covers(list, origin))
			return true;
	}
	return false;
}

static bool root_has(const struct cti_json_value *root)
{
	bool any = cti_json_bool(
		root, "LocalNetworkAccessRestrictionsTemporaryOptOut", false);

	for (size_t i = 0; i <= sizeof(lists) / sizeof(lists[0]); i++)
		any = any || list_find(root, i);
	return any;
}

static void root_read(struct cti_policy_facts *facts,
		      const struct cti_json_value *root,
		      const struct cti_origins *origins)
{
	bool all = true;

	for (size_t i = 0; i < origins->n; i++) {
		if (root_covers(root, origins->item[i]))
			continue;
		all = false;
		(void)snprintf(facts->lacking, sizeof(facts->lacking), "%s",
			       origins->item[i]); /* as long */
	}
	facts->covered += all;
	facts->everybody |= cti_json_bool(
		root, "LocalNetworkAccessRestrictionsTemporaryOptOut", false);
	facts->nested |= cti_json_bool(
		root, "LocalNetworkAccessPermissionsPolicyDefaultEnabled",
		false);
}

void cti_policy_read(struct cti_policy_facts *facts, const char *path,
		     const struct cti_buf *text,
		     const struct cti_origins *origins)
{
	struct cti_json *doc = NULL;
	const struct cti_json_value *root;

	if (cti_json_parse_lax(&doc, cti_buf_text(text), text->len,
			       CTI_JSON_WIRE_MAX, NULL)) {
		(void)snprintf(facts->broken, sizeof(facts->broken), "%s",
			       path); /* cut is fine */
		return;
	}
	root = cti_json_root(doc);
	if (root->type == CTI_JSON_OBJECT && root_has(root)) {
		if (!facts->files++)
			(void)snprintf(facts->file, sizeof(facts->file), "%s",
				       path); /* likewise */
		root_read(facts, root, origins);
	}
	cti_json_destroy(doc);
}

/* --- the verdict --- */

static const char fix[] =
	"Put the snippet of /console.html or /docs/browser-policy there; "
	"without a policy each agent must allow it once in the browser.";

void cti_policy_judge(struct cti_check *c, const struct cti_policy_facts *p,
		      size_t norigins)
{
	if (*p->broken) {
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_BROWSER,
			      "The browser policy %s is no JSON, so the "
			      "browser ignores it.",
			      p->broken);
		cti_check_fix(c, "Mend the file; chrome://policy shows what "
				 "the browser took.");
	} else if (p->everybody) {
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_BROWSER,
			      "The browser policy %s lets every site reach "
			      "this machine.",
			      p->file);
		cti_check_fix(c, "%s", fix);
	} else if (!p->files) {
		cti_check_say(c,
			      norigins ? CTI_VERDICT_WARN : CTI_VERDICT_SKIPPED,
			      CTI_SIDE_BROWSER,
			      "No browser policy lets SAP's page reach this "
			      "machine without asking the agent.");
		cti_check_fix(c, "%s", fix);
	} else if (p->covered < p->files) {
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_BROWSER,
			      "A browser policy like %s does not name %s.",
			      p->file, p->lacking);
		cti_check_fix(c, "%s", fix);
	} else {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_BROWSER,
			      "%zu browser policies (%s) let SAP's page reach "
			      "this machine%s.",
			      p->files, p->file,
			      p->nested ? ", frames inside frames, too" : "");
	}
}
