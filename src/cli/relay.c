/* SPDX-License-Identifier: Apache-2.0 */
/* cli/relay.c - a running relay, as commands use it */
#include "cli/relay.h"

#include <errno.h>
#include <string.h>

#include "cli/show.h"

enum {
	PATH_CEILING = 4096,
	TEXT = 256,
	JSON_MAX = 64 * 1024 * 1024,
};

/* --- open and close --- */

static int relay_aim(struct relay *relay, struct cti_err *err)
{
	const struct {
		const char *option;
		int (*set)(struct cti_client *client, const char *value,
			   struct cti_err *err);
	} settings[] = {
		{"url", cti_client_aim}, /* it forgets the key, so first */
		{"key-file", cti_client_key},
		{"ca-file", cti_client_ca},
	};
	int bad = 0;

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings) && !bad;
	     i++) {
		const char *value =
			cti_args_find(relay->args, settings[i].option);

		if (value)
			bad = settings[i].set(relay->client, value, err);
	}
	return bad;
}

int relay_open(struct relay *relay, const struct cti_cli *cli,
	       const struct cti_args *args)
{
	struct cti_err err = {.code = CTI_OK};

	*relay = (struct relay){
		.cli = cli,
		.args = args,
		.agent = cti_args_find(args, "agent"),
		.json = cti_args_find(args, "json") != NULL,
	};
	cti_buf_init(&relay->path, PATH_CEILING);
	if (cti_cli_conf(&relay->conf, cli, args, cli->err))
		return CTI_EXIT_FAILED;
	if (cti_client_new(&relay->client, relay->conf, &err) ||
	    relay_aim(relay, &err))
		return relay_failed(relay, &err);
	return CTI_EXIT_OK;
}

void relay_close(struct relay *relay)
{
	cti_client_destroy(relay->client);
	cti_conf_destroy(relay->conf);
	cti_buf_fini(&relay->path);
}

const char *relay_path(struct relay *relay, const char *path,
		       const char *const *query)
{
	struct cti_buf *out = &relay->path;
	char mark = '?';
	int err;

	cti_buf_reset(out);
	err = cti_buf_str(out, path);
	for (; query && *query && !err; query += 2) {
		if (!query[1])
			continue;
		err = cti_buf_fmt(out, "%c%s=", mark, query[0]);
		if (!err)
			err = cti_url_add(out, query[1]);
		mark = '&';
	}
	return err ? NULL : cti_buf_text(out);
}

/* --- what went wrong --- */

/* A problem of our own making, in the shape of the relay's. */
static void problem_print(const struct relay *relay, const char *code,
			  const char *detail)
{
	struct cti_buf out;
	struct cti_jsonw w;

	cti_buf_init(&out, PATH_CEILING);
	if (cti_jsonw_init(&w, &out))
		return;
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "code", code);
	cti_jsonw_kstr(&w, "detail", detail);
	cti_jsonw_obj_end(&w);
	if (!cti_jsonw_fini(&w))
		cti_cli_say(relay->cli->out, "%s\n", cti_buf_text(&out));
	cti_buf_fini(&out);
}

int relay_failed(struct relay *relay, const struct cti_err *err)
{
	const struct cti_cli *cli = relay->cli;

	cti_cli_say(cli->err, "%spatchcord:%s %s\n",
		    show_color(cli->color_err, SHOW_RED),
		    show_color(cli->color_err, SHOW_PLAIN), err->text);
	if (relay->json && !relay->quiet)
		problem_print(relay, "no_answer", err->text);
	return CTI_EXIT_FAILED;
}

static void refused_say(struct relay *relay, const struct cti_answer *answer,
			const struct cti_json_value *problem)
{
	const struct cti_cli *cli = relay->cli;
	const char *trouble = cti_client_trouble(relay->client);
	char detail[TEXT], fix[TEXT];

	show_text(detail, sizeof(detail), problem, "detail");
	show_text(fix, sizeof(fix), problem, "fix");
	cti_cli_say(cli->err, "%spatchcord:%s ",
		    show_color(cli->color_err, SHOW_RED),
		    show_color(cli->color_err, SHOW_PLAIN));
	if (*detail)
		cti_cli_say(cli->err, "%s\n", detail);
	else
		cti_cli_say(cli->err, "%s answered with status %d.\n",
			    cti_client_url(relay->client), answer->status);
	if (answer->status == 401 && trouble)
		cti_cli_say(cli->err, "  %s\n", trouble);
	else if (answer->status == 401)
		cti_cli_say(cli->err, "  Name the file with the relay's key: "
				      "--key-file FILE\n");
	else if (*fix)
		cti_cli_say(cli->err, "  %s\n", fix);
}

int relay_refused(struct relay *relay, const struct cti_answer *answer)
{
	struct cti_json *doc = NULL;
	int bad = cti_json_parse(&doc, cti_buf_text(&answer->body),
				 answer->body.len, JSON_MAX, NULL);

	refused_say(relay, answer, bad ? NULL : cti_json_root(doc));
	if (relay->json && !relay->quiet && !bad)
		show_json(relay->cli, cti_buf_text(&answer->body),
			  answer->body.len);
	cti_json_destroy(doc);
	return CTI_EXIT_FAILED;
}

/* --- asking --- */

int relay_ask(struct relay *relay, const struct cti_ask *ask,
	      struct cti_answer *answer)
{
	struct cti_err err = {.code = CTI_OK};
	int bad;

	if (!ask->path)
		bad = cti_err_set(&err, ENOBUFS, CTI_ERR_BAD_REQUEST,
				  "What is asked for is too long.");
	else
		bad = cti_client_ask(relay->client, ask, answer, &err);
	if (bad)
		return relay_failed(relay, &err);
	if (answer->status < 200 || answer->status > 299)
		return relay_refused(relay, answer);
	return CTI_EXIT_OK;
}

static int answer_parse(struct relay *relay, const struct cti_answer *answer,
			struct cti_json **docp)
{
	struct cti_err err = {.code = CTI_OK};

	if (!cti_json_parse(docp, cti_buf_text(&answer->body), answer->body.len,
			    JSON_MAX, NULL))
		return CTI_EXIT_OK;
	(void)cti_err_set(&err, EPROTO, CTI_ERR_INTERNAL,
			  "%.60s answered, but not as a relay does.",
			  cti_client_url(relay->client)); /* said below */
	return relay_failed(relay, &err);
}

int relay_read(struct relay *relay, const struct cti_ask *ask,
	       struct cti_json **docp)
{
	struct cti_answer answer;
	int code;

	cti_answer_init(&answer);
	code = relay_ask(relay, ask, &answer);
	if (!code)
		code = answer_parse(relay, &answer, docp);
	cti_answer_fini(&answer);
	return code;
}

int relay_do(struct relay *relay, const struct cti_ask *ask,
	     relay_show_fn *show)
{
	struct cti_answer answer;
	struct cti_json *doc = NULL;
	int code;

	cti_answer_init(&answer);
	code = relay_ask(relay, ask, &answer);
	if (!code)
		code = answer_parse(relay, &answer, &doc);
	if (code)
		goto out;
	if (relay->json)
		show_json(relay->cli, cti_buf_text(&answer.body),
			  answer.body.len);
	else
		code = show(relay, cti_json_root(doc));
out:
	cti_json_destroy(doc);
	cti_answer_fini(&answer);
	return code;
}

/* --- which call --- */

enum { PREFIX_LEAST = 4 };

struct pick {
	const char *text; /* NULL = the one that runs */
	const char *control;
	const struct cti_json_value *found;
	size_t n;
	bool exact; /* text is the whole id: nothing fits better */
};

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool begins(const char *id, const char *text)
{
	while (*text && upper(*id) == upper(*text)) {
		id++;
		text++;
	}
	return !*text;
}

static bool has(const struct cti_json_value *list, const char *word)
{
	for (const struct cti_json_value *v = list ? list->first : NULL; v;
	     v = v->next)
		if (v->text && !strcmp(v->text, word))
			return true;
	return false;
}

static bool fits(const struct pick *pick, const struct cti_json_value *call)
{
	const char *state = cti_json_str(call, "state");

	if (pick->text)
		return begins(cti_json_str(call, "id"), pick->text);
	return state && strcmp(state, "ended") != 0 &&
	       (!pick->control ||
		has(cti_json_find(call, "controls"), pick->control));
}

static void pick_one(struct pick *pick, const struct cti_json_value *call)
{
	const char *id = cti_json_str(call, "id");

	if (!id || pick->exact || !fits(pick, call))
		return;
	pick->exact = pick->text && strlen(pick->text) == strlen(id);
	pick->n = pick->exact ? 1 : pick->n + 1;
	pick->found = call;
}

static int pick_failed(struct relay *relay, const struct pick *pick)
{
	struct cti_err err = {.code = CTI_OK};

	if (!pick->text && !pick->n)
		(void)cti_err_set(&err, ENOENT, CTI_ERR_CALL_NOT_FOUND,
				  "There is no call to %s now.",
				  pick->control ? pick->control
						: "speak of"); /* said below */
	else if (!pick->text)
		(void)cti_err_set(&err, EINVAL, CTI_ERR_BAD_REQUEST,
				  "%zu calls could be meant, so name one by "
				  "the first letters of its id: patchcord "
				  "call list",
				  pick->n); /* likewise */
	else if (pick->n)
		(void)cti_err_set(&err, EINVAL, CTI_ERR_BAD_REQUEST,
				  "%zu calls begin with %.40s; write more of "
				  "the id.",
				  pick->n, pick->text); /* likewise */
	else
		(void)cti_err_set(&err, ENOENT, CTI_ERR_CALL_NOT_FOUND,
				  "There is no call %.40s: patchcord call list "
				  "shows those there are.",
				  pick->text); /* likewise */
	return relay_failed(relay, &err);
}

static bool is_id(const char *text)
{
	size_t len = strlen(text);

	return len >= PREFIX_LEAST && len < CTI_ID_SIZE &&
	       strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz") == len;
}

static int pick_listed(struct relay *relay, char id[CTI_ID_SIZE],
		       struct pick *pick, const struct cti_json_value *root)
{
	const struct cti_json_value *calls = cti_json_find(root, "calls");
	const char *found;

	for (const struct cti_json_value *v = calls ? calls->first : NULL; v;
	     v = v->next)
		pick_one(pick, v);
	if (pick->n != 1)
		return pick_failed(relay, pick);
	found = cti_json_str(pick->found, "id");
	if (strlen(found) >= CTI_ID_SIZE)
		return pick_failed(relay, &(struct pick){.text = found});
	memcpy(id, found, strlen(found) + 1);
	return CTI_EXIT_OK;
}

int relay_call(struct relay *relay, char id[CTI_ID_SIZE], const char *text,
	       const char *control)
{
	bool current = !text || !strcmp(text, "current");
	struct pick pick = {
		.text = current ? NULL : text,
		.control = control,
	};
	struct cti_ask ask = {.method = NULL};
	struct cti_json *doc = NULL;
	int code;

	if (pick.text && !is_id(pick.text))
		return pick_failed(relay, &pick);
	ask.path =
		relay_path(relay, "/api/v1/calls",
			   (const char *const[]){"agent", relay->agent, NULL});
	code = relay_read(relay, &ask, &doc);
	if (!code)
		code = pick_listed(relay, id, &pick, cti_json_root(doc));
	cti_json_destroy(doc);
	return code;
}
