/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/esl.h - the event socket's text: bytes in and out, no I/O */
#ifndef CTI_ESL_H
#define CTI_ESL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/buf.h"

/*
 * From the switch: a block of "Key: Value" lines, each ended by LF, an empty
 * line, then exactly Content-Length bytes when that header was there.
 */
enum {
	ESL_HEAD_MAX = 64 * 1024, /* bytes of a header block */
	ESL_BODY_MAX = 1024 * 1024,
	ESL_ANSWER_MAX = 16 * 1024 * 1024, /* body of an answer: the list of
					    * channels has 1.1 KB for each */
	ESL_REPLY_SIZE = 256,
	ESL_ID_SIZE = 65,    /* a channel's id, or a job's, with its NUL */
	ESL_SENT_MAX = 2048, /* bytes of a command */
};

enum esl_type {
	ESL_OTHER,	  /* nothing we asked for: passed over */
	ESL_AUTH_REQUEST, /* it waits for the password */
	ESL_REPLY,	  /* to auth, event, bgapi: the text is in reply */
	ESL_ANSWER,	  /* to api: the text is the body */
	ESL_EVENT,	  /* the body is a JSON object */
	ESL_DISCONNECT,	  /* it is about to close */
	ESL_REJECTION,	  /* our address is not in its access list */
};

/** One message; body is lent until the next call of the parser and not
 * followed by a NUL. */
struct esl_msg {
	enum esl_type type;
	char reply[ESL_REPLY_SIZE]; /* Reply-Text, cut; "" */
	const char *body;
	size_t body_len;
};

/** Takes bytes as they come; looks at each once. Embedded; _init .. _fini. */
struct esl_parser {
	struct cti_buf buf;
	size_t begun;	/* where the message under way begins */
	size_t line;	/* where its line under way begins */
	size_t scanned; /* bytes looked at */
	bool body;	/* its head is read */
	bool sized;	/* Content-Length was there */
	size_t length;	/* of the body */
	struct esl_msg msg;
};

void esl_parser_init(struct esl_parser *parser);
void esl_parser_fini(struct esl_parser *parser);
/** For a new connection. */
void esl_parser_reset(struct esl_parser *parser);
/** -ENOMEM; -ENOBUFS when what is not read yet exceeds its ceiling. */
int esl_parser_feed(struct esl_parser *parser, const char *data,
		    size_t len) CTI_NODISCARD;
/** The next whole message, lent until the next call. -ENODATA: feed more;
 * -EBADMSG: what speaks is no event socket, or a ceiling was exceeded; give
 * the link up. */
int esl_parser_next(struct esl_parser *parser,
		    const struct esl_msg **outp) CTI_NODISCARD;

/** Whether the answer or reply begins with that text. */
bool esl_begins(const struct esl_msg *msg, const char *text);
/** The answer or reply as a text of one line, without its line's end. */
void esl_text(char *out, size_t size, const struct esl_msg *msg);

/*
 * What may stand in a command. FreeSWITCH takes "," "{" "}" "[" "]" "&" "|"
 * "^" "'" "$" "\" and blanks in a dial string for its own; "&system(…)" as a
 * destination runs a program on the switch's host.
 */
/** ^[+*#0-9]{1,32}$ */
bool esl_is_number(const char *text);
/** ^[A-Za-z0-9_.@/:%+-]{1,120}$ with a "/" inside: "user/101@example.org" */
bool esl_is_device(const char *text);
/** ^[A-Za-z0-9_.-]{1,64}$: a channel's id, a job's, a cause */
bool esl_is_id(const char *text);
/** ^[A-Za-z0-9_.-]{1,80}$ */
bool esl_is_context(const char *text);
/** NAME=VALUE, both not empty: NAME of [A-Za-z0-9_-], VALUE printable ASCII
 * without the characters above, but with blanks inside. */
bool esl_is_variable(const char *text);
/** ^[0-9A-DwW*#]{1,64}$: digits, and w, W for pauses. */
bool esl_is_dtmf(const char *text);

/*
 * Commands. Each checks its values again and refuses with -EINVAL; the buffer
 * then stays as it was. -ENOBUFS, -ENOMEM as cti_buf_add().
 */
/** "auth PASSWORD"; printable, without blanks at its ends. */
int esl_auth(struct cti_buf *out, const char *password) CTI_NODISCARD;
/** A command of printable ASCII that is ours to the last byte. */
int esl_command(struct cti_buf *out, const char *command) CTI_NODISCARD;
/** "api VERB ID", then " REST" unless that is NULL. */
struct esl_api {
	const char *verb; /* uuid_kill, "uuid_hold off" … */
	const char *id;
	const char *rest; /* printable ASCII without what is listed above */
};
int esl_api(struct cti_buf *out, const struct esl_api *api) CTI_NODISCARD;

/** An agent's device is called, then put through to a number. */
struct esl_originate {
	const char *id; /* the channel's and the job's */
	const char *device;
	const char *number;
	const char *context;
	uint32_t timeout_s;
	const char *const *variables; /* NAME=VALUE */
	size_t nvariables;
};
int esl_originate(struct cti_buf *out,
		  const struct esl_originate *dial) CTI_NODISCARD;

#endif /* CTI_ESL_H */
